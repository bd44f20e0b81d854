/** Check of a recognizer that was brought from outside. */

import { assertOption, isWholeNumber } from './assert-option.ts';
import { TEMPLATE_METRICS } from './compare-templates.ts';
import type { Recognizer } from './recognizer.ts';
import { assertRecognizerCrop } from './recognizer-crop.ts';
import { MAX_TEMPLATE_DIMENSION } from './template-usability.ts';

/**
 * Checks that a value, such as what a module of the user's exports, is a {@link Recognizer}. What it computes is checked by `checkTemplates`.
 *
 * @throws {FaceError} `INVALID_OPTION` naming the field that is missing or wrong.
 */
export function assertRecognizer(value: unknown): asserts value is Recognizer {
  const isObject = typeof value === 'object' && value !== null;
  const fields = 'an object { id, contract, dimension, metric, crop, computeTemplates }';
  assertOption('the recognizer', value, isObject, `${fields}; a factory has to be called, a module's default export taken`);
  const { id, contract, dimension, metric, crop, computeTemplates, dispose } = value as Partial<Record<keyof Recognizer, unknown>>;
  assertOption('id', id, isText(id), 'a text that is not empty');
  assertOption('contract', contract, isText(contract), 'a text that is not empty and changes with everything that changes a template');
  assertOption(
    'dimension',
    dimension,
    isWholeNumber(dimension, 1, MAX_TEMPLATE_DIMENSION),
    `a whole number from 1 to ${MAX_TEMPLATE_DIMENSION}`,
  );
  assertOption(
    'metric',
    metric,
    TEMPLATE_METRICS.some((known) => known === metric),
    `one of ${TEMPLATE_METRICS.join(', ')}`,
  );
  assertRecognizerCrop(crop);
  assertOption('computeTemplates', computeTemplates, typeof computeTemplates === 'function', 'a function (crops, count) => templates');
  assertOption('dispose', dispose, dispose === undefined || typeof dispose === 'function', 'a function or left out');
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length > 0;
}
