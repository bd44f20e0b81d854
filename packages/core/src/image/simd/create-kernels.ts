/** The compiled kernels and their memory. */

import { decodeBase64 } from '../../encoding/base64.ts';
import { FaceError } from '../../errors/face-error.ts';
import { KERNELS_BASE64 } from './kernels.generated.ts';
import { findWebAssembly, type WasmMemory } from './web-assembly.ts';

/** What the module exports; its sources in `packages/core/kernels` say what each function does. Addresses are bytes. */
interface KernelExports {
  readonly memory: WasmMemory;
  mixTwoRows(top: number, bottom: number, topWeight: number, bottomWeight: number, pixels: number, mixed: number): void;
  sumRows(source: number, rowBytes: number, rows: number, weight: number, pixels: number, mixed: number, add: number): void;
  resampleRow(mixed: number, columns: number, width: number, row: number, layout: number, at: number): void;
  warpPatch(
    source: number,
    rowBytes: number,
    columns: number,
    rows: number,
    matrix: number,
    samples: number,
    width: number,
    height: number,
    layout: number,
    at: number,
  ): void;
}

/** One instance of the module, with views of its memory. The memory never grows, so they stay valid. */
export interface Kernels extends KernelExports {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly floats: Float32Array;
  readonly doubles: Float64Array;
}

/**
 * Compiles the kernels; each call gives an instance with memory of its own.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE` where there is no WebAssembly with SIMD, or where a content security policy forbids it.
 */
export async function createKernels(): Promise<Kernels> {
  const api = findWebAssembly();
  if (api === undefined) throw unavailable('this platform has no WebAssembly');
  try {
    const { instance } = await api.instantiate(decodeBase64(KERNELS_BASE64) ?? new Uint8Array());
    const { memory, mixTwoRows, sumRows, resampleRow, warpPatch } = instance.exports as KernelExports;
    const { buffer } = memory;
    return {
      memory,
      mixTwoRows,
      sumRows,
      resampleRow,
      warpPatch,
      bytes: new Uint8Array(buffer),
      words: new Int32Array(buffer),
      floats: new Float32Array(buffer),
      doubles: new Float64Array(buffer),
    };
  } catch (error) {
    throw unavailable(error instanceof Error ? error.message : String(error), error);
  }
}

function unavailable(reason: string, cause?: unknown): FaceError {
  const message = `Expected WebAssembly with SIMD (a content security policy must allow 'wasm-unsafe-eval'): ${reason}; use createCpuPreprocessor.`;
  return new FaceError('BACKEND_UNAVAILABLE', message, {}, { cause });
}
