/** Options of the engine in Node, and their checks. */

import { availableParallelism } from 'node:os';
import { type EngineOptions, FaceError, type PackManifest } from '@isoface/core';
import type { NodeExecutionProvider } from './ort-node-backend.ts';
import type { ImageLimits } from './sharp-image-decoder.ts';

/** Options of `createFaceEngine` in Node. */
export interface NodeEngineOptions extends EngineOptions, ImageLimits {
  /** A pack by name (`starter`, `standard`, …) or a manifest of one's own. @defaultValue 'starter' */
  readonly pack?: string | PackManifest | undefined;
  /**
   * What may run the models. A named provider is strict: if it does not start, creation fails and says what is missing. A list is tried in order.
   * `auto` tries `cuda`, `webgpu`, `cpu` and reports in `info.warnings` what it passed over and why.
   * @defaultValue 'auto'
   */
  readonly executionProviders?: 'auto' | NodeExecutionProvider | readonly NodeExecutionProvider[] | undefined;
  /**
   * Worker threads, each with its own copy of the models. They are started when there is work for them.
   * @defaultValue the number of cores, at most 8
   */
  readonly threads?: number | undefined;
  /** Threads inside one model run. More than 1 shortens a single call and costs throughput. @defaultValue 1 */
  readonly intraOpThreads?: number | undefined;
  /**
   * Whether the threads inside a model run wait for their next part in a busy loop; it changes nothing where a run has one thread. It can shorten a
   * single call on idle cores; it costs CPU time, and throughput where anything else wants the cores.
   * @defaultValue false
   */
  readonly intraOpSpinning?: boolean | undefined;
  /** Calls that may wait for a thread; one more fails with `OVERLOADED`. @defaultValue 128 */
  readonly maxQueue?: number | undefined;
  /** `false` runs everything on the calling thread, which blocks its event loop: for scripts and measurements. @defaultValue true */
  readonly worker?: boolean | undefined;
  /** Folder with model files, found by content. @defaultValue the environment variable ISOFACE_MODELS */
  readonly modelsDir?: string | undefined;
  /** Folder for downloaded models. @defaultValue the environment variable ISOFACE_CACHE, or the user's cache folder */
  readonly cacheDir?: string | undefined;
  /** Never touch the network. @defaultValue false */
  readonly offline?: boolean | undefined;
}

/** The options that cross to a worker thread: plain data. */
export type WireEngineOptions = Omit<NodeEngineOptions, 'signal' | 'onProgress' | 'threads' | 'maxQueue' | 'worker'>;

/** Providers in the order in which `auto` tries them. */
const AUTO: readonly NodeExecutionProvider[] = ['cuda', 'webgpu', 'cpu'];
const MAX_DEFAULT_THREADS = 8;
const OPTION_NAMES: ReadonlySet<string> = new Set<keyof NodeEngineOptions>([
  'cacheDir',
  'detectionSize',
  'executionProviders',
  'flipAveraging',
  'intraOpSpinning',
  'intraOpThreads',
  'liveness',
  'maxBytes',
  'maxPixels',
  'maxQueue',
  'modelsDir',
  'offline',
  'onProgress',
  'pack',
  'shrinkToSide',
  'signal',
  'threads',
  'worker',
]);

/** Resolved sizes of the pool. */
export interface PoolSize {
  readonly threads: number;
  readonly maxQueue: number;
}

/**
 * Checks the options that the pool itself uses.
 *
 * @throws {FaceError} `INVALID_OPTION` naming the option.
 */
export function resolvePoolSize({ threads, maxQueue = 128 }: NodeEngineOptions): PoolSize {
  const resolved = threads ?? Math.min(MAX_DEFAULT_THREADS, availableParallelism());
  assertWholeNumber('threads', resolved, 1, 256);
  assertWholeNumber('maxQueue', maxQueue, 0, 1_000_000);
  return { threads: resolved, maxQueue };
}

/** @throws {FaceError} `INVALID_OPTION` for names that are no option and for values that no option takes. */
export function assertNodeEngineOptions(options: NodeEngineOptions): void {
  for (const name of Object.keys(options)) {
    if (!OPTION_NAMES.has(name)) {
      const known = Array.from(OPTION_NAMES).join(', ');
      throw new FaceError('INVALID_OPTION', `Unknown option "${name}"; the options are ${known}.`, { option: name });
    }
  }
  if (options.intraOpThreads !== undefined) assertWholeNumber('intraOpThreads', options.intraOpThreads, 1, 256);
  assertBoolean('intraOpSpinning', options.intraOpSpinning);
  if (options.maxPixels !== undefined) assertWholeNumber('maxPixels', options.maxPixels, 1, Number.MAX_SAFE_INTEGER);
  if (options.maxBytes !== undefined) assertWholeNumber('maxBytes', options.maxBytes, 1, Number.MAX_SAFE_INTEGER);
  resolveProviders(options.executionProviders);
}

/**
 * The providers to try, in order.
 *
 * @throws {FaceError} `INVALID_OPTION` for an unknown name or an empty list.
 */
export function resolveProviders(wanted: NodeEngineOptions['executionProviders'] = 'auto'): readonly NodeExecutionProvider[] {
  if (wanted === 'auto') return AUTO;
  const list = typeof wanted === 'string' ? [wanted] : wanted;
  const unknown = list.find((name) => !AUTO.includes(name));
  if (unknown === undefined && list.length > 0) return list;
  throw new FaceError('INVALID_OPTION', `Expected executionProviders of auto, ${AUTO.join(', ')}, got ${unknown ?? 'an empty list'}.`, {
    option: 'executionProviders',
    value: unknown,
  });
}

function assertBoolean(option: string, value: unknown): void {
  if (value === undefined || typeof value === 'boolean') return;
  throw new FaceError('INVALID_OPTION', `Expected ${option} to be true or false, got ${String(value)}.`, { option, value });
}

function assertWholeNumber(option: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new FaceError('INVALID_OPTION', `Expected ${option} to be a whole number from ${min} to ${max}, got ${value}.`, { option, value });
}
