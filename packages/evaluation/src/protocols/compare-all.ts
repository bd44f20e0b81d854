/** Every template against every other: tens of millions of comparisons, none of which is kept. */

import { createScoreAccumulator, type ScoreAccumulator } from '@isoface/core/evaluation';
import { groupIndices } from './group-indices.ts';

/** Who is in which row, and how two rows are compared. */
export interface TemplateRows {
  readonly count: number;
  /** Person of each row. */
  readonly identityOf: Uint32Array;
  /** Similarity of two rows. */
  readonly score: (i: number, j: number) => number;
}

/** The comparisons of both classes. In the tails, `first` and `second` are rows. */
export interface AllComparisons {
  readonly genuine: ScoreAccumulator;
  readonly impostor: ScoreAccumulator;
}

/** Options of {@link compareAll}. */
export interface CompareAllOptions {
  /** Bounds of the similarities: the histogram lies between them. */
  readonly min: number;
  readonly max: number;
  readonly signal?: AbortSignal | undefined;
  /** Comparisons made so far. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Comparisons between two looks at the abort signal: some tens of milliseconds. */
const BATCH = 200_000;

/** Compares each pair of rows once. Memory does not depend on the number of comparisons. */
export async function compareAll(
  { count, identityOf, score }: TemplateRows,
  { min, max, signal, onProgress }: CompareAllOptions,
): Promise<AllComparisons> {
  const genuine = createScoreAccumulator({ min, max });
  const impostor = createScoreAccumulator({ min, max });
  const total = (count * (count - 1)) / 2;
  let sincePause = 0;
  let done = 0;
  for (let i = 0; i < count; i++) {
    const identity = identityOf[i];
    for (let j = i + 1; j < count; j++) {
      const similarity = score(i, j);
      if (identityOf[j] === identity) genuine.add(similarity, i, j);
      else impostor.add(similarity, i, j);
    }
    sincePause += count - i - 1;
    if (sincePause < BATCH) continue;
    done += sincePause;
    sincePause = 0;
    onProgress?.(done, total);
    await new Promise(setImmediate);
    signal?.throwIfAborted();
  }
  onProgress?.(total, total);
  signal?.throwIfAborted();
  return { genuine, impostor };
}

/** Visits the genuine pairs of rows: few beside the impostor pairs, so that they may be scored again for what the first pass could not know. */
export function forEachGenuinePair(
  { count, identityOf, score }: TemplateRows,
  visit: (similarity: number, i: number, j: number) => void,
): void {
  for (const rows of groupIndices(count, (i) => identityOf[i]).values()) {
    for (const [k, i] of rows.entries()) for (let l = k + 1; l < rows.length; l++) visit(score(i, rows[l] as number), i, rows[l] as number);
  }
}

/** Scores of the `total` genuine pairs, each with its person. */
export function listGenuineScores(rows: TemplateRows, total: number): { readonly scores: Float64Array; readonly identity: Uint32Array } {
  const scores = new Float64Array(total);
  const identity = new Uint32Array(total);
  let next = 0;
  forEachGenuinePair(rows, (similarity, i) => {
    scores[next] = similarity;
    identity[next++] = rows.identityOf[i] as number;
  });
  return { scores, identity };
}
