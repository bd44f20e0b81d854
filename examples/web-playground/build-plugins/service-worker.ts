/** Writes the service worker of a built page: the code in `service-worker.js` with the list of files that it keeps. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const source = fileURLToPath(new URL('./service-worker.js', import.meta.url));

/** Options of {@link serviceWorker}. */
export interface ServiceWorkerOptions {
  /** How the names of its caches begin; pages of one origin must not share it, for each removes its old ones. @defaultValue 'isoface-playground-' */
  readonly cachePrefix?: string;
}

/** Adds the service worker to the build. */
export function serviceWorker({ cachePrefix = 'isoface-playground-' }: ServiceWorkerOptions = {}): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    generateBundle: {
      // After the other plugins have added their files.
      order: 'post',
      handler(_options, bundle) {
        const files = Object.keys(bundle).filter(isKept).sort();
        const content = Object.values(bundle).map((file) => (file.type === 'chunk' ? file.code : file.source));
        const version = createHash('sha256');
        for (const part of content) version.update(part);
        const constants = { PREFIX: cachePrefix, VERSION: version.digest('hex').slice(0, 16), FILES: ['./', ...files] };
        const head = Object.entries(constants).map(([name, value]) => `const ${name} = ${JSON.stringify(value)};\n`);
        this.emitFile({ type: 'asset', fileName: 'service-worker.js', source: head.join('') + readFileSync(source, 'utf8') });
      },
    },
  };
}

/** The engine itself keeps ONNX Runtime's WebAssembly and the models, and only those that are used: they are large. */
function isKept(name: string): boolean {
  return !/\.(wasm|onnx|map)$/.test(name) && name !== 'index.html';
}
