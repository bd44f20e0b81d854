/** The built package in a browser test. */

import type * as Built from '../../src/index.ts';

/** Imports the built files: their worker, wasm and models lie beside them, as on a site. */
export function importBuilt(): Promise<typeof Built> {
  const url = new URL('../../dist/index.js', import.meta.url).href;
  return import(/* @vite-ignore */ url) as Promise<typeof Built>;
}
