/** Entry of a worker thread: one engine, one call at a time. */

import { parentPort, workerData } from 'node:worker_threads';
import { encodeError } from '@isoface/core';
import { type NodeFaceEngine, openEngine } from '../open-engine.ts';
import type { FromWorker, ToWorker, WireCall, WorkerStart } from './messages.ts';

const port = parentPort;
if (port === null) throw new Error('This file runs in a worker thread; import @isoface/runtime-node instead.');
const send = (message: FromWorker): void => port.postMessage(message);
const { options } = workerData as WorkerStart;
const underWay = new Map<number, AbortController>();

try {
  const engine = await openEngine({ ...options, onProgress: (event) => send({ type: 'progress', event }) });
  port.on('message', (message: ToWorker) => {
    if (message.type === 'call') void answer(engine, message.id, message.call);
    if (message.type === 'abort') underWay.get(message.id)?.abort();
    // Sessions are released before the thread ends: a process that exits with a live WebGPU session crashes.
    if (message.type === 'dispose') void engine.dispose().finally(() => port.close());
  });
  send({ type: 'ready', info: engine.info });
} catch (error) {
  send({ type: 'startFailed', error: encodeError(error) });
  port.close();
}

async function answer(engine: NodeFaceEngine, id: number, call: WireCall): Promise<void> {
  const controller = new AbortController();
  underWay.set(id, controller);
  try {
    send({ type: 'result', id, value: await run(engine, call, controller.signal) });
  } catch (error) {
    send({ type: 'error', id, error: encodeError(error) });
  } finally {
    underWay.delete(id);
  }
}

function run(engine: NodeFaceEngine, call: WireCall, signal: AbortSignal): Promise<unknown> {
  switch (call.method) {
    case 'analyze':
      return engine.analyze(call.image, { ...call.options, signal });
    case 'detect':
      return engine.detect(call.image, { ...call.options, signal });
    case 'embed':
      return engine.embed(call.image, call.faces, { signal });
  }
}
