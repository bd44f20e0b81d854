import { createCpuPreprocessor } from '@isoface/core';
import { describePreprocessor } from '@isoface/testkit';

// Weights and row sums are 32-bit: a few hundred products of 8-bit values stay within a thousandth of the full range, usually far below.
describePreprocessor('plain TypeScript', async () => createCpuPreprocessor(), { fit: 1e-5, warp: 1e-5 });
