/** Finds the nodes whose quantization does most harm. */

import { FaceError, type InferenceBackend, type Tensor } from '@isoface/core';
import { writeOnnx } from '../onnx/write-onnx.ts';
import type { ActivationRanges } from './activation-ranges.ts';
import { labelNode } from './graph-edges.ts';
import { planInt8 } from './int8-plan.ts';
import { findInput, prepareModel } from './prepare-model.ts';
import { type QuantizeToInt8Options, quantizeToInt8 } from './quantize-to-int8.ts';

/** Options of {@link findSensitiveNodes}. */
export interface FindSensitiveNodesOptions extends Pick<QuantizeToInt8Options, 'perChannel' | 'weightBits'> {
  /** Runs the models. */
  readonly backend: InferenceBackend;
  /** Example inputs; a handful is enough, all are kept in memory. They are read once. */
  readonly inputs: AsyncIterable<Tensor> | Iterable<Tensor>;
  /** Give this many of the worst nodes. Without it as many as `maxError` needs. */
  readonly count?: number | undefined;
  /**
   * Relative error of the outputs that the whole quantized model may have without the nodes found: the root of squared difference over
   * squared value, the root mean square over the outputs. An embedding with the error e has a cosine of about 1 - e²/2 with the exact one.
   * @defaultValue 0.1, or a quarter more than is left with a quarter of the nodes left alone, if that is larger
   */
  readonly maxError?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each node tried. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

const DEFAULT_MAX_ERROR = 0.1;
/** Where the error does not come down by then, 8 bits do not suit the model, and leaving more alone would only make it slower. */
const LARGEST_SHARE = 0.25;
/** Nodes are not left alone for less than this share of the error that the largest number of them would leave. */
const SMALL_GAIN = 0.25;

/**
 * Quantizes the convolutions and matrix products of a model one at a time, orders them by the error that each alone makes, and gives the
 * fewest that bring the error of the whole down to `maxError`, at most a quarter of them.
 *
 * @param model - ONNX model with one float32 input
 * @param ranges - what `collectActivationRanges` found on the same bytes
 * @returns names for `skip` of `quantizeToInt8`, the worst first
 * @throws {FaceError} as `quantizeToInt8`; `INVALID_OPTION` for no inputs
 */
export async function findSensitiveNodes(
  model: Uint8Array,
  ranges: ActivationRanges,
  options: FindSensitiveNodesOptions,
): Promise<string[]> {
  const { backend, inputs, count, maxError, perChannel, weightBits, signal, onProgress } = options;
  const examples: Tensor[] = [];
  for await (const input of inputs) examples.push(input);
  if (examples.length === 0) throw new FaceError('INVALID_OPTION', 'Expected at least one example input, got none.', { option: 'inputs' });
  const prepared = prepareModel(model);
  const inputName = findInput(prepared.graph).name;
  const plan = planInt8(prepared.graph, { skip: new Set(), hasRange: (value) => ranges.has(value) });
  const labels = [...plan.weighted].map(labelNode);
  // Folding is done once, not for every node that is tried.
  const folded = writeOnnx(prepared);
  const run = (bytes: Uint8Array): Promise<Outputs[]> => runAll(bytes, { backend, inputName, examples, signal });
  const reference = await run(folded);
  const measure = async (skip: readonly string[]): Promise<number> =>
    computeRelativeError(await run(quantizeToInt8(folded, ranges, { perChannel, weightBits, skip }).bytes), reference);

  const errors: { readonly label: string; readonly error: number }[] = [];
  for (const label of labels) {
    errors.push({ label, error: await measure(labels.filter((other) => other !== label)) });
    onProgress?.(errors.length, labels.length);
  }
  const ranked = errors.sort((a, b) => b.error - a.error || (a.label < b.label ? -1 : 1)).map(({ label }) => label);
  if (count !== undefined) return ranked.slice(0, count);
  const limit = Math.ceil(ranked.length * LARGEST_SHARE);
  const within = maxError ?? Math.max(DEFAULT_MAX_ERROR, (1 + SMALL_GAIN) * (await measure(ranked.slice(0, limit))));
  // Halving finds the fewest where the error falls with every node left alone, as it nearly always does.
  let low = 0;
  let high = limit;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((await measure(ranked.slice(0, middle))) <= within) high = middle;
    else low = middle + 1;
  }
  return ranked.slice(0, low);
}

type Outputs = Readonly<Record<string, Float32Array>>;

interface RunSettings {
  readonly backend: InferenceBackend;
  readonly inputName: string;
  readonly examples: readonly Tensor[];
  readonly signal: AbortSignal | undefined;
}

async function runAll(bytes: Uint8Array, { backend, inputName, examples, signal }: RunSettings): Promise<Outputs[]> {
  signal?.throwIfAborted();
  const session = await backend.createSession(bytes, { name: 'quantized model', signal });
  try {
    const results: Outputs[] = [];
    for (const example of examples) {
      signal?.throwIfAborted();
      const outputs = await session.run({ [inputName]: example });
      results.push(Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data])));
    }
    return results;
  } finally {
    await session.dispose();
  }
}

/** Root mean square, over the outputs, of the relative error over all examples. */
function computeRelativeError(actual: readonly Outputs[], reference: readonly Outputs[]): number {
  const names = Object.keys(reference[0] ?? {});
  const squares = names.map((name) => {
    let difference = 0;
    let magnitude = 0;
    for (const [example, outputs] of reference.entries()) {
      for (const [index, value] of (outputs[name] ?? []).entries()) {
        difference += (value - (actual[example]?.[name]?.[index] ?? Number.NaN)) ** 2;
        magnitude += value ** 2;
      }
    }
    return magnitude === 0 ? difference : difference / magnitude;
  });
  return Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / Math.max(1, squares.length));
}
