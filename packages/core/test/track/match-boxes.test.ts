import { arbitraryBox } from '@isoface/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Box } from '../../src/geometry/box.ts';
import { computeOverlap } from '../../src/track/compute-overlap.ts';
import { matchBoxes } from '../../src/track/match-boxes.ts';

const at = (x: number, y = 0): Box => ({ x, y, width: 10, height: 10 });
const boxes = fc.array(arbitraryBox, { maxLength: 8 });

describe('matchBoxes', () => {
  it.each([
    ['nothing known', [], [at(0)], []],
    ['nothing detected', [at(0)], [], [-1]],
    ['the same place', [at(0), at(50)], [at(0), at(50)], [0, 1]],
    ['another order', [at(0), at(50)], [at(50), at(0)], [1, 0]],
    ['too far', [at(0)], [at(9)], [-1]],
    ['one of two', [at(0), at(50)], [at(51)], [-1, 0]],
    ['the better overlap first', [at(0), at(4)], [at(3)], [-1, 0]],
    ['the second best for who comes late', [at(0), at(4)], [at(3), at(-3)], [1, 0]],
    ['equal overlaps by order', [at(0), at(0)], [at(0), at(0)], [0, 1]],
  ] as const)('%s', (_, known, detected, expected) => {
    expect(matchBoxes(known, detected, 0.15)).toEqual(expected);
  });

  it('uses each detection once, and none below the limit', () => {
    fc.assert(
      fc.property(boxes, boxes, fc.double({ min: 0, max: 1, noNaN: true }), (known, detected, minIou) => {
        const matches = matchBoxes(known, detected, minIou);
        expect(matches).toHaveLength(known.length);
        const used = matches.filter((index) => index >= 0);
        expect(new Set(used).size).toBe(used.length);
        for (const [i, index] of matches.entries()) {
          if (index < 0) continue;
          expect(computeOverlap(known[i] as Box, detected[index] as Box)).toBeGreaterThanOrEqual(minIou);
        }
      }),
    );
  });

  it('leaves no pair that could be made', () => {
    fc.assert(
      fc.property(boxes, boxes, (known, detected) => {
        const matches = matchBoxes(known, detected, 0.2);
        const free = detected.filter((_, index) => !matches.includes(index));
        for (const [i, index] of matches.entries()) {
          if (index >= 0) continue;
          expect(free.filter((box) => computeOverlap(known[i] as Box, box) >= 0.2)).toEqual([]);
        }
      }),
    );
  });

  it('finds the same boxes again, in whatever order they come', () => {
    // Columns of different boxes that do not touch: the answer is beyond doubt.
    const apart = fc
      .array(fc.double({ min: 1, max: 40, noNaN: true }), { maxLength: 8 })
      .map((sides) => sides.map((side, i) => ({ x: i * 50, y: 0, width: side, height: side })));
    const shuffled = apart.chain((known) =>
      fc
        .shuffledSubarray(
          known.map((_, i) => i),
          { minLength: known.length, maxLength: known.length },
        )
        .map((order) => ({ known, order })),
    );
    fc.assert(
      fc.property(shuffled, ({ known, order }) => {
        const detected = order.map((i) => known[i] as Box);
        expect(matchBoxes(known, detected, 0.15)).toEqual(known.map((_, i) => order.indexOf(i)));
      }),
    );
  });
});
