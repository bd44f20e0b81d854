import { describe, expect, it } from 'vitest';
import { type PlacedPoint, splitCurve } from '../../src/report/split-curve.ts';

const inside = (x: number): PlacedPoint => ({ point: [x, 5], beyond: false });
const beyond = (x: number): PlacedPoint => ({ point: [x, 10], beyond: true });

describe('splitCurve', () => {
  it('cuts where the curve leaves and enters what can be shown', () => {
    expect(splitCurve([inside(1), inside(2), beyond(3), beyond(4), inside(5), inside(6)])).toEqual([
      {
        beyond: false,
        points: [
          [1, 5],
          [2, 5],
        ],
        exits: [],
      },
      {
        beyond: true,
        points: [
          [2, 5],
          [3, 10],
          [4, 10],
          [5, 5],
        ],
        exits: [
          { end: [3, 10], neighbour: [2, 5] },
          { end: [4, 10], neighbour: [5, 5] },
        ],
      },
      {
        beyond: false,
        points: [
          [5, 5],
          [6, 5],
        ],
        exits: [],
      },
    ]);
  });

  it('leaves gaps', () => {
    const stretches = splitCurve([inside(1), inside(2), undefined, inside(3), undefined, undefined, inside(4), inside(5)]);
    expect(stretches.map(({ points }) => points.map(([x]) => x))).toEqual([[1, 2], [3], [4, 5]]);
  });

  it('marks the start of a curve that is nowhere inside', () => {
    expect(splitCurve([beyond(1), beyond(2)])).toEqual([
      {
        beyond: true,
        points: [
          [1, 10],
          [2, 10],
        ],
        exits: [{ end: [1, 10], neighbour: undefined }],
      },
    ]);
  });

  it.each([[[]], [[undefined]]])('makes nothing of %j', (places) => {
    expect(splitCurve(places)).toEqual([]);
  });
});
