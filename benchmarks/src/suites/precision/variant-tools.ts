/** The converters that make variants out of a model. */

import type { InferenceBackend, Tensor } from '@isoface/core';

/** A converted model. */
export interface Converted {
  readonly bytes: Uint8Array;
  readonly report: {
    /** Nodes that stayed float32. */
    readonly leftAlone: readonly unknown[];
  };
}

/** What the inputs of a calibration are run with. */
export interface CalibrationRun {
  readonly backend: InferenceBackend;
  /** Inputs of the model's only input. */
  readonly inputs: readonly Tensor[];
  readonly signal: AbortSignal;
}

/**
 * Converters of ONNX models. Each throws a `FaceError` for a model that it cannot convert.
 *
 * @typeParam R - Ranges of the activations.
 */
export interface VariantTools<R> {
  toFloat16Stored(model: Uint8Array): Converted;
  toFloat16(model: Uint8Array): Converted;
  collectActivationRanges(model: Uint8Array, run: CalibrationRun): Promise<R>;
  quantizeToInt8(model: Uint8Array, ranges: R, options: { readonly skip: readonly string[] }): Converted;
  /** Names of the nodes that are better left in float32. */
  findSensitiveNodes(model: Uint8Array, ranges: R, run: CalibrationRun): Promise<readonly string[]>;
}
