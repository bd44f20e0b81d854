// isoface on the wasm execution provider.

import { createFaceEngine } from '/lib/dist/index.js';

/** @param {{ pack: string, modelBase?: string }} options */
export async function createContender({ pack, modelBase }) {
  const base = modelBase === undefined ? {} : { modelBase: new URL(modelBase, location.href).href };
  const engine = await createFaceEngine({ pack, executionProviders: 'wasm', threads: 1, ...base });
  const analyze = async (input) => {
    const { faces } = await engine.analyze(input);
    return faces.filter(({ embedding }) => embedding !== undefined).length;
  };
  async function* trackFrames(frames) {
    for await (const { faces } of engine.track(frames)) yield faces.length;
  }
  return {
    prepare: ({ imageData }) => imageData,
    analyze,
    analyzeFile: analyze,
    track: trackFrames,
    describe: () => ({ ...engine.info.runtime, executionProvider: engine.info.executionProvider, ...engine.info.versions }),
  };
}
