/** Many analyses by an engine with worker threads. */

import { availableParallelism } from 'node:os';
import { createFaceEngine } from '@isoface/runtime-node';
import type { MemorySample, PoolSoak } from './memory-piece.ts';
import { goesOn, type MemoryRequest } from './memory-request.ts';
import { findCollector, readReachable, sampleMemory } from './sample-memory.ts';
import { createSoakPictures, type SoakPicture } from './soak-pictures.ts';

/** Samples over the wanted analyses. */
const SAMPLES = 150;
/** As many as an engine takes by default. */
const THREADS = Math.min(8, availableParallelism());

/** Measures; to be called in a process that does nothing else. */
export async function soakPool(request: MemoryRequest): Promise<PoolSoak> {
  const { runtime, executionProvider, pack, modelsDir, wanted } = request;
  const inputs = await createSoakPictures();
  const engine = await createFaceEngine({ pack, executionProviders: executionProvider, modelsDir, threads: THREADS });
  const samples: MemorySample[] = [];
  let analysesPerSecond = 0;
  try {
    samples.push(sampleMemory(0));
    const every = Math.max(1, Math.round(wanted / SAMPLES));
    const started = performance.now();
    let begun = 0;
    let done = 0;
    const caller = async (): Promise<void> => {
      while (goesOn(request, begun)) {
        const { input } = inputs[begun++ % inputs.length] as SoakPicture;
        await engine.analyze(input);
        done++;
        if (done % every === 0) samples.push(sampleMemory(done));
      }
    };
    // One call more than threads: the next picture is at hand when a thread becomes free.
    await Promise.all(Array.from({ length: THREADS + 1 }, caller));
    analysesPerSecond = Math.round((done / (performance.now() - started)) * 1e5) / 100;
  } finally {
    await engine.dispose();
  }
  await readReachable(findCollector());
  const disposed = sampleMemory(samples.at(-1)?.analyses ?? 0);
  return { kind: 'pool', runtime, pack, wanted, samples, threads: THREADS, analysesPerSecond, disposed };
}
