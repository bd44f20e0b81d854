/** Training of eigenfaces on the faces of a data set. */

import { FaceError } from '@isoface/core';
import { createRandom } from '@isoface/core/evaluation';
import { type EigenfacesModel, type EigenfacesOptions, trainEigenfaces } from '@isoface/core/recognizers';
import type { DatasetImage, DatasetProblem } from '../dataset/dataset-entry.ts';
import { computeTemplates } from '../templates/compute-templates.ts';
import type { EvaluateOptions } from './evaluate.ts';
import { drawSome } from './verify-folds.ts';

/** Options of {@link trainOn}. */
export interface TrainOptions extends EvaluateOptions, Pick<EigenfacesOptions, 'energy' | 'components'> {
  /** Images to train on at most, drawn by the seed. @defaultValue 1000 */
  readonly count?: number | undefined;
}

/** What training gave. */
export interface TrainedModel {
  readonly model: EigenfacesModel;
  /** Faces that it was trained on. */
  readonly faces: number;
  readonly failuresToAcquire: number;
  readonly problems: readonly DatasetProblem[];
}

/**
 * Trains on faces of the images. The source must give crops, as `eigenfaces` does.
 *
 * @throws {FaceError} `DATASET_INVALID` with fewer than two faces; `INVALID_OPTION` as {@link trainEigenfaces} says.
 */
export async function trainOn(images: readonly DatasetImage[], options: TrainOptions): Promise<TrainedModel> {
  const { source, cache, seed = 1, count = 1000, energy, components, signal, onProgress } = options;
  const drawn = drawSome([...images.keys()], count, createRandom(seed)).sort((a, b) => a - b);
  const chosen = drawn.map((i) => images[i] as DatasetImage);
  const table = await computeTemplates(chosen, source, {
    cache,
    signal,
    onProgress: (done, total) => onProgress?.('templates', done, total),
  });
  const faces = table.matrix.length / table.dimension;
  if (faces < 2) {
    throw new FaceError('DATASET_INVALID', `Expected at least two faces to train on, got ${faces} in ${chosen.length} images.`, {
      faces,
      images: chosen.length,
    });
  }
  const model = trainEigenfaces(table.matrix, faces, { energy, components });
  return { model, faces, failuresToAcquire: table.failuresToAcquire, problems: table.problems };
}
