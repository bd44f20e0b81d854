/**
 * Where the files lie that are published beside this package. Each address is written out as `new URL('…', import.meta.url)`: bundlers look for
 * exactly that and emit the file.
 */

import type { OrtBuild } from '../ort/ort-build.ts';

/**
 * Files that are loaded by name, by their path below the folder of this package's code. Each address is computed when it is asked for: in a
 * classic script there is no `import.meta.url`, and whoever uses one sets `assetBase`.
 */
const BESIDE: Readonly<Record<string, () => URL>> = {
  'models/blazeface.onnx': () => new URL('./models/blazeface.onnx', import.meta.url),
  'models/face-landmark-68.onnx': () => new URL('./models/face-landmark-68.onnx', import.meta.url),
  'models/face-recognition.onnx': () => new URL('./models/face-recognition.onnx', import.meta.url),
  'models/facemesh-468.onnx': () => new URL('./models/facemesh-468.onnx', import.meta.url),
  'import-model.js': () => new URL('./import-model.js', import.meta.url),
  'ort/ort-wasm-simd-threaded.mjs': () => new URL('./ort/ort-wasm-simd-threaded.mjs', import.meta.url),
  'ort/ort-wasm-simd-threaded.wasm': () => new URL('./ort/ort-wasm-simd-threaded.wasm', import.meta.url),
  'ort/ort-wasm-simd-threaded.jspi.mjs': () => new URL('./ort/ort-wasm-simd-threaded.jspi.mjs', import.meta.url),
  'ort/ort-wasm-simd-threaded.jspi.wasm': () => new URL('./ort/ort-wasm-simd-threaded.jspi.wasm', import.meta.url),
  'ort/ort-wasm-simd-threaded.asyncify.mjs': () => new URL('./ort/ort-wasm-simd-threaded.asyncify.mjs', import.meta.url),
  'ort/ort-wasm-simd-threaded.asyncify.wasm': () => new URL('./ort/ort-wasm-simd-threaded.asyncify.wasm', import.meta.url),
};

/** Address of a published file, or `undefined` if there is none of that name. A bundler may have renamed the file. */
export function findAssetUrl(path: string, assetBase: string | undefined): string | undefined {
  if (!Object.hasOwn(BESIDE, path)) return undefined;
  if (assetBase !== undefined) return new URL(path, assetBase).href;
  const href = BESIDE[path]?.().href;
  // Turbopack puts something in place of `URL` whose `href` is a path of the site.
  return href?.startsWith('/') ? new URL(href, globalThis.location.origin).href : href;
}

/** Address of the JavaScript of a build of ONNX Runtime. */
export function ortGlueUrl(build: OrtBuild, assetBase: string | undefined): string {
  const infix = build === 'wasm' ? '' : `.${build}`;
  return findAssetUrl(`ort/ort-wasm-simd-threaded${infix}.mjs`, assetBase) as string;
}
