/** Random inputs for property tests. */

import type { Box, RgbaImage } from '@isoface/core';
import fc from 'fast-check';

const number = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true, noDefaultInfinity: true });

/** A box with sides of at least a tenth of a pixel. */
export const arbitraryBox: fc.Arbitrary<Box> = fc.record({
  x: number(-200, 200),
  y: number(-200, 200),
  width: number(0.1, 300),
  height: number(0.1, 300),
});

/** Boxes packed as `[N, 4]` with scores; some scores are equal. */
export const arbitraryScoredBoxes: fc.Arbitrary<{ readonly boxes: number[]; readonly scores: number[] }> = fc
  .array(fc.record({ box: arbitraryBox, score: fc.oneof(fc.constantFrom(0.5, 0.9), number(0, 1)) }), { maxLength: 25 })
  .map((entries) => ({
    boxes: entries.flatMap(({ box }) => [box.x, box.y, box.width, box.height]),
    scores: entries.map(({ score }) => score),
  }));

/** A similarity transform by its parameters, and as a row-major 2x3 matrix. */
export interface ArbitrarySimilarity {
  readonly scale: number;
  readonly angle: number;
  readonly matrix: Float64Array;
}

/** Similarity transforms that shrink or enlarge by up to 20. */
export const arbitrarySimilarity: fc.Arbitrary<ArbitrarySimilarity> = fc
  .record({ logScale: number(Math.log(0.05), Math.log(20)), angle: number(-Math.PI, Math.PI), x: number(-500, 500), y: number(-500, 500) })
  .map(({ logScale, angle, x, y }) => {
    const scale = Math.exp(logScale);
    const [cosine, sine] = [Math.cos(angle) * scale, Math.sin(angle) * scale];
    return { scale, angle, matrix: Float64Array.of(cosine, -sine, x, sine, cosine, y) };
  });

/** `count` points, shape [count, 2], that do not coincide: their standard deviation is at least one pixel. */
export function arbitraryPoints(count: number): fc.Arbitrary<number[]> {
  return fc.array(number(-300, 300), { minLength: count * 2, maxLength: count * 2 }).filter((points) => {
    const mean = (axis: number): number => points.reduce((sum, value, i) => (i % 2 === axis ? sum + value / count : sum), 0);
    const means = [mean(0), mean(1)] as const;
    const variance = points.reduce((sum, value, i) => sum + (value - means[(i % 2) as 0 | 1]) ** 2 / count, 0);
    return variance >= 1;
  });
}

/** Small pictures of any content. */
export const arbitraryImage: fc.Arbitrary<RgbaImage> = fc
  .record({ width: fc.integer({ min: 1, max: 12 }), height: fc.integer({ min: 1, max: 12 }) })
  .chain(({ width, height }) =>
    fc
      .uint8Array({ minLength: width * height * 4, maxLength: width * height * 4 })
      .map((data) => ({ width, height, data: Uint8Array.from(data) })),
  );

/** Pairs of usable vectors of one length. */
export const arbitraryVectorPair: fc.Arbitrary<readonly [Float32Array, Float32Array]> = fc
  .integer({ min: 1, max: 40 })
  .chain((length) => fc.tuple(arbitraryVector(length), arbitraryVector(length)));

/** Vectors that are not all zero. */
export function arbitraryVector(length: number): fc.Arbitrary<Float32Array> {
  return fc
    .array(number(-50, 50), { minLength: length, maxLength: length })
    .map((values) => Float32Array.from(values))
    .filter((vector) => vector.some((value) => Math.abs(value) > 1e-2));
}
