/** Writes the service worker of the built playground: the code in `service-worker.js` with the list of files that it keeps. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const source = fileURLToPath(new URL('./service-worker.js', import.meta.url));

export function serviceWorker(): Plugin {
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
        const head = `const VERSION = '${version.digest('hex').slice(0, 16)}';\nconst FILES = ${JSON.stringify(['./', ...files])};\n`;
        this.emitFile({ type: 'asset', fileName: 'service-worker.js', source: head + readFileSync(source, 'utf8') });
      },
    },
  };
}

/** The engine itself keeps ONNX Runtime's WebAssembly and the models, and only those that are used: they are large. */
function isKept(name: string): boolean {
  return !/\.(wasm|onnx|map)$/.test(name) && name !== 'index.html';
}
