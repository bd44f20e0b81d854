/** Which templates can be compared at all. */

import { FaceError } from '../errors/face-error.ts';
import type { TemplateMetric } from './recognizer.ts';

/** Longest template, 64 MiB: beyond, no two of them are ever compared in earnest, and a size is probably mistyped. */
export const MAX_TEMPLATE_DIMENSION = 2 ** 24;

/** Squared length below which a vector has no direction; the limit of embeddings. */
const SMALLEST_SQUARED_LENGTH = 1e-12;

/**
 * Checks that all templates of a matrix can be compared.
 *
 * @param templates - Shape [N, D].
 * @throws {FaceError} `INVALID_EMBEDDING` with the number and the first index of templates that hold NaN or infinite numbers, have no
 * direction for `cosine`, or hold negative numbers for `chiSquare`, which compares histograms.
 */
export function assertUsableTemplates(metric: TemplateMetric, templates: Float32Array, dimension: number): void {
  const count = templates.length / dimension;
  let unusable = 0;
  let first = 0;
  for (let row = 0; row < count; row++) {
    const start = row * dimension;
    let squared = 0;
    let smallest = 0;
    for (let i = start; i < start + dimension; i++) {
      const value = templates[i] as number;
      squared += value * value;
      if (value < smallest) smallest = value;
    }
    const isUsable =
      Number.isFinite(squared) && (metric !== 'cosine' || squared > SMALLEST_SQUARED_LENGTH) && (metric !== 'chiSquare' || smallest === 0);
    if (isUsable) continue;
    if (unusable === 0) first = row;
    unusable++;
  }
  if (unusable === 0) return;
  const expected = { cosine: 'that are not all zero', euclidean: 'of any sign', chiSquare: 'that are not negative' }[metric];
  throw new FaceError(
    'INVALID_EMBEDDING',
    `Expected ${count} templates of finite numbers ${expected} (metric ${metric}), got ${unusable} others, the first at index ${first}; make them again or leave them out.`,
    { metric, count, unusable, first },
  );
}
