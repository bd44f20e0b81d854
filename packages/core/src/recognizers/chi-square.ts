/** Chi-square distances between histograms, most of whose bins are empty. */

/**
 * Creates a function that gives the chi-square distance `2 * sum((a - b)² / (a + b))` of two rows, as OpenCV's `HISTCMP_CHISQR_ALT`.
 *
 * The sum equals `sum(a) + sum(b) - 4 * sum(a * b / (a + b))`, whose last part only has the bins that both rows have. So a call walks over
 * the bins of one row that are not empty: about a fifth of all bins of the default LBPH, without a branch.
 *
 * @param matrix - Shape [N, D], no negative numbers. Not copied; beside it 4 bytes are kept for each number that is not 0.
 * @returns Symmetric in its arguments bit for bit; 0 between a row and itself.
 */
export function createChiSquareDistance(matrix: Float32Array, dimension: number): (i: number, j: number) => number {
  const { bins, starts, totals } = collectBins(matrix, dimension);
  return (i, j) => {
    const [first, last] = [starts[j] as number, starts[j + 1] as number];
    const shared = sumShared(matrix, bins, first, last, i * dimension, j * dimension);
    // Rounding may leave a little less than 0.
    return 2 * Math.max(0, (totals[i] as number) + (totals[j] as number) - 4 * shared);
  };
}

interface FilledBins {
  /** Bins that are not empty, row after row, ascending. */
  readonly bins: Uint32Array;
  /** Where the bins of each row begin, and where the last end, shape [N + 1]. */
  readonly starts: Uint32Array;
  /** Sum of each row, shape [N]. */
  readonly totals: Float64Array;
}

function collectBins(matrix: Float32Array, dimension: number): FilledBins {
  const count = matrix.length / dimension;
  const starts = new Uint32Array(count + 1);
  const totals = new Float64Array(count);
  let filled = 0;
  for (let at = 0; at < matrix.length; at++) filled += matrix[at] === 0 ? 0 : 1;
  const bins = new Uint32Array(filled);
  let next = 0;
  for (let row = 0; row < count; row++) {
    let total = 0;
    for (let bin = 0; bin < dimension; bin++) {
      const value = matrix[row * dimension + bin] as number;
      if (value === 0) continue;
      total += value;
      bins[next++] = bin;
    }
    totals[row] = total;
    starts[row + 1] = next;
  }
  return { bins, starts, totals };
}

/** One sum in the order of the bins: bins that only one row has add 0, so it does not matter whose bins are walked over. */
function sumShared(matrix: Float32Array, bins: Uint32Array, first: number, last: number, a: number, b: number): number {
  let sum = 0;
  for (let at = first; at < last; at++) {
    const bin = bins[at] as number;
    const x = matrix[a + bin] as number;
    const y = matrix[b + bin] as number;
    sum += (x * y) / (x + y);
  }
  return sum;
}
