/** Weights and biases as integers. */

import type { FloatArray } from './broadcast.ts';
import { roundHalfEven } from './int8-scale.ts';

/** Symmetric 8-bit weights: value = integer * scale of its channel. */
export interface Int8Weights {
  readonly dims: readonly number[];
  readonly values: Int8Array;
  /** One factor, or one per index of the channel dimension. */
  readonly scales: Float32Array;
}

/** Options of {@link quantizeWeights}. */
export interface WeightOptions {
  /** Dimension that counts output channels. */
  readonly axis: number;
  readonly perChannel: boolean;
  /** Largest integer: 127, or 64 where sums of two products must fit 16 bits. */
  readonly limit: number;
  /** Float32 biases, one per channel, and the scale of the activations that the weights meet. */
  readonly bias?: { readonly values: Float32Array; readonly inputScale: number } | undefined;
}

const INT32_LIMIT = 2 ** 31 - 1;
/** Keeps a bias well inside 32 bits, so that sums on top of it do not overflow. */
const BIAS_LIMIT = 2 ** 30;

/** Rounds weights to 8 bits. A channel whose bias would not fit 32 bits at the natural scale gets a coarser one. */
export function quantizeWeights({ dims, values }: FloatArray, { axis, perChannel, limit, bias }: WeightOptions): Int8Weights {
  const channels = dims[axis] ?? 1;
  const inner = dims.slice(axis + 1).reduce((product, size) => product * size, 1);
  const channelOf = (index: number): number => (perChannel ? Math.floor(index / inner) % channels : 0);
  const scales = new Float32Array(perChannel ? channels : 1);
  // Plain loops: these arrays have millions of elements.
  for (let index = 0; index < values.length; index += 1) {
    const channel = channelOf(index);
    scales[channel] = Math.max(scales[channel] ?? 0, Math.abs(values[index] ?? 0));
  }
  for (let channel = 0; channel < scales.length; channel += 1) scales[channel] = (scales[channel] ?? 0) / limit;
  for (const [channel, value] of (bias?.values ?? []).entries()) {
    const index = perChannel ? channel : 0;
    scales[index] = Math.max(scales[index] ?? 0, Math.abs(value) / ((bias?.inputScale ?? 1) * BIAS_LIMIT));
  }
  for (let channel = 0; channel < scales.length; channel += 1) if (scales[channel] === 0) scales[channel] = 1;
  const integers = new Int8Array(values.length);
  for (let index = 0; index < values.length; index += 1) {
    integers[index] = clamp(roundHalfEven((values[index] ?? 0) / (scales[channelOf(index)] ?? 1)), limit);
  }
  return { dims, values: integers, scales };
}

/** Rounds biases to 32 bits, in units of activation scale times weight scale, as integer kernels add them up. */
export function quantizeBias(values: Float32Array, units: Float32Array): Int32Array {
  return Int32Array.from(values, (value, channel) =>
    clamp(roundHalfEven(value / (units[units.length === 1 ? 0 : channel] ?? 1)), INT32_LIMIT),
  );
}

function clamp(value: number, limit: number): number {
  return Math.min(limit, Math.max(-limit, value));
}
