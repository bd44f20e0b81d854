/** Whether points moved as the points of a flat picture move. */

/** Rows of the least-squares system: the entries of a homography whose last one is 1. */
const UNKNOWNS = 8;

/**
 * How badly a homography explains where points went: what a camera sees of a flat picture, however it is turned, tilted or moved, is always one
 * homography of what it saw before; a head with a nose is not.
 *
 * @param before - x, y of at least five points, shape [N, 2], any unit.
 * @param after - The same points later.
 * @returns Root mean square distance that remains, in root mean square distances of `after` from its centre; `undefined` where there is no solution
 * (too few points, points on a line, numbers that are not finite).
 * @see Hartley and Zisserman, "Multiple View Geometry in Computer Vision", chapters 4 and 13 (homographies, normalisation, plane and parallax).
 */
export function computePlanarResidual(before: Float32Array, after: Float32Array): number | undefined {
  const count = before.length / 2;
  if (count < 5 || after.length !== before.length) return undefined;
  const [from, to] = [normalize(before), normalize(after)];
  const matrix = Array.from({ length: UNKNOWNS }, () => new Float64Array(UNKNOWNS + 1));
  for (let i = 0; i < count; i++) {
    const [x, y, u, v] = [from[i * 2], from[i * 2 + 1], to[i * 2], to[i * 2 + 1]] as [number, number, number, number];
    addEquation(matrix, [x, y, 1, 0, 0, 0, -u * x, -u * y], u);
    addEquation(matrix, [0, 0, 0, x, y, 1, -v * x, -v * y], v);
  }
  const h = solve(matrix);
  if (h === undefined) return undefined;
  const [a, b, c, d, e, f, g, k] = h as [number, number, number, number, number, number, number, number];
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const [x, y] = [from[i * 2] as number, from[i * 2 + 1] as number];
    const w = g * x + k * y + 1;
    sum += ((a * x + b * y + c) / w - (to[i * 2] as number)) ** 2 + ((d * x + e * y + f) / w - (to[i * 2 + 1] as number)) ** 2;
  }
  const residual = Math.sqrt(sum / count);
  return Number.isFinite(residual) ? residual : undefined;
}

/** Centre at the origin, root mean square distance 1. */
function normalize(points: Float32Array): Float64Array {
  const count = points.length / 2;
  const mean = [0, 1].map((axis) => points.reduce((sum, value, i) => (i % 2 === axis ? sum + value / count : sum), 0));
  const centred = Float64Array.from(points, (value, i) => value - (mean[i % 2] as number));
  const spread = Math.sqrt(centred.reduce((sum, value) => sum + value * value, 0) / count);
  return centred.map((value) => value / spread);
}

/** Adds one equation to the normal equations; the last column is the right side. */
function addEquation(matrix: readonly Float64Array[], row: readonly number[], value: number): void {
  for (const [i, target] of matrix.entries()) {
    const weight = row[i] as number;
    for (let j = 0; j < UNKNOWNS; j++) target[j] = (target[j] as number) + weight * (row[j] as number);
    target[UNKNOWNS] = (target[UNKNOWNS] as number) + weight * value;
  }
}

/** Gaussian elimination with partial pivoting. */
function solve(matrix: Float64Array[]): number[] | undefined {
  for (let column = 0; column < UNKNOWNS; column++) {
    const at = (row: number): number => Math.abs(matrix[row]?.[column] as number);
    let pivot = column;
    for (let row = column + 1; row < UNKNOWNS; row++) if (at(row) > at(pivot)) pivot = row;
    if (!(at(pivot) > 1e-12)) return undefined;
    [matrix[column], matrix[pivot]] = [matrix[pivot] as Float64Array, matrix[column] as Float64Array];
    const top = matrix[column] as Float64Array;
    for (let row = column + 1; row < UNKNOWNS; row++) {
      const target = matrix[row] as Float64Array;
      const factor = (target[column] as number) / (top[column] as number);
      for (let j = column; j <= UNKNOWNS; j++) target[j] = (target[j] as number) - factor * (top[j] as number);
    }
  }
  const result = new Array<number>(UNKNOWNS).fill(0);
  for (let row = UNKNOWNS - 1; row >= 0; row--) {
    const line = matrix[row] as Float64Array;
    let value = line[UNKNOWNS] as number;
    for (let j = row + 1; j < UNKNOWNS; j++) value -= (line[j] as number) * (result[j] as number);
    result[row] = value / (line[row] as number);
  }
  return result;
}
