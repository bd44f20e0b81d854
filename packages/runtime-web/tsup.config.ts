import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { Options } from 'tsup';
import { packageBuild } from '../../tsup.base.ts';

// Chunks carry a hash: those of the last build would stay and be published. The folders beside them are filled by
// scripts/copy-runtime-web-assets.mjs.
const dist = new URL('dist/', import.meta.url);
if (existsSync(dist)) for (const name of readdirSync(dist)) if (/\.(js|d\.ts)$/.test(name)) rmSync(new URL(name, dist), { force: true });

/**
 * ONNX Runtime looks at its own address for files beside it. It is told where they are, so it has no use for that; and bundlers that see the
 * address search for files which are not published here.
 */
const withoutOwnAddress: NonNullable<Options['esbuildPlugins']>[number] = {
  name: 'onnxruntime-without-own-address',
  setup(build) {
    build.onLoad({ filter: /[\\/]onnxruntime-web[\\/]dist[\\/].*\.mjs$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8').replaceAll('import.meta.url', '""');
      return { contents, loader: 'js' };
    });
  },
};

/**
 * Imports of an address that is known only at run time are marked for bundlers, which cannot follow them and would warn. Here and not in the
 * sources, because the minifier drops comments.
 */
const withMarkedImports: NonNullable<Options['plugins']>[number] = {
  name: 'mark-imports',
  renderChunk: (code) => ({ code: code.replace(/\bimport\((?!["'`)])/g, 'import(/*webpackIgnore:true*//*@vite-ignore*/') }),
};

/** Everything that is imported is put into the files: a worker knows no import map, and a site can serve the folder as it is. */
const self = {
  platform: 'browser',
  noExternal: [/.*/],
  minify: true,
  clean: false,
  esbuildPlugins: [withoutOwnAddress],
  plugins: [withMarkedImports],
  esbuildOptions(options) {
    options.conditions = ['@isoface/source', 'onnxruntime-web-use-extern-wasm', 'browser', 'import', 'module', 'default'];
  },
} satisfies Options;

/** The workers and the importers are one file each: bundlers and hand-made pages can then treat them as what they are, files beside the page. */
const alone = { ...self, splitting: false, dts: false } satisfies Options;

/** In the page there is one core for the application and this package, so that an error is an `instanceof` the same class. */
const inPage = { ...self, noExternal: [/^(?!@isoface\/core(\/|$))/], external: [/^@isoface\/core(\/|$)/] } satisfies Options;

export default [
  packageBuild({ index: 'src/index.ts' }, inPage),
  packageBuild({ 'engine-worker': 'src/worker/engine-worker.ts' }, alone),
  packageBuild({ 'search-worker': 'src/gallery/search-worker.ts' }, alone),
  packageBuild({ 'import-model': 'src/import-model.ts' }, alone),
];
