/** The engine contract on the real engine, in worker threads and on the calling thread. */

import { drawSelfTestFace } from '@isoface/core';
import { createFaceEngine, type NodeImageInput } from '@isoface/runtime-node';
import { type ContractImages, describeFaceEngine, plainImage } from '@isoface/testkit';

const images: ContractImages<NodeImageInput> = {
  face: drawSelfTestFace(),
  blank: plainImage(320, 240, [90, 120, 150]),
  broken: new TextEncoder().encode('This is text, whatever its name says.'),
  importSource: 'face-api.js',
};

describeFaceEngine('Node, worker threads', (options) => createFaceEngine({ executionProviders: 'cpu', threads: 2, ...options }), images);
describeFaceEngine('Node, calling thread', (options) => createFaceEngine({ executionProviders: 'cpu', worker: false, ...options }), images);
