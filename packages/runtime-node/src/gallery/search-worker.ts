/** Entry of the worker thread that searches: one index. */

import { parentPort } from 'node:worker_threads';
import { createTemplateIndex, serveIndex } from '@isoface/core/gallery';

const port = parentPort;
if (port === null) throw new Error('This file runs in a worker thread; import @isoface/runtime-node instead.');

port.on(
  'message',
  serveIndex(createTemplateIndex, (message) => port.postMessage(message)),
);
