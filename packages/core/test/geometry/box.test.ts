import { type Box, computeIou } from '@isoface/core';
import { arbitraryBox } from '@isoface/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const iou = (a: Box, b: Box): number => computeIou([a.x, a.y, a.width, a.height, b.x, b.y, b.width, b.height], 0, 1);
const box = (x: number, y: number, width: number, height: number): Box => ({ x, y, width, height });

describe('computeIou', () => {
  it.each([
    ['identical', box(1, 2, 3, 4), box(1, 2, 3, 4), 1],
    ['half overlapping', box(0, 0, 2, 2), box(1, 0, 2, 2), 1 / 3],
    ['one inside the other', box(0, 0, 4, 4), box(1, 1, 2, 2), 1 / 4],
    ['touching at an edge', box(0, 0, 2, 2), box(2, 0, 2, 2), 0],
    ['touching at a corner', box(0, 0, 2, 2), box(2, 2, 2, 2), 0],
    ['far apart', box(0, 0, 2, 2), box(50, 60, 2, 2), 0],
    ['without area', box(0, 0, 0, 0), box(0, 0, 0, 0), 0],
    ['at negative coordinates', box(-4, -4, 4, 4), box(-2, -2, 4, 4), 4 / 28],
    ['not a number', box(Number.NaN, 0, 2, 2), box(0, 0, 2, 2), 0],
  ])('of boxes %s', (_, a, b, expected) => {
    expect(iou(a, b)).toBeCloseTo(expected, 12);
  });

  it('is symmetric and in [0, 1]', () => {
    fc.assert(
      fc.property(arbitraryBox, arbitraryBox, (a, b) => {
        const value = iou(a, b);
        expect(value).toBe(iou(b, a));
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is 1 for any box with itself, up to rounding', () => {
    fc.assert(
      fc.property(arbitraryBox, (a) => {
        expect(iou(a, a)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('does not depend on where both boxes lie or in which unit', () => {
    fc.assert(
      fc.property(arbitraryBox, arbitraryBox, (a, b) => {
        const move = ({ x, y, width, height }: Box): Box => box(2 * x + 64, 2 * y - 32, 2 * width, 2 * height);
        expect(iou(move(a), move(b))).toBeCloseTo(iou(a, b), 9);
      }),
    );
  });
});
