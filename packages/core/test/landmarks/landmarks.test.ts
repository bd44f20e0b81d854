import { ALIGNMENT_TEMPLATES, computeUprightCrop, decodeIbug68, toFiveLandmarks, transformPoints } from '@isoface/core';
import { arbitraryBox } from '@isoface/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

describe('computeUprightCrop', () => {
  it.each([-170, -90, -35, -1, 0, 20, 60, 120, 179])(
    'brings the eyes of a face tilted by %s degrees to one level, right eye left',
    (degrees) => {
      const angle = (degrees * Math.PI) / 180;
      const [dx, dy] = [20 * Math.cos(angle), 20 * Math.sin(angle)];
      const crop = computeUprightCrop({ x: 60, y: 40, width: 80, height: 100 }, [100 - dx, 80 - dy], [100 + dx, 80 + dy], 112);
      const [rightX = 0, rightY = 0, leftX = 0, leftY = 0] = transformPoints(crop, [100 - dx, 80 - dy, 100 + dx, 80 + dy]);
      expect(rightY).toBeCloseTo(leftY, 3);
      // 40 pixels between the eyes, and a crop of 112 pixels for the longer side of 100.
      expect(leftX - rightX).toBeCloseTo(40 * 1.12, 3);
    },
  );

  it('puts the centre of the box into the centre of the crop and keeps it square', () => {
    fc.assert(
      fc.property(arbitraryBox, fc.double({ min: -3, max: 3, noNaN: true }), ({ x, y, width, height }, angle) => {
        const crop = computeUprightCrop({ x, y, width, height }, [0, 0], [Math.cos(angle), Math.sin(angle)], 112);
        const [centreX, centreY] = transformPoints(crop, [x + width / 2, y + height / 2]);
        expect(centreX).toBeCloseTo(55.5, 2);
        expect(centreY).toBeCloseTo(55.5, 2);
        const [a = 0, b = 0, , c = 0, d = 0] = crop;
        expect(Math.hypot(a, b)).toBeCloseTo(112 / Math.max(width, height), 6);
        expect(a * d - b * c).toBeGreaterThan(0);
      }),
    );
  });

  it('takes eyes in one place for a level face', () => {
    const crop = computeUprightCrop({ x: 0, y: 0, width: 56, height: 56 }, [20, 20], [20, 20], 112);
    expect(Array.from(crop)).toEqual([2, 0, 55.5 - 56, -0, 2, 55.5 - 56]);
  });
});

describe('decodeIbug68', () => {
  it('brings points back to where the crop was cut', () => {
    const points = Float32Array.from({ length: 136 }, (_, i) => (i % 2 === 0 ? 80 : 60) + ((i * 37) % 50));
    const crop = computeUprightCrop({ x: 70, y: 50, width: 60, height: 70 }, [90, 80], [115, 90], 112);
    const relative = Float32Array.from(transformPoints(crop, points), (value) => (value + 0.5) / 112);
    const decoded = decodeIbug68(relative, crop, 112);
    // Relative positions are 32-bit: a crop of 112 pixels resolves 1e-5.
    expect(decoded.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (points[i] as number))), 0)).toBeLessThan(1e-4);
  });

  it('counts from edges: 0 and 1 are the outer edges of the crop', () => {
    const output = new Float32Array(136);
    output.set([0, 0, 1, 1]);
    expect(Array.from(decodeIbug68(output, Float64Array.of(1, 0, 0, 0, 1, 0), 112).subarray(0, 4))).toEqual([-0.5, -0.5, 111.5, 111.5]);
  });
});

describe('toFiveLandmarks', () => {
  it('takes means of the eyes, the nose tip and the mouth corners', () => {
    const points = Float32Array.from({ length: 136 }, (_, i) => (i % 2 === 0 ? i / 2 : 1000 + i / 2));
    const five = Array.from(toFiveLandmarks(points), (value, i) => Math.round((i % 2 === 0 ? value : value - 1000) * 2) / 2);
    expect(five).toEqual([38.5, 39, 44.5, 45, 30, 30.5, 48, 48.5, 54, 54.5]);
  });

  it('leads from the 33-point template to the five-point template of the same chip', () => {
    const { points, indices = [] } = ALIGNMENT_TEMPLATES['dlib-150-33'];
    const all = new Float32Array(136);
    for (const [position, index] of indices.entries()) all.set(points.slice(position * 2, position * 2 + 2), index * 2);
    const five = toFiveLandmarks(all);
    // Both tables are rounded to four digits.
    const expected = ALIGNMENT_TEMPLATES['dlib-150-5'].points;
    expect(five.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (expected[i] as number))), 0)).toBeLessThan(2e-4);
  });
});
