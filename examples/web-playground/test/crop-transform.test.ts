import { describe, expect, it } from 'vitest';
import { computeCropTransform } from '../src/faces/crop-transform.ts';

/** Eyes, nose and mouth corners in the places that the crop gives them. */
const IN_PLACE = [
  { x: 38.2946, y: 51.6963 },
  { x: 73.5318, y: 51.5014 },
  { x: 56.0252, y: 71.7366 },
  { x: 41.5493, y: 92.3655 },
  { x: 70.7299, y: 92.2041 },
];

describe('computeCropTransform', () => {
  it.each([
    [0, 1, 0, 0],
    [30, 2.5, 400, 120],
    [-75, 0.3, -20, 900],
    [180, 1, 10, 10],
  ])('undoes a turn of %d degrees, a scale of %d and a shift', (degrees, scale, shiftX, shiftY) => {
    const [cosine, sine] = [Math.cos((degrees * Math.PI) / 180) * scale, Math.sin((degrees * Math.PI) / 180) * scale];
    const moved = IN_PLACE.map(({ x, y }) => ({ x: cosine * x - sine * y + shiftX, y: sine * x + cosine * y + shiftY }));
    const transform = computeCropTransform(moved);
    if (transform === undefined) throw new Error('Expected a transform.');
    const { a, b, c, d, e, f } = transform;
    for (const [i, { x, y }] of moved.entries()) {
      // Double precision on coordinates below 1000.
      expect(a * x + c * y + e).toBeCloseTo(IN_PLACE[i]?.x ?? Number.NaN, 9);
      expect(b * x + d * y + f).toBeCloseTo(IN_PLACE[i]?.y ?? Number.NaN, 9);
    }
  });

  it.each([
    ['four points', IN_PLACE.slice(1)],
    ['points that coincide', IN_PLACE.map(() => ({ x: 5, y: 5 }))],
    ['points that are not finite', IN_PLACE.map(({ x }) => ({ x, y: Number.NaN }))],
  ])('has no transform for %s', (_, points) => expect(computeCropTransform(points)).toBeUndefined());
});
