/**
 * Serves at `models/` those models of the built-in packs that this machine already has, so that a page need not download them again.
 * They are looked for in the folder that `ISOFACE_MODELS` names and in isoface's cache. What is not there is answered with 404, and the page
 * goes on to the public addresses.
 */

import type { ServerResponse } from 'node:http';
import type { ModelManifest } from 'isoface';
import type { Connect, Plugin } from 'vite';

const PREFIX = '/models/';

export function localModels(): Plugin {
  const handler = createHandler();
  return {
    name: 'local-models',
    configureServer: ({ middlewares }) => void middlewares.use(PREFIX, handler),
    configurePreviewServer: ({ middlewares }) => void middlewares.use(PREFIX, handler),
  };
}

function createHandler(): Connect.NextHandleFunction {
  const loaded = new Map<string, Promise<Uint8Array | undefined>>();
  return (request, response) => {
    const name = decodeURIComponent(request.url?.split('?')[0]?.slice(1) ?? '');
    const bytes = loaded.get(name) ?? loadModel(name);
    loaded.set(name, bytes);
    bytes.then(
      (found) => answer(response, found),
      () => {
        // It may be there at the next try.
        loaded.delete(name);
        answer(response, undefined);
      },
    );
  };
}

function answer(response: ServerResponse, bytes: Uint8Array | undefined): void {
  if (bytes === undefined) {
    response.statusCode = 404;
    response.setHeader('content-type', 'text/plain; charset=utf-8');
    response.end('This machine does not have this model.\n');
    return;
  }
  response.setHeader('content-type', 'application/octet-stream');
  response.setHeader('content-length', bytes.byteLength);
  response.end(bytes);
}

/** The built packages are needed only when a model is asked for. */
async function loadModel(name: string): Promise<Uint8Array | undefined> {
  const [{ builtinPacks }, { createNodeModelSource }] = await Promise.all([import('@isoface/models'), import('@isoface/runtime-node')]);
  const models = builtinPacks.flatMap(({ detector, landmarker, embedder, liveness = [], mesh }): (ModelManifest | undefined)[] => [
    detector,
    landmarker,
    embedder,
    mesh,
    ...liveness,
  ]);
  const model = models.find((candidate) => candidate?.file.name === name);
  return model && createNodeModelSource({ offline: true }).load(model);
}
