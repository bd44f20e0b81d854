/** Training of eigenfaces: principal components of aligned faces. */

import { FaceError } from '../errors/face-error.ts';
import { assertKnownOptions, assertOption, isWholeNumber } from './assert-option.ts';
import { assertEigenfacesModel, type EigenfacesModel } from './eigenfaces-model.ts';
import type { RecognizerCrop } from './recognizer.ts';
import { assertCrops, assertRecognizerCrop, DEFAULT_RECOGNIZER_CROP } from './recognizer-crop.ts';
import { computeSymmetricEigen } from './symmetric-eigen.ts';

/** What training may be told. At most one of `energy` and `components`. */
export interface EigenfacesOptions {
  /**
   * Share of the variance that the eigenfaces must keep, in (0, 1].
   *
   * @defaultValue 0.95
   */
  readonly energy?: number | undefined;
  /** Number of eigenfaces instead: the length of a template. At most the number of crops - 1. */
  readonly components?: number | undefined;
  /**
   * Divides each projection by the standard deviation along its eigenface, so that all count alike and the Euclidean distance becomes that
   * of Mahalanobis. The last eigenfaces are mostly noise and then count as much as the first: keep fewer with it.
   *
   * @defaultValue false: the classic method
   */
  readonly whitening?: boolean | undefined;
  /**
   * Width of the crops, pixels.
   *
   * @defaultValue 92, as {@link DEFAULT_RECOGNIZER_CROP}
   */
  readonly width?: number | undefined;
  /**
   * Height of the crops, pixels.
   *
   * @defaultValue 92
   */
  readonly height?: number | undefined;
  /**
   * How the crops were aligned. Nothing is computed from it; faces to be recognized will be cut so.
   *
   * @defaultValue five landmarks of the detector on `arcface-112-5`
   */
  readonly alignment?: RecognizerCrop['alignment'] | undefined;
}

const OPTION_NAMES: readonly (keyof EigenfacesOptions)[] = ['energy', 'components', 'whitening', 'width', 'height', 'alignment'];
const DEFAULT_ENERGY = 0.95;
/** Largest matrix whose eigenvectors are searched: 288 MB, and at N³ already half an hour. */
const MAX_MATRIX_SIDE = 6000;

/**
 * Trains eigenfaces: the directions in which the crops vary most, as unit vectors of pixels. Eigenvectors are found of the smaller of two
 * matrices, crops x crops or pixels x pixels.
 *
 * Takes about 12 s of CPU time for 1,000 crops of 92 x 92 and blocks for so long; needs 8 bytes for each pixel of all crops. Train on other people than
 * you measure on: the numbers are optimistic otherwise.
 *
 * @param crops - Grey crops, shape [N, H, W], 0..255.
 * @param count - N; at least 2, and not all equal.
 * @returns The same model for the same crops, but for the last bits where the JavaScript engine differs.
 * @throws {FaceError} `INVALID_OPTION` naming the option, also for crops that do not vary or vary in fewer directions than `components`;
 * `SHAPE_MISMATCH` for another number of values.
 * @see Turk, Pentland, "Eigenfaces for recognition", Journal of Cognitive Neuroscience 3(1), 1991.
 */
export function trainEigenfaces(crops: Float32Array, count: number, options: EigenfacesOptions = {}): EigenfacesModel {
  const { energy, components: wanted, whitening, crop } = resolveOptions(options);
  assertOption('count', count, isWholeNumber(count, 2, 2 ** 32 - 1), 'at least 2 crops');
  assertCrops(crops, count, crop);
  const pixels = crop.width * crop.height;
  const side = Math.min(count, pixels);
  const limit = `at most ${MAX_MATRIX_SIDE}; train on fewer crops or smaller ones`;
  assertOption('the smaller of crops and pixels', side, side <= MAX_MATRIX_SIDE, limit);

  const mean = computeMean(crops, count, pixels);
  const centred = centre(crops, mean);
  const isByCrops = count < pixels;
  const products = isByCrops ? computeProducts(centred, count, pixels) : computeProducts(transpose(centred, count, pixels), pixels, count);
  const { values, vectors } = computeSymmetricEigen(products, side);

  const rank = Math.min(count - 1, countSignificant(values, Math.max(count, pixels)));
  if (rank === 0) throw new FaceError('INVALID_OPTION', `Expected crops that differ, got ${count} equal ones.`, { option: 'crops', count });
  assertOption('components', wanted, wanted === undefined || wanted <= rank, `at most ${rank}, in which these crops vary`);
  const squaredSum = values.subarray(0, rank).reduce((sum, value) => sum + value, 0);
  const kept = wanted ?? countForEnergy(values, rank, squaredSum * energy);
  const model: EigenfacesModel = {
    crop,
    trainedOn: count,
    mean: Float32Array.from(mean),
    eigenvalues: values.slice(0, kept).map((value) => value / count),
    totalVariance: squaredSum / count,
    components: isByCrops ? combineCrops(centred, vectors, kept, count) : toComponents(vectors, kept, pixels),
    whitening,
  };
  assertEigenfacesModel(model);
  return model;
}

interface Settings {
  readonly energy: number;
  readonly components: number | undefined;
  readonly whitening: boolean;
  readonly crop: RecognizerCrop;
}

function resolveOptions(options: EigenfacesOptions): Settings {
  assertKnownOptions(options, OPTION_NAMES);
  const { energy = DEFAULT_ENERGY, components, whitening = false } = options;
  const { width, height, alignment } = DEFAULT_RECOGNIZER_CROP;
  const crop: RecognizerCrop = {
    width: options.width ?? width,
    height: options.height ?? height,
    channels: 'grey',
    alignment: options.alignment ?? alignment,
  };
  assertRecognizerCrop(crop);
  assertOption('energy', energy, typeof energy === 'number' && energy > 0 && energy <= 1, 'a share above 0 and up to 1');
  const isCount = components === undefined || isWholeNumber(components, 1, crop.width * crop.height);
  assertOption('components', components, isCount, `a whole number from 1 to the pixels of a crop, ${crop.width * crop.height}`);
  const isOne = components === undefined || options.energy === undefined;
  assertOption('components', components, isOne, 'left out where energy is given: both decide how many eigenfaces are kept');
  assertOption('whitening', whitening, typeof whitening === 'boolean', 'true or false');
  return { energy, components, whitening, crop };
}

function computeMean(crops: Float32Array, count: number, pixels: number): Float64Array {
  const mean = new Float64Array(pixels);
  for (let start = 0; start < crops.length; start += pixels) {
    for (let i = 0; i < pixels; i++) mean[i] = (mean[i] as number) + (crops[start + i] as number);
  }
  for (let i = 0; i < pixels; i++) mean[i] = (mean[i] as number) / count;
  return mean;
}

function centre(crops: Float32Array, mean: Float64Array): Float64Array {
  const pixels = mean.length;
  const centred = new Float64Array(crops.length);
  for (let start = 0; start < crops.length; start += pixels) {
    for (let i = 0; i < pixels; i++) centred[start + i] = (crops[start + i] as number) - (mean[i] as number);
  }
  return centred;
}

function transpose(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(matrix.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) out[column * rows + row] = matrix[row * columns + column] as number;
  }
  return out;
}

/** Dot products of all pairs of rows, shape [N, N]; the lower triangle, and with it some of the upper one. */
function computeProducts(rows: Float64Array, count: number, length: number): Float64Array {
  const products = new Float64Array(count * count);
  const block = new Float64Array(4);
  // Two rows against two at a time: each value that is read serves twice, and four sums do not wait for each other.
  for (let i = 0; i < count; i += 2) {
    const below = Math.min(i + 1, count - 1);
    for (let j = 0; j <= i; j += 2) {
      const right = Math.min(j + 1, count - 1);
      multiplyRows(block, rows, i * length, below * length, j * length, right * length, length);
      products[i * count + j] = block[0] as number;
      products[i * count + right] = block[1] as number;
      products[below * count + j] = block[2] as number;
      products[below * count + right] = block[3] as number;
    }
  }
  return products;
}

function multiplyRows(block: Float64Array, rows: Float64Array, i0: number, i1: number, j0: number, j1: number, length: number): void {
  let sum00 = 0;
  let sum01 = 0;
  let sum10 = 0;
  let sum11 = 0;
  for (let k = 0; k < length; k++) {
    const a0 = rows[i0 + k] as number;
    const a1 = rows[i1 + k] as number;
    const b0 = rows[j0 + k] as number;
    const b1 = rows[j1 + k] as number;
    sum00 += a0 * b0;
    sum01 += a0 * b1;
    sum10 += a1 * b0;
    sum11 += a1 * b1;
  }
  block[0] = sum00;
  block[1] = sum01;
  block[2] = sum10;
  block[3] = sum11;
}

/** Number of eigenvalues that rounding alone cannot explain: equal crops take away directions. */
function countSignificant(values: Float64Array, terms: number): number {
  const largest = values[0] as number;
  const negligible = largest * terms * Number.EPSILON;
  let rank = 0;
  while (rank < values.length && (values[rank] as number) > negligible) rank++;
  return rank;
}

function countForEnergy(values: Float64Array, rank: number, wanted: number): number {
  let sum = 0;
  for (let kept = 0; kept < rank; kept++) {
    sum += values[kept] as number;
    if (sum >= wanted) return kept + 1;
  }
  return rank;
}

/** Eigenvectors of the crops x crops matrix as pictures: sums of the crops, weighted by them. */
function combineCrops(centred: Float64Array, vectors: Float64Array, kept: number, count: number): Float32Array {
  const pixels = centred.length / count;
  const components = new Float32Array(kept * pixels);
  const face = new Float64Array(pixels);
  for (let k = 0; k < kept; k++) {
    face.fill(0);
    for (let n = 0; n < count; n++) {
      const weight = vectors[k * count + n] as number;
      const start = n * pixels;
      for (let i = 0; i < pixels; i++) face[i] = (face[i] as number) + weight * (centred[start + i] as number);
    }
    writeUnit(components, k * pixels, face);
  }
  return components;
}

function toComponents(vectors: Float64Array, kept: number, pixels: number): Float32Array {
  const components = new Float32Array(kept * pixels);
  for (let k = 0; k < kept; k++) writeUnit(components, k * pixels, vectors.subarray(k * pixels, (k + 1) * pixels));
  return components;
}

/** An eigenvector is known up to its sign only; one is chosen, so that the same crops give the same model. */
function writeUnit(components: Float32Array, start: number, face: Float64Array): void {
  let squared = 0;
  let extreme = 0;
  for (const value of face) {
    squared += value * value;
    if (Math.abs(value) > Math.abs(extreme)) extreme = value;
  }
  const scale = (extreme < 0 ? -1 : 1) / Math.sqrt(squared);
  for (let i = 0; i < face.length; i++) components[start + i] = (face[i] as number) * scale;
}
