/** Options of the engine in the browser, and their checks. */

import { type EngineOptions, FaceError, type PackManifest } from '@isoface/core';
import type { ImageLimits } from './images/web-image-decoder.ts';
import type { WebExecutionProvider } from './ort/ort-web-backend.ts';

/** Something that happened to an engine after it was created. */
export type EngineEvent =
  /** A call cannot be answered by the worker that had it: it crashed, or its GPU was lost. A new worker is being started. */
  | { readonly type: 'restart'; readonly reason: string; readonly executionProvider: WebExecutionProvider }
  /** The engine runs again. `engine.info` tells the provider. */
  | { readonly type: 'restarted'; readonly executionProvider: WebExecutionProvider }
  /** No provider starts any more: every further call fails with the reason. */
  | { readonly type: 'failed'; readonly reason: string };

/** Options of `createFaceEngine` in the browser. */
export interface WebEngineOptions extends EngineOptions, ImageLimits {
  /** A pack by name (`starter`, `standard`, …) or a manifest of one's own. @defaultValue 'starter' */
  readonly pack?: string | PackManifest | undefined;
  /**
   * What may run the models. A named provider is strict: if it does not start, creation fails and says what is missing. A list is tried in order.
   * `auto` tries `webgpu` where there is a real GPU, then `wasm`, and reports in `info.warnings` what it passed over and why.
   * @defaultValue 'auto'
   */
  readonly executionProviders?: 'auto' | WebExecutionProvider | readonly WebExecutionProvider[] | undefined;
  /**
   * Threads of the `wasm` provider. More than 1 needs a page that is cross-origin isolated.
   * @defaultValue half the cores, at most 4, where the page is cross-origin isolated; otherwise 1
   */
  readonly threads?: number | undefined;
  /** `false` runs everything in the page, which cannot answer its user meanwhile: for tests and measurements. @defaultValue true */
  readonly worker?: boolean | undefined;
  /** Calls that may wait; one more fails with `OVERLOADED`. @defaultValue 32 */
  readonly maxQueue?: number | undefined;
  /**
   * Where resizing and cutting happen: `gpu` (with WebGPU only) keeps pixels on the GPU from the frame to the embedding.
   * @defaultValue 'gpu' with WebGPU, otherwise 'cpu'
   */
  readonly preprocessing?: 'cpu' | 'gpu' | undefined;
  /**
   * Folder in which the files of this package lie (its `dist`): the worker, ONNX Runtime, the starter models. Needed where the bundler does not
   * emit files named by `new URL(…, import.meta.url)`, and for a content delivery network.
   * @defaultValue beside the module
   */
  readonly assetBase?: string | URL | undefined;
  /** Folder of the site with model files under the names in their manifests, asked before the public addresses. @defaultValue none */
  readonly modelBase?: string | URL | undefined;
  /** Keep models and ONNX Runtime in the browser's Cache API. @defaultValue true */
  readonly cache?: boolean | undefined;
  /** Never fetch anything: everything must be cached. @defaultValue false */
  readonly offline?: boolean | undefined;
  /** Told when the engine has to start anew. What it throws is ignored. */
  readonly onEvent?: ((event: EngineEvent) => void) | undefined;
}

/** The options as a worker gets them: plain data, addresses absolute. */
export type WireEngineOptions = Omit<
  WebEngineOptions,
  'signal' | 'onProgress' | 'onEvent' | 'worker' | 'maxQueue' | 'assetBase' | 'modelBase' | 'executionProviders' | 'threads'
> & {
  readonly assetBase?: string | undefined;
  readonly modelBase?: string | undefined;
};

/** One way to run the models: a try of the list that ends with the first that starts. */
export interface ProviderAttempt {
  readonly executionProvider: WebExecutionProvider;
  readonly threads: number;
  /** Whether a software GPU will do. */
  readonly allowSoftwareGpu: boolean;
}

const OPTION_NAMES: ReadonlySet<string> = new Set<keyof WebEngineOptions>([
  'assetBase',
  'cache',
  'detectionSize',
  'executionProviders',
  'flipAveraging',
  'liveness',
  'maxBytes',
  'maxPixels',
  'maxQueue',
  'modelBase',
  'offline',
  'onEvent',
  'onProgress',
  'pack',
  'preprocessing',
  'shrinkToSide',
  'signal',
  'threads',
  'worker',
]);

/** Options by what `typeof` says of them. */
const OPTION_TYPES = {
  boolean: ['cache', 'flipAveraging', 'offline', 'worker'],
  function: ['onEvent', 'onProgress'],
  number: ['detectionSize', 'shrinkToSide'],
} as const satisfies Record<string, readonly (keyof WebEngineOptions)[]>;

const MAX_DEFAULT_THREADS = 4;

/** @throws {FaceError} `INVALID_OPTION` for names that are no option and for values that no option takes. */
export function assertWebEngineOptions(options: WebEngineOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw new FaceError('INVALID_OPTION', `Expected an object of options, got ${options === null ? 'null' : typeof options}.`);
  }
  for (const name of Object.keys(options)) {
    if (OPTION_NAMES.has(name)) continue;
    throw invalid(name, `Unknown option "${name}"; the options are ${Array.from(OPTION_NAMES).join(', ')}.`);
  }
  for (const [type, names] of Object.entries(OPTION_TYPES)) {
    for (const name of names) {
      const value = options[name];
      if (value === undefined || typeof value === type) continue;
      throw invalid(name, `Expected ${name} to be a ${type}, got ${value === null ? 'null' : typeof value}.`);
    }
  }
  const { threads, maxQueue, maxPixels, maxBytes, preprocessing, pack, signal } = options;
  if (pack !== undefined && typeof pack !== 'string' && (typeof pack !== 'object' || pack === null)) {
    throw invalid('pack', `Expected pack to be a name or a manifest, got ${pack === null ? 'null' : typeof pack}.`);
  }
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function') {
    throw invalid('signal', 'Expected signal to be an AbortSignal, got something else.');
  }
  const providers = toProviders(options.executionProviders);
  if (threads !== undefined) assertWholeNumber('threads', threads, 1, 64);
  if (maxQueue !== undefined) assertWholeNumber('maxQueue', maxQueue, 0, 1_000_000);
  if (maxPixels !== undefined) assertWholeNumber('maxPixels', maxPixels, 1, Number.MAX_SAFE_INTEGER);
  if (maxBytes !== undefined) assertWholeNumber('maxBytes', maxBytes, 1, Number.MAX_SAFE_INTEGER);
  if (preprocessing !== undefined && preprocessing !== 'cpu' && preprocessing !== 'gpu') {
    throw invalid('preprocessing', `Expected preprocessing to be 'cpu' or 'gpu', got ${JSON.stringify(preprocessing)}.`);
  }
  if (preprocessing === 'gpu' && !providers.includes('webgpu')) {
    throw invalid('preprocessing', "Expected the provider webgpu with preprocessing: 'gpu', got wasm alone.");
  }
  if ((threads ?? 1) > 1 && !isIsolated()) {
    throw invalid(
      'threads',
      `Expected a cross-origin isolated page for ${threads} threads (headers COOP and COEP), got one that is not; leave threads out.`,
    );
  }
  toWireOptions(options);
}

/** The ways to try, in order. */
export function listAttempts({ executionProviders, threads }: WebEngineOptions): readonly ProviderAttempt[] {
  const providers = toProviders(executionProviders);
  const isAuto = (executionProviders ?? 'auto') === 'auto';
  return providers.flatMap((executionProvider): ProviderAttempt[] => {
    const allowSoftwareGpu = !isAuto;
    if (executionProvider === 'webgpu') return [{ executionProvider, threads: 1, allowSoftwareGpu }];
    const wanted = threads ?? defaultThreads();
    const attempt = { executionProvider, threads: wanted, allowSoftwareGpu };
    // Some browsers announce threads that do not start; without an explicit wish one thread will do.
    return threads === undefined && wanted > 1 ? [attempt, { ...attempt, threads: 1 }] : [attempt];
  });
}

/**
 * The options that cross to a worker.
 *
 * @throws {FaceError} `INVALID_OPTION` for an address that is none.
 */
export function toWireOptions(options: WebEngineOptions): WireEngineOptions {
  const { signal, onProgress, onEvent, worker, maxQueue, assetBase, modelBase, executionProviders, threads, ...wire } = options;
  return { ...wire, assetBase: toFolderUrl('assetBase', assetBase), modelBase: toFolderUrl('modelBase', modelBase) };
}

function toProviders(wanted: WebEngineOptions['executionProviders'] = 'auto'): readonly WebExecutionProvider[] {
  if (wanted === 'auto') return ['webgpu', 'wasm'];
  const providers = typeof wanted === 'string' ? [wanted] : wanted;
  if (Array.isArray(providers) && providers.length > 0 && providers.every((provider) => provider === 'wasm' || provider === 'webgpu'))
    return providers;
  throw invalid(
    'executionProviders',
    `Expected executionProviders to be 'auto', 'webgpu', 'wasm' or a list of the two, got ${JSON.stringify(wanted)}.`,
  );
}

function defaultThreads(): number {
  if (!isIsolated()) return 1;
  return Math.max(1, Math.min(MAX_DEFAULT_THREADS, Math.ceil((globalThis.navigator?.hardwareConcurrency ?? 1) / 2)));
}

function isIsolated(): boolean {
  return globalThis.crossOriginIsolated === true;
}

/** An absolute address that ends with a slash, so that names can be put behind it. */
function toFolderUrl(option: string, folder: string | URL | undefined): string | undefined {
  if (folder === undefined) return undefined;
  try {
    const url = new URL(folder, globalThis.location?.href);
    if (!url.pathname.endsWith('/')) url.pathname += '/';
    return url.href;
  } catch {
    throw invalid(option, `Expected ${option} to be the address of a folder, got ${JSON.stringify(String(folder))}.`);
  }
}

function assertWholeNumber(option: string, value: unknown, min: number, max: number): void {
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return;
  throw invalid(option, `Expected ${option} to be a whole number from ${min} to ${max}, got ${String(value)}.`);
}

function invalid(option: string, message: string): FaceError {
  return new FaceError('INVALID_OPTION', message, { option });
}
