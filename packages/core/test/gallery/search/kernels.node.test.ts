import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { SEARCH_KERNELS_BASE64 } from '../../../src/gallery/search/search-kernels.generated.ts';

// That it is what the sources compile to is tested with the kernels of images: one script builds all.
it('the module stays small', () => {
  expect(gzipSync(Buffer.from(SEARCH_KERNELS_BASE64, 'base64')).length).toBeLessThan(3000);
});
