/** What the pool and its worker threads say to each other. Plain data only. */

import type { EngineInfo, EngineProgress, EngineRequest, WireError } from '@isoface/core';
import type { WireEngineOptions } from '../node-engine-options.ts';

/** An image as it crosses to a worker: everything that structured clone carries. */
export type WireImage =
  | string
  | Uint8Array
  | Blob
  | { readonly width: number; readonly height: number; readonly data: Uint8Array | Uint8ClampedArray };

/** One call of an engine method. */
export interface WireCall {
  readonly request: EngineRequest;
  readonly image: WireImage;
}

/** Pool to worker. */
export type ToWorker =
  | { readonly type: 'call'; readonly id: number; readonly call: WireCall }
  | { readonly type: 'abort'; readonly id: number }
  | { readonly type: 'dispose' };

/** Worker to pool. */
export type FromWorker =
  | { readonly type: 'progress'; readonly event: EngineProgress }
  | { readonly type: 'ready'; readonly info: EngineInfo }
  | { readonly type: 'startFailed'; readonly error: WireError }
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: WireError };

/** What a worker is started with. */
export interface WorkerStart {
  readonly options: WireEngineOptions;
}
