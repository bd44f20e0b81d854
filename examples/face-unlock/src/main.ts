/** Face unlock, with isoface behind it. */

import { createBrowserUnlockStore, createFaceEngine, createFaceUnlock, openCamera, type WebFaceEngine } from 'isoface';
import { createApp } from './app/create-app.ts';
import { registerServiceWorker } from './offline/register-service-worker.ts';

/** Model files of this server, where it has them. */
const MODEL_BASE = new URL('models/', document.baseURI);

createApp<WebFaceEngine>({
  openEngine: ({ onFailed, ...wish }) =>
    createFaceEngine({
      ...wish,
      // Passive models and face mesh, where they can be found.
      liveness: 'auto',
      modelBase: MODEL_BASE,
      onEvent: (event) => {
        if (event.type === 'failed') onFailed(event.reason);
      },
    }),
  openUnlock: async (engine, wish) =>
    createFaceUnlock<HTMLVideoElement>({ ...wish, engine, store: createBrowserUnlockStore('isoface-face-unlock') }),
  openCamera,
});
if (import.meta.env.PROD) void registerServiceWorker();
