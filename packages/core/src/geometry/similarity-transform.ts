/** Similarity and affine transforms of the plane, as row-major 2x3 matrices in 64-bit floats: `[a, b, tx, c, d, ty]`. */

import { FaceError, isFaceError } from '../errors/face-error.ts';

/**
 * Estimates the similarity transform (rotation, uniform scale, translation; no reflection) that maps `source` onto `target` in the
 * least-squares sense.
 *
 * @param source - Points as x, y pairs, shape [N, 2], in source-image pixels; N >= 2, not all equal.
 * @param target - Points, shape [N, 2], in pixels of the aligned crop.
 * @returns Row-major 2x3 matrix, shape [6].
 * @throws {FaceError} `DEGENERATE_LANDMARKS` if the points coincide or are not finite.
 * @see Umeyama, "Least-squares estimation of transformation parameters between two point patterns", IEEE TPAMI 13(4), 1991. In the plane the
 * solution without reflection has a closed form.
 */
export function estimateSimilarity(source: ArrayLike<number>, target: ArrayLike<number>): Float64Array {
  const count = source.length / 2;
  if (source.length !== target.length || count < 2 || !Number.isInteger(count)) {
    throw new FaceError('SHAPE_MISMATCH', `Expected as many source as target points, at least 2, got ${count} and ${target.length / 2}.`, {
      source: source.length,
      target: target.length,
    });
  }
  let sourceX = 0;
  let sourceY = 0;
  let targetX = 0;
  let targetY = 0;
  for (let i = 0; i < source.length; i += 2) {
    sourceX += (source[i] as number) / count;
    sourceY += (source[i + 1] as number) / count;
    targetX += (target[i] as number) / count;
    targetY += (target[i + 1] as number) / count;
  }
  let parallel = 0;
  let crossed = 0;
  let variance = 0;
  for (let i = 0; i < source.length; i += 2) {
    const ax = (source[i] as number) - sourceX;
    const ay = (source[i + 1] as number) - sourceY;
    const bx = (target[i] as number) - targetX;
    const by = (target[i + 1] as number) - targetY;
    parallel += ax * bx + ay * by;
    crossed += ax * by - ay * bx;
    variance += ax * ax + ay * ay;
  }
  const cosine = parallel / variance;
  const sine = crossed / variance;
  if (!(variance > 1e-12) || !Number.isFinite(cosine) || !Number.isFinite(sine) || Math.hypot(cosine, sine) < 1e-9) {
    throw new FaceError(
      'DEGENERATE_LANDMARKS',
      `Expected landmarks that spread over the face, got ${count} points with variance ${variance}; the face cannot be aligned.`,
      { points: count, variance },
    );
  }
  return Float64Array.of(
    cosine,
    -sine,
    targetX - cosine * sourceX + sine * sourceY,
    sine,
    cosine,
    targetY - sine * sourceX - cosine * sourceY,
  );
}

/** {@link estimateSimilarity}, or `undefined` for points that coincide or are not finite. */
export function tryEstimateSimilarity(source: ArrayLike<number>, target: ArrayLike<number>): Float64Array | undefined {
  try {
    return estimateSimilarity(source, target);
  } catch (error) {
    if (isFaceError(error, 'DEGENERATE_LANDMARKS')) return undefined;
    throw error;
  }
}

/**
 * Inverts an affine transform.
 *
 * @throws {FaceError} `DEGENERATE_LANDMARKS` if the matrix has no inverse.
 */
export function invertAffine(matrix: ArrayLike<number>): Float64Array {
  const [a, b, tx, c, d, ty] = Array.from(matrix) as [number, number, number, number, number, number];
  const determinant = a * d - b * c;
  if (!(Math.abs(determinant) > 1e-18) || !Number.isFinite(determinant)) {
    throw new FaceError('DEGENERATE_LANDMARKS', `Expected an invertible transform, got determinant ${determinant}.`, { determinant });
  }
  return Float64Array.of(
    d / determinant,
    -b / determinant,
    (b * ty - d * tx) / determinant,
    -c / determinant,
    a / determinant,
    (c * tx - a * ty) / determinant,
  );
}

/** The transform that applies `first`, then `second`. */
export function composeAffine(second: ArrayLike<number>, first: ArrayLike<number>): Float64Array {
  const [a2, b2, x2, c2, d2, y2] = Array.from(second) as [number, number, number, number, number, number];
  const [a1, b1, x1, c1, d1, y1] = Array.from(first) as [number, number, number, number, number, number];
  return Float64Array.of(
    a2 * a1 + b2 * c1,
    a2 * b1 + b2 * d1,
    a2 * x1 + b2 * y1 + x2,
    c2 * a1 + d2 * c1,
    c2 * b1 + d2 * d1,
    c2 * x1 + d2 * y1 + y2,
  );
}

/** Applies a transform to points, shape [N, 2]; returns new points. */
export function transformPoints(matrix: ArrayLike<number>, points: ArrayLike<number>): Float32Array {
  const [a, b, tx, c, d, ty] = Array.from(matrix) as [number, number, number, number, number, number];
  const mapped = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i] as number;
    const y = points[i + 1] as number;
    mapped[i] = a * x + b * y + tx;
    mapped[i + 1] = c * x + d * y + ty;
  }
  return mapped;
}
