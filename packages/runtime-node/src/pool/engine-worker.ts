/** Entry of a worker thread: one engine, one call at a time. */

import { parentPort, workerData } from 'node:worker_threads';
import { answerRequest, encodeError } from '@isoface/core';
import { type NodeFaceEngine, openEngine } from '../open-engine.ts';
import type { FromWorker, ToWorker, WireCall, WorkerStart } from './messages.ts';

const port = parentPort;
if (port === null) throw new Error('This file runs in a worker thread; import @isoface/runtime-node instead.');
const send = (message: FromWorker): void => port.postMessage(message);
const { options } = workerData as WorkerStart;
const underWay = new Map<number, AbortController>();
/** Ends the start when the pool gives up on this worker. */
const starting = new AbortController();
let engine: NodeFaceEngine | undefined;

port.on('message', (message: ToWorker) => {
  if (message.type === 'call' && engine !== undefined) void answer(engine, message.id, message.call);
  if (message.type === 'abort') underWay.get(message.id)?.abort();
  if (message.type === 'dispose') {
    starting.abort();
    if (engine !== undefined) void end(engine);
  }
});

try {
  const opened = await openEngine({ ...options, signal: starting.signal, onProgress: (event) => send({ type: 'progress', event }) });
  if (starting.signal.aborted) {
    await end(opened);
  } else {
    engine = opened;
    send({ type: 'ready', info: opened.info });
  }
} catch (error) {
  send({ type: 'startFailed', error: encodeError(error) });
  port.close();
}

/** Sessions are released before the thread ends: a thread or process that ends with live ones can crash in native code. */
async function end(opened: NodeFaceEngine): Promise<void> {
  try {
    await opened.dispose();
  } finally {
    port?.close();
  }
}

async function answer(engine: NodeFaceEngine, id: number, { request, image }: WireCall): Promise<void> {
  const controller = new AbortController();
  underWay.set(id, controller);
  try {
    send({ type: 'result', id, value: await answerRequest(engine, image, request, controller.signal) });
  } catch (error) {
    send({ type: 'error', id, error: encodeError(error) });
  } finally {
    underWay.delete(id);
  }
}
