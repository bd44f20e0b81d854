/** The transform beside another program for it: Node's own HMAC and AES, `Math.log`, and the reflections multiplied out one by one. */

import { createCipheriv, createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { computeNaturalLogarithm } from '../../../src/gallery/protection/natural-logarithm.ts';
import { createProtection } from '../../../src/gallery/protection/protection.ts';
import { countKey, GALLERY_ID } from './keys.ts';

it.each([1, 2, 5, 64])('is what its description says, for %i numbers', async (dimension) => {
  const { transform, facts } = await createProtection({ transform: countKey() }, { galleryId: GALLERY_ID, dimension });
  const matrix = drawMatrix(dimension);
  for (let column = 0; column < dimension; column++) {
    const unit = Float32Array.from({ length: dimension }, (_, index) => (index === column ? 1 : 0));
    const expected = matrix.map((row) => row[column] ?? Number.NaN);
    transform(unit).forEach((number, row) => {
      // float32, for numbers below 1.
      expect(Math.abs(number - (expected[row] ?? Number.NaN))).toBeLessThan(1e-7);
    });
  }
  const digest = createHmac('sha256', countKey()).update(`isoface key check\0orthonormal-1\0${GALLERY_ID}`).digest('base64');
  expect(facts.transform).toEqual({ algorithm: 'orthonormal-1', keyCheck: digest });
});

it('takes logarithms as well as the platform', () => {
  for (const value of [1, 1 - 2 ** -53, 0.999_999, 0.75, 0.5 + 2 ** -53, 0.5, 0.499_999, 0.1, 1e-3, 1e-9, 2 ** -62]) {
    const expected = Math.log(value);
    expect(Math.abs(computeNaturalLogarithm(value) - expected), `ln ${value}`).toBeLessThanOrEqual(1e-15 * Math.abs(expected));
  }
});

function drawMatrix(dimension: number): number[][] {
  const label = `isoface transform\0orthonormal-1\0${GALLERY_ID}\0${dimension}`;
  const seed = createHmac('sha256', countKey()).update(label).digest();
  const bytes = createCipheriv('aes-256-ctr', seed, Buffer.alloc(16)).update(Buffer.alloc(1 << 17));
  let at = 0;
  const next = (): number => (bytes.readUInt32LE(4 * at++) + 0.5) / 2 ** 31 - 1;
  let matrix: number[][] = [];
  for (let size = 1; size <= dimension; size++) {
    const normals: number[] = [];
    while (normals.length < size) {
      const x = next();
      const y = next();
      const square = x ** 2 + y ** 2;
      if (square < 1) normals.push(...[x, y].map((number) => number * Math.sqrt((-2 * Math.log(square)) / square)));
    }
    const axis = normals.slice(0, size);
    const sign = (axis[0] ?? 0) < 0 ? -1 : 1;
    axis[0] = (axis[0] ?? 0) + sign * Math.hypot(...axis);
    const square = axis.reduce((sum, number) => sum + number ** 2, 0);
    const before = [[-sign, ...new Array(size - 1).fill(0)], ...matrix.map((row) => [0, ...row])];
    const reflection = axis.map((a, i) => axis.map((b, j) => (i === j ? 1 : 0) - (2 * a * b) / square));
    matrix = reflection.map((row) => before.map((_, j) => row.reduce((sum, factor, k) => sum + factor * (before[k]?.[j] ?? 0), 0)));
  }
  return matrix;
}
