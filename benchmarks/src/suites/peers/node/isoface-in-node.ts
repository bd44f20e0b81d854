/** isoface in Node, on the CPU, with one worker thread. */

import type { RgbaImage } from '@isoface/core';
import { createFaceEngine } from '@isoface/runtime-node';
import type { NodeContenderStart } from './child-call.ts';
import type { ContenderInNode } from './contender-in-node.ts';

/** Starts the engine. */
export async function openIsoface({
  pack,
  modelsDir,
}: Extract<NodeContenderStart, { kind: 'isoface' }>): Promise<ContenderInNode<RgbaImage>> {
  const engine = await createFaceEngine({ pack, modelsDir, executionProviders: 'cpu', threads: 1 });
  return {
    prepare: (image) => image,
    async analyze(image) {
      const { faces } = await engine.analyze(image);
      return faces.filter(({ embedding }) => embedding !== undefined).length;
    },
    release: () => {},
    describe: () => ({ backend: engine.info.executionProvider, threads: 1, ...engine.info.versions }),
  };
}
