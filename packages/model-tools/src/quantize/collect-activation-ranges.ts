/** Measures what values flow through a network on example inputs. */

import { FaceError, type InferenceBackend, type InferenceSession, readTensor, type Tensor } from '@isoface/core';
import { createValueInfo } from '../onnx/onnx-value-info.ts';
import { writeOnnx } from '../onnx/write-onnx.ts';
import { ActivationHistogram } from './activation-histogram.ts';
import type { ActivationRanges, RangeMethod } from './activation-ranges.ts';
import { chooseRange } from './choose-range.ts';
import { findStoredResult, listActivations, surveyGraph } from './graph-survey.ts';
import { planInt8 } from './int8-plan.ts';
import { findInput, prepareModel } from './prepare-model.ts';

/** Options of {@link collectActivationRanges}. */
export interface CollectActivationRangesOptions {
  /** Runs the model. */
  readonly backend: InferenceBackend;
  /** Example inputs, as the model is fed in use: a few dozen of what it will see. They are read once, one at a time. */
  readonly inputs: AsyncIterable<Tensor> | Iterable<Tensor>;
  /**
   * `minMax` keeps every value, `percentile` cuts the rarest off, `mse` takes the range with the smallest squared error.
   * @defaultValue 'mse'
   */
  readonly method?: RangeMethod | undefined;
  /** Percent of the values that `percentile` keeps on each side, in (50, 100]. @defaultValue 99.99 */
  readonly percentile?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each input with the number of inputs done. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

const DEFAULT_PERCENTILE = 99.99;

/**
 * Runs a model on example inputs with its inner values as additional outputs, and finds the range of each.
 *
 * Memory does not grow with the number of inputs: each value has one histogram whose bins widen as needed.
 *
 * @param model - ONNX model with one float32 input
 * @returns ranges for `quantizeToInt8` of the same bytes
 * @throws {FaceError} `MODEL_INTEGRITY` if the bytes are no model; `MODEL_UNSUPPORTED` if it has several inputs, graphs inside nodes, an
 * operator set before 11, or gives numbers that are not finite; `INVALID_OPTION` for no inputs or an impossible percentile;
 * `SHAPE_MISMATCH` for inputs that do not fit
 */
export async function collectActivationRanges(model: Uint8Array, options: CollectActivationRangesOptions): Promise<ActivationRanges> {
  const { backend, inputs, method = 'mse', percentile = DEFAULT_PERCENTILE, signal, onProgress } = options;
  if (!(percentile > 50 && percentile <= 100)) {
    throw new FaceError('INVALID_OPTION', `Expected "percentile" above 50 and up to 100, got ${percentile}.`, { option: 'percentile' });
  }
  signal?.throwIfAborted();
  const { bytes, inputName, values } = exposeValues(model);
  const histograms = new Map(values.map((value) => [value, new ActivationHistogram()]));
  const session = await backend.createSession(bytes, { name: 'calibration', signal });
  try {
    let done = 0;
    for await (const input of inputs) {
      signal?.throwIfAborted();
      await countRun(session, input, inputName, histograms);
      done += 1;
      onProgress?.(done);
    }
    signal?.throwIfAborted();
    if (done === 0) {
      throw new FaceError('INVALID_OPTION', 'Expected at least one example input, got none: without any there are no ranges.', {
        option: 'inputs',
      });
    }
  } finally {
    await session.dispose();
  }
  return new Map(Array.from(histograms, ([value, histogram]) => [value, chooseRange(histogram, method, percentile)]));
}

/** The prepared model with every value that may be stored in 8 bits as an output. */
function exposeValues(model: Uint8Array): { bytes: Uint8Array; inputName: string; values: string[] } {
  const prepared = prepareModel(model);
  const { graph } = prepared;
  const inputName = findInput(graph).name;
  const survey = surveyGraph(graph);
  const plan = planInt8(graph, { skip: new Set(), hasRange: () => true });
  // What other plans might store too, with nodes left alone: everything around the nodes that can be integer nodes.
  const nodes = [...plan.weighted, ...plan.arithmetic];
  const values = new Set([
    ...plan.values,
    ...nodes.flatMap((node) => [...listActivations(node, survey), ...node.output.slice(0, 1), findStoredResult(node, survey)]),
  ]);
  const inner = [...values].filter((value) => value !== inputName && !survey.outputs.has(value));
  graph.output.push(...inner.map((value) => createValueInfo(value)));
  graph.valueInfo = [];
  return { bytes: writeOnnx(prepared), inputName, values: [...values] };
}

async function countRun(
  session: InferenceSession,
  input: Tensor,
  inputName: string,
  histograms: ReadonlyMap<string, ActivationHistogram>,
): Promise<void> {
  const data = await readTensor(input);
  count(histograms, inputName, data);
  const outputs = await session.run({ [inputName]: input });
  for (const [name, tensor] of Object.entries(outputs)) {
    count(histograms, name, tensor.data);
    tensor.dispose();
  }
}

function count(histograms: ReadonlyMap<string, ActivationHistogram>, value: string, data: Float32Array): void {
  const histogram = histograms.get(value);
  const odd = histogram === undefined ? data.find((number) => !Number.isFinite(number)) : histogram.add(data);
  if (odd === undefined) return;
  throw new FaceError('MODEL_UNSUPPORTED', `Expected finite numbers, got ${odd} in the value "${value}"; check the inputs and the model.`, {
    value,
  });
}
