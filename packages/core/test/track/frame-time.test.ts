import { expect, it } from 'vitest';
import { computeStepMs } from '../../src/track/frame-time.ts';

it.each([
  ['the first frame', undefined, 500, 1000 / 30],
  ['the usual', 500, 540, 40],
  ['a pause', 500, 60_500, 60_000],
  ['a clock that stands', 500, 500, 1000 / 30],
  ['a video that starts over', 60_000, 0, 1000 / 30],
])('%s', (_, before, timestampMs, stepMs) => {
  expect(computeStepMs(before, timestampMs)).toBeCloseTo(stepMs, 10);
});
