import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeDecidability } from '../../src/evaluation/decidability.ts';
import { arbitraryScores, toScores } from './arbitrary-scores.ts';
import golden from './golden/verification.json';

describe('decidability', () => {
  it.each([
    // Means 4 and 1, variances 1 and 1.
    { name: 'equal spreads', scores: toScores([3, 5], [0, 2]), expected: 3 },
    // Means 4 and 1, variances 4 and 0.
    { name: 'a class without spread', scores: toScores([2, 6], [1, 1]), expected: 3 / Math.SQRT2 },
    { name: 'impostors that score higher', scores: toScores([0, 2], [3, 5]), expected: -3 },
    // Sums of 0.1 round differently for 3 and 10 of them.
    { name: 'equal scores only', scores: toScores(new Array(3).fill(0.1), new Array(10).fill(0.1)), expected: 0 },
    { name: 'no spread at all', scores: toScores([0.5], [0.1, 0.1, 0.1]), expected: Number.POSITIVE_INFINITY },
  ])('is as computed by hand: $name', ({ scores, expected }) => {
    expect(computeDecidability(scores)).toBe(expected);
  });

  it.each(golden.curves)('agrees with NumPy: $name', ({ genuine, impostor, decidability }) => {
    expect(computeDecidability(toScores(genuine, impostor))).toBeCloseTo(decidability, 12);
  });

  it('stays the same when all scores are moved and stretched', () => {
    fc.assert(
      fc.property(arbitraryScores, ({ genuine, impostor }) => {
        // On a coarse grid nothing is lost by moving.
        const round = (score: number) => Math.round(score * 64) / 64;
        const move = (score: number) => 4 * round(score) - 2;
        const value = computeDecidability({ genuine: genuine.map(round), impostor: impostor.map(round) });
        const moved = computeDecidability({ genuine: genuine.map(move), impostor: impostor.map(move) });
        if (Number.isFinite(value)) expect(moved).toBeCloseTo(value, 10);
        else expect(moved).toBe(value);
      }),
    );
  });
});
