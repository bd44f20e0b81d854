/**
 * An index in another thread: what its owner and that thread say to each other, and both sides of it. How messages travel is the runtime's matter.
 */

import { FaceError } from '../errors/face-error.ts';
import { encodeError, reviveError, type WireError } from '../errors/wire-error.ts';
import type { IndexHit, IndexInfo, IndexRows, IndexSpec, TemplateIndex } from '../ports/template-index.ts';

/** One call. Plain data only. */
export type IndexRequest<Spec extends IndexSpec = IndexSpec> =
  | { readonly type: 'open'; readonly spec: Spec }
  | { readonly type: 'info' }
  | { readonly type: 'add'; readonly rows: IndexRows }
  | { readonly type: 'remove'; readonly group: number }
  | { readonly type: 'search'; readonly probes: Float32Array; readonly limit: number }
  | { readonly type: 'dispose' };

/** Owner to thread. */
export interface ToIndex<Spec extends IndexSpec = IndexSpec> {
  readonly id: number;
  readonly request: IndexRequest<Spec>;
}

/** Thread to owner. */
export type FromIndex =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: WireError };

/** The thread, as far as its owner needs it. */
export interface IndexThread<Spec extends IndexSpec = IndexSpec> {
  /** @param transfer - Buffers that become the thread's: they are not copied. */
  post(message: ToIndex<Spec>, transfer: ArrayBuffer[]): void;
  /** Told whenever the first call begins and the last one has ended: an idle thread need not keep a process alive. */
  setBusy?(isBusy: boolean): void;
  /** Adds a listener to a signal, and gives back what removes it; absent: one listener per call. */
  listenToAbort?(signal: AbortSignal, onAbort: () => void): () => void;
  terminate(): Promise<void>;
}

/** What the thread's events are given to. */
export interface IndexOwner {
  receive(message: FromIndex): void;
  /** The thread has ended, or will not answer any more: calls under way, waiting and later ones fail with this. */
  fail(error: FaceError): void;
}

interface Job {
  readonly id: number;
  readonly request: IndexRequest;
  readonly transfer: ArrayBuffer[];
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/**
 * Opens an index in a thread.
 *
 * Vectors are copied once, when they are given, and then transferred: the arrays of the caller stay with the caller. Calls wait on this side and
 * go over one at a time. A search whose signal aborts while it waits is dropped; one under way is answered with the reason at once, and what the
 * thread finds is thrown away: the calls behind it wait until it is done.
 *
 * @param start - Starts the thread; what comes from it goes to the owner.
 * @throws {FaceError} what the thread fails with while it opens.
 */
export async function connectIndex<Spec extends IndexSpec>(
  spec: Spec,
  start: (owner: IndexOwner) => IndexThread<Spec>,
): Promise<TemplateIndex> {
  const waiting: Job[] = [];
  let underWay: Job | undefined;
  let failure: FaceError | undefined;
  let disposal: Promise<void> | undefined;
  let nextId = 0;

  const thread = start({
    receive(message) {
      // An answer to nobody: the thread was given up before.
      if (underWay?.id !== message.id) return;
      const { resolve, reject } = underWay;
      underWay = undefined;
      if (message.ok) resolve(message.value);
      else reject(reviveError(message.error));
      next();
    },
    fail(error) {
      failure ??= error;
      const lost = [...(underWay === undefined ? [] : [underWay]), ...waiting.splice(0)];
      underWay = undefined;
      for (const { reject } of lost) reject(failure);
      thread.setBusy?.(false);
    },
  });

  const listen = thread.listenToAbort ?? listenOnce;

  function next(): void {
    if (underWay !== undefined) return;
    underWay = waiting.shift();
    thread.setBusy?.(underWay !== undefined);
    if (underWay !== undefined) thread.post({ id: underWay.id, request: underWay.request as IndexRequest<Spec> }, underWay.transfer);
  }

  function ask<T>(request: IndexRequest<Spec>, transfer: ArrayBuffer[] = [], signal?: AbortSignal): Promise<T> {
    return new Promise<unknown>((resolve, reject) => {
      if (failure !== undefined) throw failure;
      signal?.throwIfAborted();
      const leave =
        signal &&
        listen(signal, () => {
          const at = waiting.indexOf(job);
          if (at >= 0) waiting.splice(at, 1);
          job.reject(signal.reason);
        });
      const job: Job = {
        id: nextId++,
        request,
        transfer,
        resolve(value) {
          leave?.();
          resolve(value);
        },
        reject(error) {
          leave?.();
          reject(error);
        },
      };
      waiting.push(job);
      next();
    }) as Promise<T>;
  }

  const assertUsable = (): void => {
    if (disposal !== undefined) throw disposedIndexError();
  };

  async function end(): Promise<void> {
    try {
      if (failure === undefined) await ask({ type: 'dispose' });
    } catch {
      // With the thread its memory is gone too.
    } finally {
      await thread.terminate();
    }
  }

  try {
    await ask({ type: 'open', spec });
  } catch (error) {
    await thread.terminate();
    throw error;
  }

  return {
    async info() {
      assertUsable();
      return { ...(await ask<IndexInfo>({ type: 'info' })), where: 'thread' };
    },
    async add(given) {
      assertUsable();
      const rows = { vectors: given.vectors.slice(), groups: given.groups.slice(), labels: given.labels.slice() };
      await ask({ type: 'add', rows }, [rows.vectors.buffer, rows.groups.buffer, rows.labels.buffer] as ArrayBuffer[]);
    },
    async remove(group) {
      assertUsable();
      return ask<number>({ type: 'remove', group });
    },
    async search(given, { limit, signal }) {
      assertUsable();
      signal?.throwIfAborted();
      const probes = given.slice();
      return ask<readonly (readonly IndexHit[])[]>({ type: 'search', probes, limit }, [probes.buffer] as ArrayBuffer[], signal);
    },
    dispose() {
      disposal ??= end();
      return disposal;
    },
  };
}

/**
 * The thread's side: answers messages with an index of its own.
 *
 * @returns What each message of the owner is given to.
 */
export function serveIndex<Spec extends IndexSpec>(
  create: (spec: Spec) => Promise<TemplateIndex>,
  post: (message: FromIndex) => void,
): (message: ToIndex<Spec>) => void {
  let index: TemplateIndex | undefined;

  async function answer(request: IndexRequest<Spec>): Promise<unknown> {
    if (request.type === 'open') {
      index = await create(request.spec);
      return undefined;
    }
    if (index === undefined) throw new Error('The thread was called before its index was open.');
    switch (request.type) {
      case 'info':
        return index.info();
      case 'add':
        return index.add(request.rows);
      case 'remove':
        return index.remove(request.group);
      case 'search':
        return index.search(request.probes, { limit: request.limit });
      case 'dispose':
        return index.dispose();
    }
  }

  return ({ id, request }) => {
    void answer(request).then(
      (value) => post({ id, ok: true, value }),
      (error: unknown) => post({ id, ok: false, error: encodeError(error) }),
    );
  };
}

function listenOnce(signal: AbortSignal, onAbort: () => void): () => void {
  signal.addEventListener('abort', onAbort);
  return () => signal.removeEventListener('abort', onAbort);
}

/** What calls on a disposed index fail with. */
function disposedIndexError(): FaceError {
  return new FaceError('DISPOSED', 'Expected an index in use, got a disposed one; open the gallery again.');
}
