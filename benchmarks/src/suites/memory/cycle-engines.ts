/** Engines that are created, used and disposed again and again. */

import { createFaceEngine, type NodeFaceEngine, openEngine } from '@isoface/runtime-node';
import type { EngineCycles } from './memory-piece.ts';
import { goesOn, type MemoryRequest } from './memory-request.ts';
import { findCollector, readReachable, toMiB } from './sample-memory.ts';
import { createSoakPictures } from './soak-pictures.ts';

/** Measures; to be called in a process that does nothing else. */
export async function cycleEngines(request: MemoryRequest): Promise<EngineCycles> {
  const { runtime, executionProvider, pack, modelsDir } = request;
  const options = { pack, executionProviders: executionProvider, modelsDir };
  const pictures = await createSoakPictures();
  const collector = findCollector();
  const cycle = async (open: () => Promise<NodeFaceEngine>): Promise<number> => {
    const engine = await open();
    try {
      for (const { input } of pictures) await engine.analyze(input);
    } finally {
      await engine.dispose();
    }
    await readReachable(collector);
    return toMiB(process.memoryUsage.rss());
  };
  const threadRssMiB: number[] = [];
  const poolRssMiB: number[] = [];
  // One after the other, not in turns: what one way has left behind the other could use.
  const half = { ...request, timeMs: request.timeMs / 2 };
  while (goesOn(half, threadRssMiB.length)) threadRssMiB.push(await cycle(() => openEngine(options)));
  while (goesOn(request, poolRssMiB.length)) poolRssMiB.push(await cycle(() => createFaceEngine({ ...options, threads: 1 })));
  return { kind: 'cycles', runtime, pack, threadRssMiB, poolRssMiB };
}
