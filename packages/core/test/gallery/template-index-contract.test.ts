import { createAdaptiveIndex, createTemplateIndex } from '@isoface/core/gallery';
import { createPlainIndex, describeTemplateIndex } from '@isoface/testkit';

// What the others are compared with must itself do what the port says.
describeTemplateIndex('plain', async (spec) => createPlainIndex(spec));

for (const kernel of ['wasm-simd', 'javascript'] as const) {
  describeTemplateIndex(`${kernel}, one pass`, (spec) => createTemplateIndex({ ...spec, kernel, prefilter: 'none' }), {
    info: { where: 'here', kernel, prefilter: 'none' },
  });
}
describeTemplateIndex('wasm-simd, bytes first', (spec) => createTemplateIndex({ ...spec, kernel: 'wasm-simd', prefilter: 'int8' }), {
  info: { kernel: 'wasm-simd' },
});
describeTemplateIndex('as it comes', (spec) => createAdaptiveIndex({ spec, createHere: createTemplateIndex, mode: 'auto' }), {
  info: { where: 'here' },
});
