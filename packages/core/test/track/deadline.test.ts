import { describe, expect, it } from 'vitest';
import { fitsDeadline, MAX_POSTPONED_FRAMES, updateCost } from '../../src/track/deadline.ts';

describe('fitsDeadline', () => {
  const base = { deadlineMs: 33, spentMs: 10, costMs: 20, postponedFrames: 0 };
  it.each([
    ['there is time', base, true],
    ['just', { ...base, costMs: 23 }, true],
    ['too long', { ...base, costMs: 24 }, false],
    ['never measured', { ...base, costMs: undefined }, true],
    ['the time is over', { ...base, costMs: undefined, spentMs: 34 }, false],
    ['no deadline', { ...base, deadlineMs: Number.POSITIVE_INFINITY, costMs: 1e9 }, true],
    ['postponed often', { ...base, costMs: 1e9, postponedFrames: MAX_POSTPONED_FRAMES - 1 }, false],
    ['postponed for too long', { ...base, costMs: 1e9, postponedFrames: MAX_POSTPONED_FRAMES }, true],
  ])('%s', (_, context, fits) => {
    expect(fitsDeadline(context)).toBe(fits);
  });
});

it('learns what work costs', () => {
  let cost: number | undefined;
  for (let i = 0; i < 30; i++) cost = updateCost(cost, i === 0 ? 500 : 20);
  // 0.7 to the 29th of the first, slow run is left.
  expect(cost).toBeCloseTo(20, 1);
});
