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

/** Rows that are added at once: one call with all of them would need their groups in one piece, which no gallery does. */
const ADDED_ROWS = 10_000;
/** Probes of a batch: rows of the gallery, and the probe itself. */
const BATCH = 32;

export async function createSearchWork(createTemplateIndex, { matrix, dimension, count, limit, variants }) {
  const indexes = {};
  const prepareMs = {};
  for (const [name, options] of Object.entries(variants)) {
    const started = performance.now();
    const index = await createTemplateIndex({ dimension, metric: 'cosine', ...options });
    for (let from = 1; from <= count; from += ADDED_ROWS) {
      const to = Math.min(count + 1, from + ADDED_ROWS);
      const groups = Int32Array.from({ length: to - from }, (_, i) => from + i);
      await index.add({ vectors: matrix.subarray(from * dimension, to * dimension), groups, labels: new Int32Array(to - from) });
    }
    // The first search prepares what the index puts off.
    await index.search(matrix.subarray(0, dimension), { limit });
    prepareMs[name] = performance.now() - started;
    indexes[name] = index;
  }
  const probe = matrix.subarray(0, dimension);
  const batch = matrix.subarray(0, Math.min(BATCH, count) * dimension);
  const batchSize = batch.length / dimension;
  const target = new Float32Array(matrix.length);
  const numbers = new Float64Array(matrix.buffer, 0, matrix.length >> 1);
  const perCall = async (call, repeats) => {
    const begun = performance.now();
    for (let repeat = 0; repeat < repeats; repeat++) await call();
    return (performance.now() - begun) / repeats;
  };
  return {
    prepareMs,
    search: async (name, isBatch) => indexes[name].search(isBatch ? batch : probe, { limit }),
    timeSearch: (name, repeats) => perCall(() => indexes[name].search(probe, { limit }), repeats),
    timeBatch: async (name, repeats) => (await perCall(() => indexes[name].search(batch, { limit }), repeats)) / batchSize,
    timeCopy: (repeats) => perCall(() => target.set(matrix), repeats),
    timeRead: (repeats) => perCall(() => readAll(numbers), repeats),
    bytes: async (name) => (await indexes[name].info()).bytes,
    async dispose() {
      for (const index of Object.values(indexes)) await index.dispose();
    },
  };
}

/** Reads 8 bytes at a time; eight sums, so that no addition waits for the one before. */
export function readAll(numbers) {
  let [a, b, c, d, e, f, g, h] = [0, 0, 0, 0, 0, 0, 0, 0];
  const end = numbers.length & ~7;
  for (let i = 0; i < end; i += 8) {
    a += numbers[i];
    b += numbers[i + 1];
    c += numbers[i + 2];
    d += numbers[i + 3];
    e += numbers[i + 4];
    f += numbers[i + 5];
    g += numbers[i + 6];
    h += numbers[i + 7];
  }
  return a + b + c + d + e + f + g + h;
}
