/** Eigenvalues and eigenvectors of real symmetric matrices. */

import { FaceError } from '../errors/face-error.ts';

/** What {@link computeSymmetricEigen} gives. */
export interface SymmetricEigen {
  /** Descending, shape [N]. */
  readonly values: Float64Array;
  /** One unit vector a row, in the order of `values`, orthogonal to the others, shape [N, N]. */
  readonly vectors: Float64Array;
}

/** Sweeps for one eigenvalue. One or two are common; the algorithm has no known matrix that needs more than a few. */
const MAX_SWEEPS = 60;
/** What is taken for 0 beside a largest element near 1. Smaller numbers have fewer bits, and quotients of them are no longer angles. */
const VANISHING = 2 ** -900;

/**
 * Computes all eigenvalues and eigenvectors of a symmetric matrix: Householder reduction to tridiagonal form, then QL sweeps with implicit
 * shifts. Eigenvectors are rows throughout, so that all inner loops run over contiguous memory. Some seconds for N = 1,000; grows with N³.
 *
 * @param matrix - Row-major, shape [N, N]; only the lower triangle is read.
 * @throws {FaceError} `SHAPE_MISMATCH` if the matrix is not `size` x `size`; `INVALID_OPTION` if it holds NaN or infinite numbers.
 * @see Procedures tred2 and tql2: Martin, Reinsch, Wilkinson; Bowdler, Martin, Reinsch, Wilkinson, in "Handbook for Automatic Computation
 * II", 1971.
 */
export function computeSymmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  if (!Number.isInteger(size) || size < 1 || matrix.length !== size * size) {
    throw new FaceError('SHAPE_MISMATCH', `Expected a matrix of ${size} x ${size} numbers, got ${matrix.length}.`, {
      size,
      got: matrix.length,
    });
  }
  const exponent = findExponent(matrix, size);
  const rows = matrix.map((value) => value * 2 ** -exponent);
  const diagonal = new Float64Array(size);
  const offDiagonal = new Float64Array(size);
  reduceToTridiagonal(rows, diagonal, offDiagonal);
  sweep(rows, diagonal, offDiagonal);
  return sortDescending(
    rows,
    diagonal.map((value) => value * 2 ** exponent),
  );
}

/**
 * Power of two that brings the largest element near 1. With it squares neither overflow nor vanish.
 *
 * @throws {FaceError} `INVALID_OPTION` for NaN and infinite numbers.
 */
function findExponent(matrix: Float64Array, size: number): number {
  let largest = 0;
  let sum = 0;
  for (let i = 0; i < size; i++) {
    for (let at = i * size; at <= i * size + i; at++) {
      const magnitude = Math.abs(matrix[at] as number);
      if (magnitude > largest) largest = magnitude;
      // Not the sum of the elements, which may overflow.
      sum += magnitude * 0;
    }
  }
  if (sum !== 0) {
    throw new FaceError('INVALID_OPTION', 'Expected a matrix of finite numbers, got NaN or infinite ones.', { option: 'matrix' });
  }
  // Near the end of the range the power itself would overflow.
  return largest === 0 ? 0 : Math.min(1000, Math.max(-1000, Math.floor(Math.log2(largest))));
}

/**
 * Replaces the matrix A by the orthogonal matrix W whose rows give W A Wᵀ = tridiagonal.
 *
 * @param below - Receives the elements below the diagonal; `below[i]` is in row i.
 */
function reduceToTridiagonal(a: Float64Array, diagonal: Float64Array, below: Float64Array): void {
  const n = diagonal.length;
  /** Half the squared length of each reflection's vector, which stays in its row of A; 0 where none is needed. */
  const halfNorms = new Float64Array(n);
  const product = new Float64Array(n);
  for (let i = n - 1; i > 0; i--) halfNorms[i] = reflectRow(a, n, i, below, product);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    const half = halfNorms[i] as number;
    if (half !== 0) {
      for (let r = 0; r < row; r += n) {
        const dot = computeDot(a, r, row, i) / half;
        for (let k = 0; k < i; k++) a[r + k] = (a[r + k] as number) - dot * (a[row + k] as number);
      }
    }
    diagonal[i] = a[row + i] as number;
    a[row + i] = 1;
    a.fill(0, row, row + i);
    for (let r = i; r < row; r += n) a[r] = 0;
  }
}

/** Clears row i left of its last element by a reflection, applied to the leading block from both sides. */
function reflectRow(a: Float64Array, n: number, i: number, below: Float64Array, product: Float64Array): number {
  const row = i * n;
  const last = i - 1;
  let scale = 0;
  // The last element is not counted: where it is the only one, nothing has to be cleared.
  for (let k = 0; k < last; k++) scale += Math.abs(a[row + k] as number);
  below[i] = a[row + last] as number;
  if (scale < VANISHING) return 0;
  scale += Math.abs(a[row + last] as number);
  let squared = 0;
  for (let k = 0; k < i; k++) {
    const value = (a[row + k] as number) / scale;
    a[row + k] = value;
    squared += value * value;
  }
  const corner = a[row + last] as number;
  const length = corner >= 0 ? -Math.sqrt(squared) : Math.sqrt(squared);
  below[i] = scale * length;
  a[row + last] = corner - length;
  const half = squared - corner * length;

  let projection = 0;
  for (let j = 0; j < i; j++) {
    const at = j * n;
    const uj = a[row + j] as number;
    let sum = (a[at + j] as number) * uj;
    for (let k = 0; k < j; k++) {
      const value = a[at + k] as number;
      sum += value * (a[row + k] as number);
      product[k] = (product[k] as number) + value * uj;
    }
    product[j] = sum;
  }
  for (let k = 0; k < i; k++) {
    const value = (product[k] as number) / half;
    product[k] = value;
    projection += value * (a[row + k] as number);
  }
  projection /= 2 * half;
  for (let k = 0; k < i; k++) product[k] = (product[k] as number) - projection * (a[row + k] as number);
  for (let j = 0; j < i; j++) {
    const at = j * n;
    const uj = a[row + j] as number;
    const pj = product[j] as number;
    for (let k = 0; k <= j; k++) a[at + k] = (a[at + k] as number) - uj * (product[k] as number) - pj * (a[row + k] as number);
  }
  return half;
}

/** Four sums at a time: one alone would wait for each addition. */
function computeDot(a: Float64Array, first: number, second: number, length: number): number {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let k = 0;
  for (; k + 3 < length; k += 4) {
    sum0 += (a[first + k] as number) * (a[second + k] as number);
    sum1 += (a[first + k + 1] as number) * (a[second + k + 1] as number);
    sum2 += (a[first + k + 2] as number) * (a[second + k + 2] as number);
    sum3 += (a[first + k + 3] as number) * (a[second + k + 3] as number);
  }
  for (; k < length; k++) sum0 += (a[first + k] as number) * (a[second + k] as number);
  return sum0 + sum1 + (sum2 + sum3);
}

/** Turns the tridiagonal matrix into a diagonal one, and the rows of `w` with it. */
function sweep(w: Float64Array, d: Float64Array, e: Float64Array): void {
  const n = d.length;
  // From here on e[i] is the element between rows i and i + 1.
  e.copyWithin(0, 1);
  e[n - 1] = 0;
  let shiftSum = 0;
  let magnitude = 0;
  for (let l = 0; l < n; l++) {
    magnitude = Math.max(magnitude, Math.abs(d[l] as number) + Math.abs(e[l] as number));
    const negligible = Math.max(VANISHING, Number.EPSILON * magnitude);
    let m = l;
    while (Math.abs(e[m] as number) > negligible) m++;
    for (let sweeps = 0; m > l && Math.abs(e[l] as number) > negligible; sweeps++) {
      if (sweeps === MAX_SWEEPS) {
        throw new FaceError(
          'INVALID_OPTION',
          `Expected a matrix whose eigenvalues converge, got one that needs more than ${MAX_SWEEPS} sweeps.`,
          {
            option: 'matrix',
          },
        );
      }
      shiftSum += sweepOnce(w, d, e, l, m);
    }
    d[l] = (d[l] as number) + shiftSum;
    e[l] = 0;
  }
}

/** One QL sweep over the block of rows l to m. Returns what was subtracted from the diagonal. */
function sweepOnce(w: Float64Array, d: Float64Array, e: Float64Array, l: number, m: number): number {
  const n = d.length;
  const first = d[l] as number;
  const el = e[l] as number;
  const ratio = ((d[l + 1] as number) - first) / (2 * el);
  const root = ratio < 0 ? -Math.hypot(ratio, 1) : Math.hypot(ratio, 1);
  const second = el * (ratio + root);
  d[l] = el / (ratio + root);
  d[l + 1] = second;
  const shift = first - (d[l] as number);
  for (let i = l + 2; i < n; i++) d[i] = (d[i] as number) - shift;

  const afterFirst = e[l + 1] as number;
  let p = d[m] as number;
  let cosine = 1;
  let cosine2 = 1;
  let cosine3 = 1;
  let sine = 0;
  let sine2 = 0;
  for (let i = m - 1; i >= l; i--) {
    cosine3 = cosine2;
    cosine2 = cosine;
    sine2 = sine;
    const ei = e[i] as number;
    const di = d[i] as number;
    const g = cosine * ei;
    const h = cosine * p;
    const radius = Math.hypot(p, ei);
    e[i + 1] = sine * radius;
    sine = ei / radius;
    cosine = p / radius;
    p = cosine * di - sine * g;
    d[i + 1] = h + sine * (cosine * g + sine * di);
    rotateRows(w, i * n, n, cosine, sine);
  }
  p = (-sine * sine2 * cosine3 * afterFirst * el) / second;
  e[l] = sine * p;
  d[l] = cosine * p;
  return shift;
}

/** Turns the row at `start` and the one below it by the angle. */
function rotateRows(w: Float64Array, start: number, n: number, cosine: number, sine: number): void {
  for (let k = start, below = start + n; k < start + n; k++, below++) {
    const upper = w[k] as number;
    const lower = w[below] as number;
    w[below] = sine * upper + cosine * lower;
    w[k] = cosine * upper - sine * lower;
  }
}

function sortDescending(rows: Float64Array, diagonal: Float64Array): SymmetricEigen {
  const n = diagonal.length;
  const order = Array.from(diagonal.keys()).sort((a, b) => (diagonal[b] as number) - (diagonal[a] as number));
  const vectors = new Float64Array(n * n);
  for (const [target, source] of order.entries()) vectors.set(rows.subarray(source * n, (source + 1) * n), target * n);
  return { values: Float64Array.from(order, (index) => diagonal[index] as number), vectors };
}
