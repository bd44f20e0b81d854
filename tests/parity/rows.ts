/** The rows of the parity table: every way in which the engine can run, what it is given, and how far it may differ. */

/** Largest differences that are allowed, with the CPU provider in Node as the reference. */
export interface ParityLimits {
  /** Boxes, landmarks and the face mesh, pixels of the picture. */
  readonly pixels: number;
  readonly cosine: number;
  /** Score of passive liveness, which runs from 0 to 1. */
  readonly liveness: number;
}

/** One way to run the engine. */
export interface ParityRow {
  readonly name: string;
  readonly runtime: 'node' | 'web';
  readonly executionProvider: 'cpu' | 'wasm' | 'webgpu';
  readonly threads: number;
  readonly preprocessing: 'cpu' | 'gpu';
  readonly input: 'pixels' | 'jpeg';
  /** Number of pictures, from the start of the list, and size of the detector's input where it is not the pack's own: a GPU in software is slow. */
  readonly pictures?: number | undefined;
  readonly detectionSize?: number | undefined;
  readonly limits: ParityLimits;
}

/** The same pixels through the same arithmetic: what is left are sums in another order. */
const SAME_PIXELS: ParityLimits = { pixels: 0.05, cosine: 0.9999, liveness: 0.001 };
/** Resizing and cutting on a GPU may round otherwise; a tenth of a detector pixel shows as half a pixel in a picture. */
const GPU_PREPROCESSING: ParityLimits = { pixels: 0.5, cosine: 0.999, liveness: 0.02 };
/**
 * Decoders may round and upsample colours in ways of their own; a detector that then prefers a neighbouring anchor moves its box by pixels. Where both
 * use the same library, as here, nothing of that is seen.
 */
const SAME_JPEG: ParityLimits = { pixels: Number.POSITIVE_INFINITY, cosine: 0.998, liveness: Number.POSITIVE_INFINITY };

/** What a GPU in software gets through in a minute. BlazeFace takes one size only. */
const onSoftwareGpu = (pack: string): Partial<ParityRow> => (pack === 'standard' ? { pictures: 2, detectionSize: 128 } : { pictures: 1 });

/** All rows except the reference itself, which is the CPU provider in Node on one thread. */
export const parityRows = (pack: string): readonly ParityRow[] => [
  row('Node, CPU, worker threads', 'node', 'cpu', { threads: 2 }),
  row('Node, WebGPU (software Vulkan)', 'node', 'webgpu', onSoftwareGpu(pack)),
  row('browser, WASM, 1 thread', 'web', 'wasm', {}),
  row('browser, WASM, 2 threads', 'web', 'wasm', { threads: 2 }),
  // What `starter` would show here, its other two rows on WebGPU show too.
  ...(pack === 'starter' ? [] : [row('browser, WebGPU (software), pixels on the CPU', 'web', 'webgpu', onSoftwareGpu(pack))]),
  row('browser, WebGPU (software), pixels on the GPU', 'web', 'webgpu', {
    ...onSoftwareGpu(pack),
    preprocessing: 'gpu',
    limits: GPU_PREPROCESSING,
  }),
  row('browser, WASM, decoded by the browser', 'web', 'wasm', { input: 'jpeg', limits: SAME_JPEG }),
];

function row(
  name: string,
  runtime: ParityRow['runtime'],
  executionProvider: ParityRow['executionProvider'],
  rest: Partial<ParityRow>,
): ParityRow {
  return { name, runtime, executionProvider, threads: 1, preprocessing: 'cpu', input: 'pixels', limits: SAME_PIXELS, ...rest };
}
