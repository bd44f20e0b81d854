/** Many analyses by an engine on the main thread. */

import { openEngine } from '@isoface/runtime-node';
import type { MemorySample, ThreadSoak } from './memory-piece.ts';
import { goesOn, type MemoryRequest } from './memory-request.ts';
import { findCollector, readReachable, sampleMemory } from './sample-memory.ts';
import { createSoakPictures, describePictures } from './soak-pictures.ts';
import { createTraceRecorder } from './trace-analyses.ts';
import { unasked, watchGc } from './watch-gc.ts';

/** Rounds over the pictures before counting: the platform compiles what is used often, and pools fill. */
const WARMUP_ROUNDS = 2;
/** Samples over the wanted analyses. */
const SAMPLES = 120;

/** Measures; to be called in a process that does nothing else. */
export async function soakThread(request: MemoryRequest): Promise<ThreadSoak> {
  const { runtime, executionProvider, pack, modelsDir, wanted } = request;
  const inputs = await createSoakPictures();
  const engine = await openEngine({ pack, executionProviders: executionProvider, modelsDir });
  try {
    const pictures = await describePictures(engine, inputs);
    for (let i = 0; i < WARMUP_ROUNDS * inputs.length; i++) await engine.analyze(inputAt(inputs, i));
    const collector = findCollector();
    const before = await readReachable(collector);
    const samples: MemorySample[] = [sampleMemory(0)];
    const every = Math.max(1, Math.round(wanted / SAMPLES));
    const recorder = createTraceRecorder();
    const watch = watchGc();
    let done = 0;
    for (; goesOn(request, done); done++) {
      await recorder.record(done % inputs.length, () => engine.analyze(inputAt(inputs, done)));
      if ((done + 1) % every === 0) samples.push(sampleMemory(done + 1));
    }
    const pauses = unasked(await watch.stop());
    const own = estimateTraceBytes(done);
    const after = (await readReachable(collector)) - own;
    return { kind: 'thread', runtime, pack, wanted, pictures, samples, trace: recorder.trace, pauses, reachable: { before, after } };
  } finally {
    await engine.dispose();
  }
}

function inputAt<T extends { readonly input: unknown }>(inputs: readonly T[], index: number): T['input'] {
  return (inputs[index % inputs.length] as T).input;
}

/** What the trace itself keeps: five numbers of an analysis, three of them in boxes of their own. */
function estimateTraceBytes(analyses: number): number {
  return analyses * (5 * 8 + 3 * 16);
}
