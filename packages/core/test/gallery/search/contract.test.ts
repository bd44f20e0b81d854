import { describeTemplateIndex } from '@isoface/testkit';
import { createTemplateIndex } from '../../../src/gallery/search/create-index.ts';

describeTemplateIndex('SIMD over float32', (spec) => createTemplateIndex({ ...spec, kernel: 'wasm-simd', prefilter: 'none' }), {
  info: { where: 'here', kernel: 'wasm-simd', prefilter: 'none' },
});
describeTemplateIndex('SIMD over bytes', (spec) => createTemplateIndex({ ...spec, kernel: 'wasm-simd', prefilter: 'int8' }), {
  info: { where: 'here', kernel: 'wasm-simd' },
});
describeTemplateIndex('plain JavaScript', (spec) => createTemplateIndex({ ...spec, kernel: 'javascript' }), {
  info: { where: 'here', kernel: 'javascript', prefilter: 'none' },
});
