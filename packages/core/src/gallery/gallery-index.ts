/** Search in memory for people instead of rows. */

import type { IndexInfo, TemplateIndex } from '../ports/template-index.ts';
import type { Candidate } from './gallery.ts';
import type { OpenTemplate } from './gallery-mirror.ts';
import { compareIds } from './memory-store.ts';

/** People and their templates, searched in memory. */
export interface GalleryIndex {
  /** Templates held. */
  readonly size: number;
  put(id: string, templates: readonly OpenTemplate[]): Promise<void>;
  remove(id: string): Promise<void>;
  /** For each probe at most `limit` people, best first, equal ones by id. */
  search(
    probes: Float32Array,
    options: { readonly limit: number; readonly signal?: AbortSignal | undefined },
  ): Promise<readonly (readonly Candidate[])[]>;
  info(): Promise<IndexInfo>;
  dispose(): Promise<void>;
}

/** Rows that are handed over at once while a gallery is opened. */
const ROWS_AT_ONCE = 1_024;

/** Fills an index with people. `index` belongs to it from then on, also if the filling fails. */
export async function fillGalleryIndex(
  index: TemplateIndex,
  dimension: number,
  people: AsyncIterable<{ readonly id: string; readonly templates: readonly OpenTemplate[] }>,
  onPerson?: (done: number) => void,
): Promise<GalleryIndex> {
  /** Numbers are not given to another person later: a search under way may still return them. */
  const groups = new Map<string, number>();
  const ids: (string | undefined)[] = [];
  const counts: number[] = [];
  let size = 0;

  const groupOf = (id: string): number => {
    const known = groups.get(id);
    if (known !== undefined) return known;
    const group = ids.push(id) - 1;
    groups.set(id, group);
    return group;
  };
  const add = (id: string, templates: readonly OpenTemplate[], target: RowBatch): void => {
    const group = groupOf(id);
    for (const { label, vector } of templates) target.push(group, label, vector);
    size += templates.length - (counts[group] ?? 0);
    counts[group] = templates.length;
  };

  const batch = new RowBatch(ROWS_AT_ONCE, dimension);
  try {
    let done = 0;
    for await (const { id, templates } of people) {
      if (batch.count > 0 && batch.count + templates.length > ROWS_AT_ONCE) await index.add(batch.take());
      add(id, templates, batch);
      onPerson?.(++done);
    }
    if (batch.count > 0) await index.add(batch.take());
  } catch (error) {
    await index.dispose();
    throw error;
  }

  return {
    get size() {
      return size;
    },
    async put(id, templates) {
      const known = groups.get(id);
      const rows = new RowBatch(templates.length, dimension);
      add(id, templates, rows);
      // Both are under way before anything else can be: no search sees the person missing.
      await Promise.all([known === undefined ? undefined : index.remove(known), index.add(rows.take())]);
    },
    async remove(id) {
      const group = groups.get(id);
      if (group === undefined) return;
      groups.delete(id);
      ids[group] = undefined;
      size -= counts[group] ?? 0;
      counts[group] = 0;
      await index.remove(group);
    },
    async search(probes, { limit, signal }) {
      const answers = await index.search(probes, { limit, signal });
      return answers.map((hits) =>
        hits
          .flatMap(({ group, label, similarity }): Candidate[] => {
            const id = ids[group];
            return id === undefined ? [] : [{ id, similarity, template: label }];
          })
          .sort((a, b) => b.similarity - a.similarity || compareIds(a.id, b.id))
          .slice(0, limit),
      );
    },
    info: () => index.info(),
    dispose: () => index.dispose(),
  };
}

/** Rows on their way into an index. */
class RowBatch {
  count = 0;
  readonly #dimension: number;
  #vectors: Float32Array;
  #groups: Int32Array;
  #labels: Int32Array;

  constructor(rows: number, dimension: number) {
    this.#dimension = dimension;
    this.#vectors = new Float32Array(rows * dimension);
    this.#groups = new Int32Array(rows);
    this.#labels = new Int32Array(rows);
  }

  push(group: number, label: number, vector: Float32Array): void {
    if (this.count === this.#groups.length) this.#grow();
    this.#vectors.set(vector, this.count * this.#dimension);
    this.#groups[this.count] = group;
    this.#labels[this.count++] = label;
  }

  /** Copies, so that the batch can be filled again while the index works. */
  take(): { readonly vectors: Float32Array; readonly groups: Int32Array; readonly labels: Int32Array } {
    const { count } = this;
    this.count = 0;
    return {
      vectors: this.#vectors.slice(0, count * this.#dimension),
      groups: this.#groups.slice(0, count),
      labels: this.#labels.slice(0, count),
    };
  }

  #grow(): void {
    const [vectors, groups, labels] = [this.#vectors, this.#groups, this.#labels];
    const rows = Math.max(1, groups.length * 2);
    this.#vectors = new Float32Array(rows * this.#dimension);
    this.#groups = new Int32Array(rows);
    this.#labels = new Int32Array(rows);
    this.#vectors.set(vectors);
    this.#groups.set(groups);
    this.#labels.set(labels);
  }
}
