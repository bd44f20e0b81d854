import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDensity } from '../../src/report/density.ts';

const area = (points: readonly (readonly [number, number])[]) =>
  points.slice(1).reduce((sum, [x], i) => sum + (x - (points[i]?.[0] ?? x)) * (points[i]?.[1] ?? 0), 0);

describe('toDensity', () => {
  it('divides by all counts and by the width of each bin', () => {
    expect(toDensity({ name: 'x', edges: [0, 1, 3], counts: [1, 3] })).toEqual({
      points: [
        [0, 0.25],
        [1, 0.375],
        [3, 0],
      ],
      total: 4,
      left: 0,
    });
  });

  it('drops empty bins at the ends, not between', () => {
    const { points } = toDensity({ name: 'x', edges: [0, 1, 2, 3, 4, 5], counts: [0, 1, 0, 1, 0] });
    expect(points).toEqual([
      [1, 0.5],
      [2, 0],
      [3, 0.5],
      [4, 0],
    ]);
  });

  it('counts what open bins hold', () => {
    const { points, total, left } = toDensity({ name: 'x', edges: [-Infinity, 0, 1, Infinity], counts: [2, 7, 1] });
    expect([points, total, left]).toEqual([
      [
        [0, 0.7],
        [1, 0],
      ],
      10,
      3,
    ]);
  });

  it('has an area of 1 in at most 300 steps', () => {
    const counts = fc.array(fc.nat(1e6), { minLength: 1, maxLength: 2000 }).filter((all) => all.some((count) => count > 0));
    fc.assert(
      fc.property(counts, (all) => {
        const { points } = toDensity({ name: 'x', edges: [...all.keys(), all.length], counts: all });
        expect(points.length).toBeLessThanOrEqual(301);
        expect(area(points)).toBeCloseTo(1, 9);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['nothing', [0, 1], [0]],
    ['no bins', [0], []],
    ['counts that are none', [0, 1, 2], [Number.NaN, -1]],
  ])('is empty for %s', (_, edges, counts) => {
    expect(toDensity({ name: 'x', edges, counts })).toEqual({ points: [], total: 0, left: 0 });
  });

  it('refuses edges that do not fit', () => {
    expect(() => toDensity({ name: 'genuine', edges: [0, 1], counts: [1, 2] })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        message: expect.stringContaining('histogram of "genuine", got 2 edges and 2 counts'),
      }),
    );
  });
});
