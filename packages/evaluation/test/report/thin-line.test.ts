import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PixelPoint, thinLine } from '../../src/report/thin-line.ts';

describe('thinLine', () => {
  it('drops what lies on a line and keeps corners', () => {
    const points: PixelPoint[] = [...Array.from({ length: 1000 }, (_, i): PixelPoint => [i / 10, 0]), [100, 0], [100, 50]];
    expect(thinLine(points)).toEqual([
      [0, 0],
      [100, 0],
      [100, 50],
    ]);
  });

  it('keeps a spike of one point', () => {
    const points = Array.from({ length: 5001 }, (_, i): PixelPoint => [i / 10, i === 2500 ? 80 : 0]);
    expect(thinLine(points)).toContainEqual([250, 80]);
  });

  it('stays within a tenth of a pixel of a smooth curve, with far fewer points', () => {
    const points = Array.from({ length: 20_000 }, (_, i): PixelPoint => [i / 40, 200 + 150 * Math.sin(i / 2000)]);
    const thin = thinLine(points);
    expect(thin.length).toBeLessThan(200);
    const distances = points.map((point) => distanceToLine(point, thin));
    expect(Math.max(...distances)).toBeLessThanOrEqual(0.1 + 1e-9);
  });

  it('keeps to its limit whatever comes, with the first and the last point', () => {
    const point = fc.tuple(fc.double({ min: 0, max: 500, noNaN: true }), fc.double({ min: 0, max: 500, noNaN: true }));
    fc.assert(
      fc.property(fc.array(point, { minLength: 2, maxLength: 300 }), fc.integer({ min: 2, max: 50 }), (points, limit) => {
        const thin = thinLine(points, limit);
        expect(thin.length).toBeLessThanOrEqual(limit);
        expect(thin[0]).toEqual(points[0]);
        expect(thin.at(-1)).toEqual(points.at(-1));
      }),
    );
  });

  it.each([[[]], [[[1, 2]]]] as const)('leaves %j', (points) => {
    expect(thinLine(points)).toEqual(points);
  });
});

function distanceToLine([x, y]: PixelPoint, line: readonly PixelPoint[]): number {
  let least = Infinity;
  for (const [i, [x1, y1]] of line.entries()) {
    const [x0, y0] = line[i - 1] ?? [x1, y1];
    const square = (x1 - x0) ** 2 + (y1 - y0) ** 2;
    const along = square === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / square));
    least = Math.min(least, Math.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0)));
  }
  return least;
}
