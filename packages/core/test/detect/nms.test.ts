import { computeIou, nonMaximumSuppression } from '@isoface/core';
import { arbitraryScoredBoxes } from '@isoface/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** By the definition: take the best, strike out what overlaps it, repeat. */
function naive(boxes: readonly number[], scores: readonly number[], maxIou: number): number[] {
  let left = scores.map((_, index) => index);
  const kept: number[] = [];
  while (left.length > 0) {
    const best = left.reduce((a, b) => ((scores[b] as number) > (scores[a] as number) ? b : a));
    kept.push(best);
    left = left.filter((index) => index !== best && computeIou(boxes, best, index) <= maxIou);
  }
  return kept;
}

const threshold = fc.constantFrom(0, 0.3, 0.5, 1);

describe('nonMaximumSuppression', () => {
  it.each<[string, number[], number[], number, number[]]>([
    ['nothing', [], [], 0.5, []],
    ['one box', [0, 0, 4, 4], [0.1], 0.5, [0]],
    ['the better of two that overlap', [0, 0, 4, 4, 1, 0, 4, 4], [0.6, 0.9], 0.5, [1]],
    ['both that overlap less', [0, 0, 4, 4, 3, 0, 4, 4], [0.6, 0.9], 0.5, [1, 0]],
    ['both at exactly the limit', [0, 0, 2, 2, 0, 0, 2, 1], [0.6, 0.9], 0.5, [1, 0]],
    ['the earlier of equals', [0, 0, 4, 4, 0, 0, 4, 4, 0, 0, 4, 4], [0.5, 0.5, 0.5], 0.5, [0]],
    ['equal scores in input order', [0, 0, 1, 1, 9, 0, 1, 1, 5, 0, 1, 1], [0.5, 0.5, 0.5], 0.5, [0, 1, 2]],
    ['a box whose suppressor was itself suppressed', [0, 0, 10, 1, 4, 0, 10, 1, 8, 0, 10, 1], [0.9, 0.8, 0.7], 0.3, [0, 2]],
  ])('keeps %s', (_, boxes, scores, maxIou, expected) => {
    expect(nonMaximumSuppression(boxes, scores, maxIou)).toEqual(expected);
  });

  it('equals the definition', () => {
    fc.assert(
      fc.property(arbitraryScoredBoxes, threshold, ({ boxes, scores }, maxIou) => {
        expect(nonMaximumSuppression(boxes, scores, maxIou)).toEqual(naive(boxes, scores, maxIou));
      }),
    );
  });

  it('keeps the best box first, and only boxes that do not overlap', () => {
    fc.assert(
      fc.property(
        arbitraryScoredBoxes.filter(({ scores }) => scores.length > 0),
        threshold,
        ({ boxes, scores }, maxIou) => {
          const kept = nonMaximumSuppression(boxes, scores, maxIou);
          expect(scores[kept[0] as number]).toBe(Math.max(...scores));
          const overlaps = kept.flatMap((a, i) => kept.slice(i + 1).map((b) => computeIou(boxes, a, b)));
          expect(overlaps.filter((overlap) => overlap > maxIou)).toEqual([]);
        },
      ),
    );
  });

  it('is idempotent', () => {
    fc.assert(
      fc.property(arbitraryScoredBoxes, threshold, ({ boxes, scores }, maxIou) => {
        const kept = nonMaximumSuppression(boxes, scores, maxIou);
        const again = nonMaximumSuppression(
          kept.flatMap((index) => boxes.slice(index * 4, index * 4 + 4)),
          kept.map((index) => scores[index] as number),
          maxIou,
        );
        expect(again).toEqual(kept.map((_, position) => position));
      }),
    );
  });
});
