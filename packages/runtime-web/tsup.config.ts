import { existsSync, readdirSync, rmSync } from 'node:fs';
import { packageBuild } from '../../tsup.base.ts';

// Chunks carry a hash: those of the last build would stay and be published. The folders beside them are filled by
// scripts/copy-runtime-web-assets.mjs.
const dist = new URL('dist/', import.meta.url);
if (existsSync(dist)) for (const name of readdirSync(dist)) if (/\.(js|d\.ts)$/.test(name)) rmSync(new URL(name, dist), { force: true });

/** Everything that is imported is put into the files: a worker knows no import map, and a site can serve the folder as it is. */
const self = {
  platform: 'browser',
  noExternal: [/.*/],
  minify: true,
  clean: false,
  esbuildOptions(options: { conditions?: string[] }) {
    options.conditions = ['@isoface/source', 'onnxruntime-web-use-extern-wasm', 'browser', 'import', 'module', 'default'];
  },
} as const;

/** The worker and the importers are one file each: bundlers and hand-made pages can then treat them as what they are, files beside the page. */
const alone = { ...self, splitting: false, dts: false } as const;

/** In the page there is one core for the application and this package, so that an error is an `instanceof` the same class. */
const inPage = { ...self, noExternal: [/^(?!@isoface\/core$)/], external: ['@isoface/core'] };

export default [
  packageBuild({ index: 'src/index.ts' }, inPage),
  packageBuild({ 'engine-worker': 'src/worker/engine-worker.ts' }, alone),
  packageBuild({ 'import-model': 'src/import-model.ts' }, alone),
];
