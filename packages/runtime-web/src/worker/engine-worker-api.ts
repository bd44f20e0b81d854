/** What the page and the worker say to each other. Plain data only; callbacks cross as proxies. */

import {
  type EngineInfo,
  type EngineProgress,
  type EngineRequest,
  encodeError,
  type PackManifest,
  reviveError,
  type WireError,
} from '@isoface/core';
import type { PortableImage } from '../images/web-image-input.ts';
import type { ProviderAttempt, WireEngineOptions } from '../web-engine-options.ts';

/** One call of an engine method, without its abort signal. */
export interface WireCall {
  readonly request: EngineRequest;
  readonly image: PortableImage;
}

/** A result as data: errors do not survive the border between page and worker. */
export type Settled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: WireError };

/** What an open engine tells the page. */
export interface WorkerEngine {
  readonly info: EngineInfo;
  readonly pack: PackManifest;
}

/** The worker as the page sees it. */
export interface EngineWorkerApi {
  /**
   * Holds a lock of this name as long as the worker lives: its release tells the page that the worker is gone, however it ended.
   * Returns `false` where the browser has no locks.
   */
  holdLock(name: string): Promise<boolean>;
  /** Opens the engine. `onLost` is told when the GPU goes away. */
  open(
    options: WireEngineOptions,
    attempt: ProviderAttempt,
    onProgress: (event: EngineProgress) => void,
    onLost: (reason: string) => void,
  ): Promise<Settled<WorkerEngine>>;
  call(id: number, call: WireCall): Promise<Settled<unknown>>;
  abort(id: number): void;
  dispose(): Promise<void>;
}

/** Turns an outcome into data. */
export async function settle<T>(work: () => Promise<T>): Promise<Settled<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    return { ok: false, error: encodeError(error) };
  }
}

/** The value of an outcome, or its error thrown. */
export function unwrap<T>(settled: Settled<T>): T {
  if (settled.ok) return settled.value;
  throw reviveError(settled.error);
}
