/** A large gallery inside a page, and how long its search keeps the page from its user. */

import { createTemplateIndex, type IndexRows, type IndexSpec, type TemplateIndex } from '@isoface/core/gallery';
import type { createWorkerIndex } from '../../src/index.ts';

const SPEC: IndexSpec = { dimension: 256, metric: 'cosine' };
const ROWS = 100_000;
const ROWS_PER_BLOCK = 500;
const PROBES = 32;

/** What came of a search. */
export interface SearchTrial {
  /** Share of the probes that found the row which they were made of. */
  readonly hitRate: number;
  /** Tasks of the page that took 50 ms or more, milliseconds, while rows were added and while they were searched. */
  readonly longTasks: { readonly adding: readonly number[]; readonly searching: readonly number[] };
}

/**
 * Adds rows block by block, then searches for some of them.
 *
 * @param inWorker - Opens an index in a worker; absent: in the page itself.
 */
export async function trySearch(inWorker?: typeof createWorkerIndex): Promise<SearchTrial> {
  const index = await (inWorker ?? createTemplateIndex)(SPEC);
  try {
    const adding = await watchTasks(async () => {
      for (let first = 0; first < ROWS; first += ROWS_PER_BLOCK) {
        await index.add(drawRows(first, ROWS_PER_BLOCK));
        // A page that adds rows lets other tasks run in between.
        await nextTask();
      }
    });
    const planted = Array.from({ length: PROBES }, (_, i) => Math.floor((i * ROWS) / PROBES) + i);
    const searching = await watchTasks(() => search(index, planted));
    const hits = searching.value.filter((group, i) => group === planted[i]);
    return { hitRate: hits.length / PROBES, longTasks: { adding: adding.longTasks, searching: searching.longTasks } };
  } finally {
    await index.dispose();
  }
}

async function search(index: TemplateIndex, planted: readonly number[]): Promise<(number | undefined)[]> {
  const probes = new Float32Array(planted.length * SPEC.dimension);
  for (const [i, row] of planted.entries()) {
    const { vectors } = drawRows(row, 1);
    // Another photo of the same person.
    probes.set(
      vectors.map((value, j) => value + 0.02 * Math.sin(i + j)),
      i * SPEC.dimension,
    );
  }
  const results = await index.search(probes, { limit: 1 });
  return results.map(([hit]) => hit?.group);
}

/** Rows that depend on their number alone. */
function drawRows(first: number, count: number): IndexRows {
  const { dimension } = SPEC;
  const vectors = new Float32Array(count * dimension);
  for (let row = 0; row < count; row++) {
    let state = Math.imul(first + row + 1, 0x9e3779b1);
    let squared = 0;
    for (let i = row * dimension; i < (row + 1) * dimension; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
      vectors[i] = state;
      squared += state * state;
    }
    const scale = 1 / Math.sqrt(squared);
    for (let i = row * dimension; i < (row + 1) * dimension; i++) vectors[i] = (vectors[i] as number) * scale;
  }
  const groups = Int32Array.from({ length: count }, (_, i) => first + i);
  return { vectors, groups, labels: groups };
}

async function watchTasks<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly longTasks: readonly number[] }> {
  const longTasks: number[] = [];
  const note = (list: PerformanceEntryList): void => void longTasks.push(...list.map(({ duration }) => duration));
  const observer = new PerformanceObserver((list) => note(list.getEntries()));
  await nextTask();
  observer.observe({ type: 'longtask' });
  const value = await work();
  // A task is known when it is over, and told of later.
  await new Promise((resolve) => setTimeout(resolve, 200));
  note(observer.takeRecords());
  observer.disconnect();
  return { value, longTasks };
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
