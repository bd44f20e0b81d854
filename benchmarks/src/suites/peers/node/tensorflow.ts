/** The part of TensorFlow.js that both peers bring along in Node. */

import { FaceError, type RgbaImage } from '@isoface/core';

/** A tensor, as far as it is used here. */
export interface PeerTensor {
  dispose(): void;
}

/** TensorFlow.js with its wasm back end. */
export interface TensorFlow {
  readonly version_core: string;
  setWasmPaths(folder: string): void;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  getBackend(): string;
  getThreadsCount(): number;
  env(): { get(flag: string): unknown };
  tensor(values: Float32Array, shape: readonly number[], type: 'float32'): PeerTensor;
}

/**
 * What a picture is given to the peers as: RGB in float32, on the back end already. From integers they would make this first, and from RGBA too.
 *
 * @param leading - Dimensions before height, width and colours.
 */
export function toTensor(tf: TensorFlow, { width, height, data }: RgbaImage, leading: readonly number[]): PeerTensor {
  const values = new Float32Array(width * height * 3);
  for (let from = 0, to = 0; to < values.length; from += 4, to += 3) {
    values[to] = data[from] ?? 0;
    values[to + 1] = data[from + 1] ?? 0;
    values[to + 2] = data[from + 2] ?? 0;
  }
  return tf.tensor(values, [...leading, height, width, 3], 'float32');
}

/**
 * What really runs.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE` if it is not wasm with SIMD on one thread: nothing else would be a fair comparison.
 */
export function describeTensorFlow(tf: TensorFlow): {
  readonly backend: string;
  readonly simd: boolean;
  readonly threads: number;
  readonly tfjs: string;
} {
  const facts = {
    backend: tf.getBackend(),
    simd: tf.env().get('WASM_HAS_SIMD_SUPPORT') === true,
    threads: tf.env().get('WASM_HAS_MULTITHREAD_SUPPORT') === true ? tf.getThreadsCount() : 1,
    tfjs: tf.version_core,
  };
  if (facts.backend === 'wasm' && facts.simd && facts.threads === 1) return facts;
  throw new FaceError(
    'BACKEND_UNAVAILABLE',
    `Expected TensorFlow.js on wasm with SIMD and one thread, got ${facts.backend}, SIMD ${facts.simd}, ${facts.threads} threads.`,
    facts,
  );
}
