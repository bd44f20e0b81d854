/** Pairs in folds with a recognizer that is trained: on the images of the other folds, anew for each, so that it never saw whom it is tested on. */

import { FaceError } from '@isoface/core';
import { createRandom } from '@isoface/core/evaluation';
import { createTemplateScorer, type Recognizer } from '@isoface/core/recognizers';
import type { PairList } from '../dataset/pair-set.ts';
import type { TemplateTable } from '../templates/compute-templates.ts';

/** Options of {@link scoreTrainedFolds}. */
export interface ScoreTrainedFoldsOptions {
  /** Makes a recognizer from crops, shape [N, C, H, W]. */
  readonly train: (crops: Float32Array, count: number) => Recognizer;
  /** Crops to train on at most, drawn by the seed. */
  readonly maxTraining: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fold: number, folds: number) => void) | undefined;
}

/**
 * Scores every pair by the recognizer of its fold. People of LFW's folds are disjoint; in lists of one's own this is for the list to see to.
 *
 * @param table - The crops of the images as templates.
 * @returns Similarity of each pair; -Infinity where one of the images has no face.
 * @throws {FaceError} `DATASET_INVALID` for pairs without folds.
 */
export async function scoreTrainedFolds(
  pairs: PairList,
  { matrix, dimension, rows }: TemplateTable,
  { train, maxTraining, seed, signal, onProgress }: ScoreTrainedFoldsOptions,
): Promise<Float64Array> {
  const folds = [...new Set(pairs.fold)].sort((a, b) => a - b);
  if (folds.length < 2) {
    throw new FaceError(
      'DATASET_INVALID',
      'Expected pairs in folds, to train on the others, got one fold; train a model first and name its file.',
      {
        folds: folds.length,
      },
    );
  }
  const scores = new Float64Array(pairs.count).fill(Number.NEGATIVE_INFINITY);
  for (const [done, fold] of folds.entries()) {
    signal?.throwIfAborted();
    onProgress?.(done, folds.length);
    // One fold is some seconds of arithmetic; between two of them the caller may have aborted.
    await new Promise(setImmediate);
    const tested = listRows(pairs, rows, (i) => pairs.fold[i] === fold);
    const known = new Set(tested);
    const candidates = listRows(pairs, rows, (i) => pairs.fold[i] !== fold).filter((row) => !known.has(row));
    const chosen = drawSome(candidates, maxTraining, createRandom(seed + fold));
    const recognizer = train(gather(matrix, dimension, chosen), chosen.length);
    const templates = await recognizer.computeTemplates(gather(matrix, dimension, tested), tested.length);
    const score = createTemplateScorer(recognizer.metric, templates, recognizer.dimension);
    const placeOf = new Map(tested.map((row, place) => [row, place]));
    for (let i = 0; i < pairs.count; i++) {
      if (pairs.fold[i] !== fold) continue;
      const a = placeOf.get(rows[pairs.first[i] as number] as number);
      const b = placeOf.get(rows[pairs.second[i] as number] as number);
      if (a !== undefined && b !== undefined) scores[i] = score(a, b);
    }
  }
  return scores;
}

/** Rows of the images that the chosen pairs name, each once, ascending. */
function listRows({ first, second, count }: PairList, rows: Int32Array, isChosen: (pair: number) => boolean): number[] {
  const found = new Set<number>();
  for (let i = 0; i < count; i++) {
    if (!isChosen(i)) continue;
    for (const image of [first[i] as number, second[i] as number]) {
      const row = rows[image] as number;
      if (row >= 0) found.add(row);
    }
  }
  return [...found].sort((a, b) => a - b);
}

/** Draws without replacement (Fisher-Yates, the first part of it). */
export function drawSome(values: readonly number[], count: number, random: () => number): number[] {
  const rest = [...values];
  const taken = Math.min(count, rest.length);
  for (let i = 0; i < taken; i++) {
    const j = i + Math.floor(random() * (rest.length - i));
    [rest[i], rest[j]] = [rest[j] as number, rest[i] as number];
  }
  return rest.slice(0, taken);
}

function gather(matrix: Float32Array, dimension: number, rows: readonly number[]): Float32Array {
  const gathered = new Float32Array(rows.length * dimension);
  for (const [i, row] of rows.entries()) gathered.set(matrix.subarray(row * dimension, (row + 1) * dimension), i * dimension);
  return gathered;
}
