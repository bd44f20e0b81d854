import { packageBuild } from '../../tsup.base.ts';

/** Everything that is imported is put into the files: a worker knows no import map, and a site can serve the folder as it is. */
const self = {
  platform: 'browser',
  noExternal: [/.*/],
  minify: true,
  // Only what this build makes: the files beside it are copied by scripts/copy-runtime-web-assets.mjs.
  clean: false,
  esbuildOptions(options: { conditions?: string[] }) {
    options.conditions = ['@isoface/source', 'onnxruntime-web-use-extern-wasm', 'browser', 'import', 'module', 'default'];
  },
} as const;

/** The worker and the importers are one file each: bundlers and hand-made pages can then treat them as what they are, files beside the page. */
const alone = { ...self, splitting: false, dts: false } as const;

export default [
  packageBuild({ index: 'src/index.ts' }, { ...self, minify: true }),
  packageBuild({ 'engine-worker': 'src/worker/engine-worker.ts' }, alone),
  packageBuild({ 'import-model': 'src/import-model.ts' }, alone),
];
