/** Lag of the event loop of a process whose pool of workers has more to do than threads. */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createFaceEngine, type NodeFaceEngine } from '@isoface/runtime-node';
import { describeMachine } from '../../machine.ts';
import type { BenchOptions } from '../../run/bench-options.ts';
import type { PieceContext } from '../../run/suite.ts';
import { createFrame, type TestImage } from '../../test-images.ts';
import type { EventLoopValue } from './pipeline-piece.ts';

const IN_FLIGHT = 8;
const WARMUP_ANALYSES = 24;
/** Analyses of one stretch, of which one lag is read. */
const STRETCH = 40;
const STRETCHES = { least: 2, whole: 20, quick: 2 };
/** Of the timer that is watched, milliseconds; the histogram counts it as delay. */
const RESOLUTION_MS = 1;
/** As the pool decides by itself. */
const MOST_THREADS = 8;

/** Keeps analyses under way in the pool and watches the thread that hands them out. */
export async function measureEventLoop(
  pack: string,
  { modelsDir, quick }: Pick<BenchOptions, 'modelsDir' | 'quick'>,
  context: PieceContext,
): Promise<EventLoopValue> {
  const frame = await createFrame();
  const engine = await createFaceEngine({ pack, executionProviders: 'cpu', modelsDir, signal: context.signal });
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  try {
    await keepInFlight(engine, frame, WARMUP_ANALYSES, context.signal);
    const lagP99: number[] = [];
    const lagMax: number[] = [];
    const toLag = (nanoseconds: number): number => Math.max(0, Math.round((nanoseconds / 1e6 - RESOLUTION_MS) * 1000) / 1000);
    const most = quick ? STRETCHES.quick : STRETCHES.whole;
    while (lagP99.length < most && (lagP99.length < STRETCHES.least || context.timeLeftMs() > 0)) {
      histogram.reset();
      histogram.enable();
      await keepInFlight(engine, frame, STRETCH, context.signal);
      histogram.disable();
      lagP99.push(toLag(histogram.percentile(99)));
      lagMax.push(toLag(histogram.max));
    }
    const threads = Math.min(MOST_THREADS, describeMachine().cores);
    return { kind: 'eventLoop', pack, threads, inFlight: IN_FLIGHT, analyses: lagP99.length * STRETCH, lagP99, lagMax };
  } finally {
    histogram.disable();
    await engine.dispose();
  }
}

async function keepInFlight(engine: NodeFaceEngine, image: TestImage, count: number, signal: AbortSignal): Promise<void> {
  let left = count;
  const caller = async (): Promise<void> => {
    while (left-- > 0) await engine.analyze(image.input, { signal });
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
}
