/** Check of what a recognizer from outside computed. */

import { FaceError } from '../errors/face-error.ts';
import type { Recognizer } from './recognizer.ts';
import { assertUsableTemplates } from './template-usability.ts';

/**
 * Checks the templates that a recognizer gave for `count` crops.
 *
 * @throws {FaceError} `SHAPE_MISMATCH` if they are no `Float32Array` of `count * dimension` numbers; `INVALID_EMBEDDING` if some cannot be
 * compared by the recognizer's metric (NaN, infinite; all zero for `cosine`; negative for `chiSquare`).
 */
export function checkTemplates(recognizer: Recognizer, templates: unknown, count: number): asserts templates is Float32Array {
  const { id, dimension, metric } = recognizer;
  const expected = count * dimension;
  if (!(templates instanceof Float32Array) || templates.length !== expected) {
    const got = templates instanceof Float32Array ? `${templates.length} numbers` : `${Object.prototype.toString.call(templates)}`;
    throw new FaceError(
      'SHAPE_MISMATCH',
      `Expected recognizer "${id}" to give a Float32Array of ${count} x ${dimension} = ${expected} numbers, got ${got}; correct its computeTemplates or its dimension.`,
      { recognizer: id, count, dimension, got },
    );
  }
  assertUsableTemplates(metric, templates, dimension);
}
