/** Recognizer by eigenfaces: the face as a sum of a mean face and a few pictures learnt from a training set. */

import { computeCrc32 } from '../checksum/crc32.ts';
import { encodeEigenfaces } from './eigenfaces-file.ts';
import type { EigenfacesModel } from './eigenfaces-model.ts';
import type { Recognizer } from './recognizer.ts';
import { assertCrops, describeRecognizerCrop } from './recognizer-crop.ts';

/**
 * Creates a recognizer from trained eigenfaces. A template is the projection of the crop, less the mean face, onto each eigenface; templates
 * are compared by Euclidean distance, as in the paper and in OpenCV's `EigenFaceRecognizer`. Where the model says `whitening`, each
 * projection is divided by the standard deviation of the training set along its eigenface.
 *
 * The contract names what a template is and ends in a CRC-32 of the whole model, e.g.
 * `eigenfaces-1:k120:92x92-grey:arcface-112-5/detector-5:warp1:5f0c2a91`. It tells models apart that were trained apart; it is no protection
 * against a model that was made to collide.
 *
 * @param model - Copied where it matters: later changes to its arrays have no effect.
 * @throws {FaceError} `MODEL_INTEGRITY` for a model that does not fit together. `computeTemplates` throws `SHAPE_MISMATCH` for another
 * number of values and `INVALID_OPTION` for pixels that are not finite.
 * @see Turk, Pentland, "Eigenfaces for recognition", Journal of Cognitive Neuroscience 3(1), 1991.
 * @example
 * const recognizer = createEigenfacesRecognizer(trainEigenfaces(crops, count));
 */
export function createEigenfacesRecognizer(model: EigenfacesModel): Recognizer {
  const checksum = computeCrc32(encodeEigenfaces(model)).toString(16).padStart(8, '0');
  const { crop, eigenvalues, whitening } = model;
  const dimension = eigenvalues.length;
  const mean = Float64Array.from(model.mean);
  const components = model.components.slice();
  const scales = eigenvalues.map((value) => (whitening ? 1 / Math.sqrt(value) : 1));
  const centred = new Float64Array(mean.length);
  return {
    id: 'eigenfaces',
    contract: `eigenfaces-1:k${dimension}${whitening ? ':whitened' : ''}:${describeRecognizerCrop(crop)}:${checksum}`,
    dimension,
    metric: 'euclidean',
    crop,
    computeTemplates(crops, count) {
      assertCrops(crops, count, crop);
      const templates = new Float32Array(count * dimension);
      for (let n = 0; n < count; n++) {
        const start = n * mean.length;
        for (let i = 0; i < mean.length; i++) centred[i] = (crops[start + i] as number) - (mean[i] as number);
        for (let k = 0; k < dimension; k++) {
          templates[n * dimension + k] = project(centred, components, k * mean.length) * (scales[k] as number);
        }
      }
      return templates;
    },
  };
}

/** Four sums at a time: one alone would wait for each addition. */
function project(centred: Float64Array, components: Float32Array, start: number): number {
  const pixels = centred.length;
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let i = 0;
  for (; i + 3 < pixels; i += 4) {
    const at = start + i;
    sum0 += (centred[i] as number) * (components[at] as number);
    sum1 += (centred[i + 1] as number) * (components[at + 1] as number);
    sum2 += (centred[i + 2] as number) * (components[at + 2] as number);
    sum3 += (centred[i + 3] as number) * (components[at + 3] as number);
  }
  for (; i < pixels; i++) sum0 += (centred[i] as number) * (components[start + i] as number);
  return sum0 + sum1 + (sum2 + sum3);
}
