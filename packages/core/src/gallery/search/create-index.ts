/** An index in the thread of the caller. */

import type { IndexSpec, TemplateIndex } from '../../ports/template-index.ts';

/** Options of {@link createTemplateIndex}. */
export interface CreateIndexOptions extends IndexSpec {
  /** @defaultValue 'auto': WebAssembly SIMD where the platform has it and its content security policy allows it */
  readonly kernel?: 'auto' | 'wasm-simd' | 'javascript' | undefined;
}

/** Creates an empty index. */
export async function createTemplateIndex(_options: CreateIndexOptions): Promise<TemplateIndex> {
  throw new Error('Not written yet.');
}
