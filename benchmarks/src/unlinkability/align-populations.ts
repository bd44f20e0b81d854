/** An attack on secret rotations that needs no key and no known pair: faces are not spread evenly, and the shape of their spread turns with them. */

/** Coordinates in which a rotated gallery and plain templates can be compared. */
export interface Alignment {
  readonly ofRotated: (vector: Float32Array) => Float64Array;
  readonly ofPlain: (vector: Float32Array) => Float64Array;
}

/** Sweeps of Jacobi rotations: convergence is quadratic, ten are more than enough for a thousand dimensions. */
const SWEEPS = 10;

/**
 * Describes both sets by their own principal axes, strongest first, each turned to the side to which its third moments point. Where the sets are
 * large and no two axes equally strong, corresponding templates get like coordinates.
 *
 * @param rotated - A protected gallery.
 * @param plain - Templates of other people, by the same model.
 */
export function alignPopulations(rotated: readonly Float32Array[], plain: readonly Float32Array[]): Alignment {
  const [axes, plainAxes] = [findAxes(rotated), findAxes(plain)];
  return { ofRotated: (vector) => project(vector, axes), ofPlain: (vector) => project(vector, plainAxes) };
}

function findAxes(vectors: readonly Float32Array[]): readonly Float64Array[] {
  const axes = diagonalize(computeSecondMoments(vectors));
  return axes.map((axis) => {
    const third = vectors.reduce((sum, vector) => sum + dot(vector, axis) ** 3, 0);
    return third < 0 ? axis.map((number) => -number) : axis;
  });
}

function computeSecondMoments(vectors: readonly Float32Array[]): Float64Array[] {
  const size = vectors[0]?.length ?? 0;
  const moments = Array.from({ length: size }, () => new Float64Array(size));
  for (const vector of vectors) {
    moments.forEach((row, i) => {
      const factor = (vector[i] as number) / vectors.length;
      for (let j = 0; j < size; j++) row[j] = (row[j] as number) + factor * (vector[j] as number);
    });
  }
  return moments;
}

/** Eigenvectors by descending eigenvalue, by cyclic Jacobi rotations (Golub and Van Loan, "Matrix Computations", section 8.5). */
function diagonalize(matrix: readonly Float64Array[]): readonly Float64Array[] {
  const size = matrix.length;
  const axes = matrix.map((_, i) => Float64Array.from({ length: size }, (_number, j) => Number(i === j)));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) rotate(matrix, axes, [p, q]);
    }
  }
  return axes
    .map((axis, index) => ({ axis, value: matrix[index]?.[index] ?? 0 }))
    .sort((a, b) => b.value - a.value)
    .map(({ axis }) => axis);
}

/** Makes the element at p, q vanish. */
function rotate(matrix: readonly Float64Array[], axes: readonly Float64Array[], [p, q]: readonly [number, number]): void {
  const [rowP, rowQ] = [matrix[p] as Float64Array, matrix[q] as Float64Array];
  const off = rowP[q] as number;
  if (Math.abs(off) < 1e-15) return;
  const ratio = ((rowQ[q] as number) - (rowP[p] as number)) / (2 * off);
  const tangent = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.sqrt(ratio * ratio + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  turn(rowP, rowQ, cosine, sine);
  for (const row of matrix) {
    const [a, b] = [row[p] as number, row[q] as number];
    row[p] = cosine * a - sine * b;
    row[q] = sine * a + cosine * b;
  }
  turn(axes[p] as Float64Array, axes[q] as Float64Array, cosine, sine);
}

function turn(first: Float64Array, second: Float64Array, cosine: number, sine: number): void {
  for (let i = 0; i < first.length; i++) {
    const [a, b] = [first[i] as number, second[i] as number];
    first[i] = cosine * a - sine * b;
    second[i] = sine * a + cosine * b;
  }
}

function project(vector: Float32Array, axes: readonly Float64Array[]): Float64Array {
  return Float64Array.from(axes, (axis) => dot(vector, axis));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
