/** Entry of a process of its own that puts one engine under load. It does what its parent says and ends with it. */

import { serialize } from 'node:v8';
import type { Worker } from 'node:worker_threads';
import { encodeError, FaceError, type RgbaImage } from '@isoface/core';
import { createFaceEngine, type NodeFaceEngine } from '@isoface/runtime-node';
import { createFrame } from '../../test-images.ts';
import type { ClosedLoopCommand, LoadAnswer, LoadCommand, LoadEngineFacts, LoadEngineOptions, LoadRequest } from './load-commands.ts';
import { runArrivals, runBurst, runClosedLoop } from './load-generator.ts';

interface Open {
  readonly engine: NodeFaceEngine;
  readonly frame: RgbaImage;
  readonly threads: number;
}

/** For each thread, before anything is counted. */
const WARM_UP_ANSWERS = 6;
const START_TIMEOUT_MS = 120_000;

/** Threads that said they are ready. The engine starts them when calls wait; a measurement that begins before is one of starting threads. */
let readyThreads = 0;
let open: Open | undefined;

process.on('worker', (thread: Worker) => {
  thread.on('message', (message: { readonly type?: unknown }) => {
    if (message.type === 'ready') readyThreads++;
  });
});
// The parent ends this process; Ctrl-C reaches both at once, and the parent could not tell it from a crash.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
process.on('message', (request: LoadRequest) => void answer(request));

async function answer({ id, command }: LoadRequest): Promise<void> {
  try {
    reply({ id, value: await execute(command) });
  } catch (error) {
    reply({ id, error: encodeError(error) });
  }
  if (command.type === 'close') process.disconnect();
}

function reply(message: LoadAnswer): void {
  if (process.connected) process.send?.(message);
}

async function execute(command: LoadCommand): Promise<unknown> {
  if (command.type === 'open') return openEngine(command.options);
  if (open === undefined) throw new Error('Expected "open" first.');
  const { engine, frame, threads } = open;
  switch (command.type) {
    case 'closedLoop':
      return runClosedLoop(engine, frame, command, threads);
    case 'arrivals':
      return runArrivals(engine, frame, command);
    case 'burst':
      return runBurst(engine, frame, command);
    case 'close':
      return engine.dispose();
  }
}

async function openEngine({ executionProvider, ...options }: LoadEngineOptions): Promise<LoadEngineFacts> {
  const { threads } = options;
  const { input } = await createFrame();
  if (input instanceof Uint8Array) throw new Error('Expected decoded pixels.');
  const frame = { ...input, data: new Uint8Array(input.data) };
  const started = performance.now();
  const engine = await createFaceEngine({ ...options, executionProviders: executionProvider });
  const readyMs = performance.now() - started;
  await startThreads(engine, frame, threads);
  const allThreadsMs = performance.now() - started;
  const warm: ClosedLoopCommand = { type: 'closedLoop', callers: 2 * threads, milliseconds: 100, minAnswers: WARM_UP_ANSWERS * threads };
  const { throughput } = await runClosedLoop(engine, frame, warm, threads);
  const analysis = await engine.analyze(frame);
  open = { engine, frame, threads };
  return {
    executionProvider: engine.info.executionProvider,
    versions: { ...engine.info.versions },
    readyMs: Math.round(readyMs),
    allThreadsMs: Math.round(allThreadsMs),
    frameBytes: frame.data.byteLength,
    answerBytes: serialize(analysis).byteLength,
    faces: analysis.faces.length,
    warmThroughput: throughput,
  };
}

/** Keeps calls waiting until the engine has started all of its threads. */
async function startThreads(engine: NodeFaceEngine, frame: RgbaImage, threads: number): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  const caller = async (): Promise<void> => {
    while (readyThreads < threads && performance.now() < deadline) await engine.analyze(frame);
  };
  await Promise.all(Array.from({ length: 2 * threads }, caller));
  if (readyThreads >= threads) return;
  throw new FaceError('BACKEND_UNAVAILABLE', `Expected ${threads} threads to start, got ${readyThreads}; try fewer.`, {
    threads,
    readyThreads,
  });
}
