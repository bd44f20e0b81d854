// The work that suite `search` times. Node and the page run this very file, so that only the engines differ.

/** Rows are drawn from a seed of their own: any range of rows can be filled by itself and is the same in a matrix of any size. */
function seedOf(row, seed) {
  let h = Math.imul(row + 1, 0x9e3779b1) ^ seed;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16) || 1;
}

export function fillUnitRows(matrix, dimension, { from, to, seed }) {
  for (let row = from; row < to; row++) {
    const start = row * dimension;
    let state = seedOf(row, seed);
    let squared = 0;
    for (let i = start; i < start + dimension; i++) {
      // xorshift32 by George Marsaglia: half a billion numbers are drawn, so that drawing must be cheap.
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      const value = state / 2_147_483_648;
      squared += value * value;
      matrix[i] = value;
    }
    const scale = 1 / Math.sqrt(squared);
    for (let i = start; i < start + dimension; i++) matrix[i] *= scale;
  }
}

export function plantMatch(matrix, dimension, { row, similarity }) {
  const start = row * dimension;
  let along = 0;
  for (let i = 0; i < dimension; i++) along += matrix[i] * matrix[start + i];
  const across = Math.sqrt((1 - similarity * similarity) / (1 - along * along));
  for (let i = 0; i < dimension; i++) matrix[start + i] = similarity * matrix[i] + across * (matrix[start + i] - along * matrix[i]);
}

export function searchBest(score, count, limit) {
  const rows = new Int32Array(limit).fill(-1);
  const similarities = new Float64Array(limit).fill(Number.NEGATIVE_INFINITY);
  const last = limit - 1;
  for (let row = 1; row <= count; row++) {
    const similarity = score(0, row);
    if (similarity <= similarities[last]) continue;
    let at = last;
    for (; at > 0 && similarities[at - 1] < similarity; at--) {
      similarities[at] = similarities[at - 1];
      rows[at] = rows[at - 1];
    }
    similarities[at] = similarity;
    rows[at] = row;
  }
  return { rows, similarities };
}

export function createSearchWork(createTemplateScorer, { matrix, dimension, count, limit }) {
  const started = performance.now();
  const score = createTemplateScorer('cosine', matrix, dimension);
  const prepareMs = performance.now() - started;
  const target = new Float32Array(matrix.length);
  const perCall = (call, repeats) => {
    const begun = performance.now();
    for (let repeat = 0; repeat < repeats; repeat++) call();
    return (performance.now() - begun) / repeats;
  };
  return {
    prepareMs,
    best: () => searchBest(score, count, limit),
    timeSearch: (repeats) => perCall(() => searchBest(score, count, limit), repeats),
    timeCopy: (repeats) => perCall(() => target.set(matrix), repeats),
  };
}
