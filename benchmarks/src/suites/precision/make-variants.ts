/** Makes the variants of one model. */

import type { HostTensor, InferenceBackend } from '@isoface/core';
import type { MissingVariant } from './precision-piece.ts';
import type { VariantName } from './variant-name.ts';
import type { Converted, VariantTools } from './variant-tools.ts';

/** The bytes of one variant. */
export interface ModelVariant {
  readonly variant: VariantName;
  readonly bytes: Uint8Array;
  /** Nodes that the converter left alone; absent for float32 itself. */
  readonly nodesInFloat32?: number | undefined;
}

/** Options of {@link makeVariants}. */
export interface MakeVariantsOptions<R> {
  readonly tools: VariantTools<R>;
  /** Those that are made; the others are not missed. */
  readonly wanted: readonly VariantName[];
  /** Runs the model for the calibration. */
  readonly backend: InferenceBackend;
  /** Inputs to calibrate on. */
  readonly inputs: readonly HostTensor[];
  readonly signal: AbortSignal;
}

/** Inputs on which the nodes are tried one after the other: each costs a run for every node. */
const SENSITIVITY_INPUTS = 4;
/** Trying every node takes so long at most. */
const SENSITIVITY_MS = 60_000;

/**
 * Makes variants of a model, `float32` (the bytes as they are) first. What cannot be made is missing, with the reason.
 *
 * @throws `signal.reason` when aborted.
 */
export async function makeVariants<R>(
  model: Uint8Array,
  { tools, wanted, backend, inputs, signal }: MakeVariantsOptions<R>,
): Promise<{ readonly variants: readonly ModelVariant[]; readonly missing: readonly MissingVariant[] }> {
  const variants: ModelVariant[] = [{ variant: 'float32', bytes: model }];
  const missing: MissingVariant[] = [];
  const attempt = async (variant: VariantName, make: () => Converted | Promise<Converted>): Promise<void> => {
    if (!wanted.includes(variant)) return;
    signal.throwIfAborted();
    try {
      const { bytes, report } = await make();
      variants.push({ variant, bytes, nodesInFloat32: report.leftAlone.length });
    } catch (error) {
      signal.throwIfAborted();
      missing.push({ variant, reason: error instanceof Error ? error.message : String(error) });
    }
  };
  let collected: Promise<R> | undefined;
  const collect = (): Promise<R> => {
    if (inputs.length === 0) throw new Error('Expected faces to calibrate on in the demo photos, found none.');
    collected ??= tools.collectActivationRanges(model, { backend, inputs, signal });
    return collected;
  };
  await attempt('float16-stored', () => tools.toFloat16Stored(model));
  await attempt('float16', () => tools.toFloat16(model));
  await attempt('int8', async () => tools.quantizeToInt8(model, await collect(), { skip: [] }));
  await attempt('int8-mixed', async () => {
    const few = takeEvenly(inputs, SENSITIVITY_INPUTS);
    const ranges = await collect();
    const timeout = AbortSignal.timeout(SENSITIVITY_MS);
    const search = tools.findSensitiveNodes(model, ranges, { backend, inputs: few, signal: AbortSignal.any([signal, timeout]) });
    const skip = await search.catch((error: unknown) => {
      throw timeout.aborted ? new Error(`Trying its nodes one by one took longer than ${SENSITIVITY_MS / 1000} seconds.`) : error;
    });
    if (skip.length === 0) throw new Error('Every node may be in 8 bits: it would be the file of int8.');
    return tools.quantizeToInt8(model, ranges, { skip });
  });
  return { variants, missing };
}

/** `count` values from the whole length of the list, or all of them. */
export function takeEvenly<T>(values: readonly T[], count: number): readonly T[] {
  if (values.length <= count) return values;
  return Array.from({ length: count }, (_, i) => values[Math.floor((i * values.length) / count)] as T);
}
