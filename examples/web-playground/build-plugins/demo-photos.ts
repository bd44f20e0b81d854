/** Gives the page the demo photos at `demo-photos/`: they come with a development dependency and are no part of this repository. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';
import { DEMO_PHOTOS } from '../src/photos/demo-photo-names.ts';

const PREFIX = '/demo-photos/';

/** Serves them in development; the build gets copies. */
export function demoPhotos(): Plugin {
  return {
    name: 'demo-photos',
    configureServer({ middlewares }) {
      middlewares.use(PREFIX, (request, response, next) => {
        const name = DEMO_PHOTOS.find((known) => request.url?.split('?')[0] === `/${known}`);
        if (name === undefined) return next();
        response.setHeader('content-type', 'image/jpeg');
        response.end(readDemoPhoto(name));
      });
    },
    generateBundle() {
      for (const name of DEMO_PHOTOS) {
        this.emitFile({ type: 'asset', fileName: PREFIX.slice(1) + name, source: readDemoPhoto(name) });
      }
    },
  };
}

function readDemoPhoto(name: string): Uint8Array {
  const packageFile = createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json');
  return readFileSync(join(dirname(packageFile), 'demo', name));
}
