/** Orthonormal matrices drawn evenly, and their products with vectors. */

import type { NormalSource } from './normal-source.ts';

/**
 * Draws an orthonormal matrix evenly (by the Haar measure). It is the orthogonal factor of a matrix of normal numbers, with the signs that make
 * the factor unique, found without that matrix: as a product of reflections along random directions, one of each dimension.
 *
 * @returns Row-major, shape [D, D]; rows are orthonormal to about 1e-14.
 * @see G. W. Stewart, "The efficient generation of random orthogonal matrices with an application to condition estimators", SIAM Journal on
 * Numerical Analysis 17(3), 1980.
 */
export async function drawOrthonormalMatrix(dimension: number, drawNormal: NormalSource): Promise<Float64Array> {
  const matrix = new Float64Array(dimension * dimension);
  const sums = new Float64Array(dimension);
  // From the smallest to the largest: each turns only the last rows and columns, the others are still empty.
  for (let size = 1; size <= dimension; size++) {
    const start = dimension - size;
    const axis = await drawNormal(size);
    const first = axis[0] as number;
    const sign = first < 0 ? -1 : 1;
    const length = Math.sqrt(sumOfSquares(axis));
    axis[0] = first + sign * length;
    matrix[start * dimension + start] = -sign;
    reflectRows(matrix, sums, { axis, start, scale: 1 / (length * (length + Math.abs(first))) });
  }
  return matrix;
}

/**
 * matrix · vector, summed in float64.
 *
 * @param matrix - Row-major, shape [D, D].
 * @param vector - Shape [D].
 */
export function multiplyByMatrix(matrix: Float64Array, vector: Float32Array): Float32Array {
  const dimension = vector.length;
  const product = new Float32Array(dimension);
  const even = dimension - (dimension % 4);
  for (let row = 0; row < dimension; row++) {
    const start = row * dimension;
    // Four sums that do not wait for each other.
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let column = 0; column < even; column += 4) {
      const at = start + column;
      a += (matrix[at] as number) * (vector[column] as number);
      b += (matrix[at + 1] as number) * (vector[column + 1] as number);
      c += (matrix[at + 2] as number) * (vector[column + 2] as number);
      d += (matrix[at + 3] as number) * (vector[column + 3] as number);
    }
    for (let column = even; column < dimension; column++) a += (matrix[start + column] as number) * (vector[column] as number);
    product[row] = a + b + (c + d);
  }
  return product;
}

/**
 * The transpose of the matrix · vector, summed in float64. For an orthonormal matrix the inverse of {@link multiplyByMatrix}.
 *
 * @param sums - Work space, shape [D].
 */
export function multiplyByTranspose(matrix: Float64Array, vector: Float32Array, sums: Float64Array): Float32Array {
  const dimension = vector.length;
  sums.fill(0);
  let at = 0;
  for (let row = 0; row < dimension; row++) {
    const factor = vector[row] as number;
    for (let column = 0; column < dimension; column++) sums[column] = (sums[column] as number) + (matrix[at++] as number) * factor;
  }
  return new Float32Array(sums);
}

interface Reflection {
  readonly axis: Float64Array;
  /** First row and column that it turns. */
  readonly start: number;
  /** 2 / |axis|^2 */
  readonly scale: number;
}

/** The last rows and columns of the matrix, reflected from the left. */
function reflectRows(matrix: Float64Array, sums: Float64Array, { axis, start, scale }: Reflection): void {
  const dimension = sums.length;
  sums.fill(0);
  for (let row = start; row < dimension; row++) {
    const factor = axis[row - start] as number;
    const offset = row * dimension;
    for (let column = start; column < dimension; column++) {
      sums[column] = (sums[column] as number) + factor * (matrix[offset + column] as number);
    }
  }
  for (let row = start; row < dimension; row++) {
    const factor = scale * (axis[row - start] as number);
    const offset = row * dimension;
    for (let column = start; column < dimension; column++) {
      matrix[offset + column] = (matrix[offset + column] as number) - factor * (sums[column] as number);
    }
  }
}

function sumOfSquares(numbers: Float64Array): number {
  let sum = 0;
  for (const number of numbers) sum += number * number;
  return sum;
}
