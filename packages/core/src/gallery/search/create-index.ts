/** An index in the thread of the caller. */

import { FaceError, isFaceError } from '../../errors/face-error.ts';
import type { IndexSpec, LocalTemplateIndex } from '../../ports/template-index.ts';
import { createByteMatrix } from './byte-matrix.ts';
import { createLocalIndex, type Matrices } from './local-index.ts';
import { createPlainRowMatrix, createWasmRowMatrix } from './row-matrix.ts';
import { createSearchModule } from './search-module.ts';

const MOST_DIMENSIONS = 4096;

/** Options of {@link createTemplateIndex}. */
export interface CreateIndexOptions extends IndexSpec {
  /** @defaultValue 'auto': WebAssembly SIMD where the platform has it and its content security policy allows it */
  readonly kernel?: 'auto' | 'wasm-simd' | 'javascript' | undefined;
}

/**
 * Creates an empty index. Its calls do their work at once, in the thread of the caller: a search among 100,000 templates takes some milliseconds. The
 * plain JavaScript kernel is several times slower and gains nothing from bytes, so it never has them.
 *
 * @throws {FaceError} `INVALID_OPTION` for a dimension that is no integer from 1 to 4,096; `BACKEND_UNAVAILABLE` if `wasm-simd` is asked for and is not there.
 */
export async function createTemplateIndex(options: CreateIndexOptions): Promise<LocalTemplateIndex> {
  assertDimension(options.dimension);
  const matrices = await createMatrices(options);
  return createLocalIndex(options, matrices);
}

async function createMatrices(options: CreateIndexOptions): Promise<Matrices> {
  const { kernel = 'auto', prefilter = 'auto' } = options;
  if (kernel !== 'javascript') {
    try {
      const rows = createWasmRowMatrix(await createSearchModule(), options);
      if (prefilter === 'none') return { kernel: 'wasm-simd', rows };
      return { kernel: 'wasm-simd', rows, bytes: createByteMatrix(await createSearchModule(), options, rows) };
    } catch (error) {
      if (kernel === 'wasm-simd' || !isFaceError(error, 'BACKEND_UNAVAILABLE')) throw error;
    }
  }
  return { kernel: 'javascript', rows: createPlainRowMatrix(options) };
}

function assertDimension(dimension: number): void {
  if (Number.isInteger(dimension) && dimension >= 1 && dimension <= MOST_DIMENSIONS) return;
  const message = `Expected a dimension from 1 to ${MOST_DIMENSIONS}, an integer, got ${dimension}; take that of the embedder.`;
  throw new FaceError('INVALID_OPTION', message, { dimension });
}
