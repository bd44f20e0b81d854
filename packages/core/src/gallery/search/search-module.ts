/** The compiled kernels of the search, and their memory, which grows. */

import { decodeBase64 } from '../../encoding/base64.ts';
import { FaceError } from '../../errors/face-error.ts';
import { findWebAssembly, type WasmMemory } from '../../image/simd/web-assembly.ts';
import { SEARCH_KERNELS_BASE64 } from './search-kernels.generated.ts';

/** One instance of the module; its sources in `packages/core/kernels/search` say what each function does. Addresses are bytes. */
export interface SearchModule {
  readonly memory: WasmMemory & {
    /** Grows by pages of 64 KiB. All views of the buffer are then detached. */
    grow(pages: number): number;
  };
  scanRows(
    rows: number,
    rowBytes: number,
    terms: number,
    isSum: number,
    probe: number,
    first: number,
    count: number,
    floor: number,
    list: number,
    room: number,
  ): number;
  scoreRows(blocks: number, blockBytes: number, shift: number, rowBytes: number, isSum: number, probe: number, list: number): void;
  scanBytes(
    rows: number,
    rowBytes: number,
    scales: number,
    shifts: number,
    probe: number,
    unit: number,
    reach: number,
    first: number,
    count: number,
    floor: number,
    list: number,
    room: number,
  ): number;
}

/**
 * Compiles the kernels; each call gives an instance with memory of its own.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE` where there is no WebAssembly with SIMD, or where a content security policy forbids it.
 */
export async function createSearchModule(): Promise<SearchModule> {
  const api = findWebAssembly();
  if (api === undefined) throw unavailable('this platform has no WebAssembly');
  try {
    const { instance } = await api.instantiate(decodeBase64(SEARCH_KERNELS_BASE64) ?? new Uint8Array());
    return instance.exports as SearchModule;
  } catch (error) {
    throw unavailable(error instanceof Error ? error.message : String(error), error);
  }
}

function unavailable(reason: string, cause?: unknown): FaceError {
  const message = `Expected WebAssembly with SIMD (a content security policy must allow 'wasm-unsafe-eval'): ${reason}; search with kernel 'javascript'.`;
  return new FaceError('BACKEND_UNAVAILABLE', message, {}, { cause });
}
