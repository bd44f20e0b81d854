import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeAreaUnderCurve, computeAreaUnderErrorCurve } from '../../src/evaluation/area-under-curve.ts';
import { computeErrorCurve } from '../../src/evaluation/error-curve.ts';
import type { ScoreSet } from '../../src/evaluation/score-set.ts';
import { arbitraryScores, toScores } from './arbitrary-scores.ts';
import golden from './golden/verification.json';

/** Every genuine score against every impostor score. */
function countWins({ genuine, impostor }: ScoreSet): number {
  let wins = 0;
  for (const g of genuine) for (const i of impostor) wins += g > i ? 1 : g === i ? 0.5 : 0;
  return wins / (genuine.length * impostor.length);
}

describe('area under the curve', () => {
  it.each([
    { name: 'classes apart', scores: toScores([2, 3], [0, 1]), area: 1 },
    { name: 'classes upside down', scores: toScores([0], [1, 2]), area: 0 },
    { name: 'equal scores only', scores: toScores([1, 1, 1], [1, 1]), area: 0.5 },
    { name: 'one tie in four', scores: toScores([1, 2], [1, 0]), area: 0.875 },
  ])('is as counted by hand: $name', ({ scores, area }) => {
    expect(computeAreaUnderCurve(scores)).toBe(area);
  });

  it('is the share of wins, by ranks as by trapezoids', () => {
    fc.assert(
      fc.property(arbitraryScores, (scores) => {
        // Quotients of whole numbers below 2^53; the trapezoids add up to 60 of them.
        expect(computeAreaUnderCurve(scores)).toBeCloseTo(countWins(scores), 14);
        expect(computeAreaUnderErrorCurve(computeErrorCurve(scores))).toBeCloseTo(countWins(scores), 13);
      }),
    );
  });

  it.each(golden.curves)('agrees with scikit-learn: $name', ({ genuine, impostor, auc }) => {
    expect(computeAreaUnderCurve(toScores(genuine, impostor))).toBeCloseTo(auc, 13);
  });
});
