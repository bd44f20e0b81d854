/** What training eigenfaces gives: plain data that can be stored, cloned to a worker, or looked at as pictures. */

import { FaceError } from '../errors/face-error.ts';
import { isWholeNumber } from './assert-option.ts';
import type { RecognizerCrop } from './recognizer.ts';
import { assertRecognizerCrop } from './recognizer-crop.ts';

/** Mean face and eigenfaces. Structured-cloneable. */
export interface EigenfacesModel {
  /** How the faces were cut; `channels` is `grey`. */
  readonly crop: RecognizerCrop;
  /** Crops it was trained on. */
  readonly trainedOn: number;
  /** Mean of the crops, shape [H, W], 0..255. */
  readonly mean: Float32Array;
  /** Variance of the crops along each eigenface, descending, shape [K]; the divisor is the number of crops, as in OpenCV. */
  readonly eigenvalues: Float64Array;
  /** Variance of the crops in all directions, those that were not kept included. */
  readonly totalVariance: number;
  /** Eigenfaces, one unit vector a row, shape [K, H * W]. The pixel of largest magnitude is positive in each. */
  readonly components: Float32Array;
  /** Whether projections are divided by the standard deviation along their eigenface. */
  readonly whitening: boolean;
}

/**
 * Checks a model that may come from a file or a message.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` saying what does not fit.
 */
export function assertEigenfacesModel(model: EigenfacesModel): void {
  assertCrop(model.crop);
  const { crop, trainedOn, mean, eigenvalues, totalVariance, components, whitening } = model;
  assertField('eigenvalues', eigenvalues instanceof Float64Array, 'a Float64Array');
  for (const [field, values] of Object.entries({ mean, components })) assertField(field, values instanceof Float32Array, 'a Float32Array');
  const pixels = crop.width * crop.height;
  const kept = eigenvalues.length;
  assertField('trainedOn', isWholeNumber(trainedOn, 2, 2 ** 32 - 1), `a whole number of at least 2, got ${trainedOn}`);
  assertField('whitening', typeof whitening === 'boolean', `true or false, got ${String(whitening)}`);
  assertField(
    'eigenvalues',
    isWholeNumber(kept, 1, Math.min(pixels, trainedOn - 1)),
    `1 to ${Math.min(pixels, trainedOn - 1)}, got ${kept}`,
  );
  assertField('mean', mean.length === pixels, `${pixels} values, got ${mean.length}`);
  assertField('components', components.length === kept * pixels, `${kept} x ${pixels} values, got ${components.length}`);
  let sum = 0;
  for (let i = 0; i < kept; i++) {
    const value = eigenvalues[i] as number;
    assertField(
      'eigenvalues',
      value > 0 && (i === 0 || value <= (eigenvalues[i - 1] as number)),
      `positive and descending, got ${value} at ${i}`,
    );
    sum += value;
  }
  // All eigenvalues kept add up to the total but for rounding.
  const isTotal = Number.isFinite(totalVariance) && sum <= totalVariance * (1 + 1e-9);
  assertField('totalVariance', isTotal, `at least the sum of the eigenvalues, ${sum}, got ${totalVariance}`);
  assertField('mean', isFiniteArray(mean), 'finite numbers');
  assertField('components', isFiniteArray(components), 'finite numbers');
}

function assertCrop(crop: unknown): void {
  try {
    assertRecognizerCrop(crop);
  } catch (cause) {
    throw new FaceError(
      'MODEL_INTEGRITY',
      `Expected an eigenfaces model with a valid crop: ${(cause as Error).message}`,
      { field: 'crop' },
      { cause },
    );
  }
  assertField('crop', crop.channels === 'grey', `of grey pixels, got ${crop.channels}`);
}

function assertField(field: string, isGood: boolean, expected: string): void {
  if (isGood) return;
  throw new FaceError(
    'MODEL_INTEGRITY',
    `Expected the ${field} of an eigenfaces model to be ${expected}; train or store the model again.`,
    { field },
  );
}

function isFiniteArray(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return Number.isFinite(sum);
}
