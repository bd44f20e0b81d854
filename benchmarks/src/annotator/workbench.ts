/** What all measurements of the annotator use. */

import { createBestPreprocessor, type Preprocessor, type RgbaImage, requireHostImage } from '@isoface/core';
import { type OpenSecondOpinions, openSecondOpinions } from '@isoface/evaluation';
import { createFaceEngine, createSharpImageDecoder, type NodeFaceEngine, type NodeImageInput } from '@isoface/runtime-node';

/** Engines, networks and tools that are open. */
export interface Workbench {
  /** By name of the pack. */
  readonly engines: Readonly<Record<string, NodeFaceEngine>>;
  /** A fast engine, for looking through many photographs. */
  readonly scout: NodeFaceEngine;
  readonly opinions: OpenSecondOpinions;
  readonly preprocessor: Preprocessor;
  /** Decodes into pixels in ordinary memory. */
  decode(input: NodeImageInput): Promise<RgbaImage>;
  dispose(): Promise<void>;
}

/** Opens everything on the calling thread: the photographs come one after another anyway. */
export async function openWorkbench(modelsDir: string | undefined, packs: readonly string[], signal?: AbortSignal): Promise<Workbench> {
  const open = (pack: string, detectionSize?: number): Promise<NodeFaceEngine> =>
    createFaceEngine({ pack, detectionSize, modelsDir, executionProviders: 'cpu', worker: false, signal });
  const engines = Object.fromEntries(await Promise.all(packs.map(async (pack) => [pack, await open(pack)] as const)));
  const scout = await open('standard', 320);
  const preprocessor = await createBestPreprocessor();
  const opinions = await openSecondOpinions({ modelsDir, preprocessor, signal });
  const decoder = createSharpImageDecoder();
  return {
    engines,
    scout,
    opinions,
    preprocessor,
    decode: async (input) => requireHostImage((await decoder.decode(input)).image),
    async dispose() {
      for (const engine of [...Object.values(engines), scout]) await engine.dispose();
      await opinions.dispose();
    },
  };
}
