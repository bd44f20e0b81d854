/** The ways in which the index of core can work. */

import type { CreateIndexOptions } from '../../../../src/gallery/search/create-index.ts';

export const KINDS: readonly (readonly [string, Pick<CreateIndexOptions, 'kernel' | 'prefilter'>])[] = [
  ['SIMD over float32', { kernel: 'wasm-simd', prefilter: 'none' }],
  ['SIMD over bytes', { kernel: 'wasm-simd', prefilter: 'int8' }],
  ['plain JavaScript', { kernel: 'javascript' }],
];
