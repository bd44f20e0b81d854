/** What the networks of Silent-Face have in common. */

import type { LivenessManifest } from '@isoface/core';
import { RAW_PIXELS } from './input-spec.ts';

/**
 * Output `logits`, [N, 3]: class 1 is the living face, the two others are attacks. The original adds up the softmax of both networks. It never divides
 * pixels by 255, so the networks take them as they are.
 */
export const MINIFASNET = {
  license: { spdx: 'Apache-2.0', commercialUse: 'allowed' },
  input: { name: 'input', width: 80, height: 80, batch: 'dynamic', layout: 'NCHW', channelOrder: 'BGR', ...RAW_PIXELS },
  task: 'liveness',
  decoder: 'minifasnet',
  output: 'logits',
  classes: 3,
  liveClass: 1,
} as const satisfies Partial<LivenessManifest>;
