/**
 * The chain of places that model bytes come from. Every byte is checked against the manifest here, whoever delivered it:
 * a wrong file is skipped with a warning, and the next place is asked.
 */

import {
  FaceError,
  type ImportFormat,
  isFaceError,
  type LoadableModel,
  type LoadModelOptions,
  type ModelFile,
  type ModelProgress,
  type ModelSource,
  type Sha256,
} from '@isoface/core';
import type { ByteSource, WritableByteSource } from './byte-source.ts';
import { type ContentMismatch, findContentMismatch } from './content-check.ts';
import { createSharedTasks } from './shared-tasks.ts';

/** Something that went wrong without stopping the load. */
export interface ModelSourceWarning {
  /**
   * `SOURCE_SKIPPED`: a place had wrong bytes or could not be read, and the next was asked.
   * `CACHE_NOT_WRITTEN`: the bytes are usable but will have to be fetched again next time.
   */
  readonly code: 'SOURCE_SKIPPED' | 'CACHE_NOT_WRITTEN';
  /** Id of the model. */
  readonly model: string;
  readonly message: string;
  readonly cause?: unknown;
}

/** Turns the files of another format into ONNX bytes. */
export type ImportModel = (format: ImportFormat, files: readonly Uint8Array[]) => Uint8Array | Promise<Uint8Array>;

/** Options of {@link createModelSource}. */
export interface ModelSourceOptions {
  /** Places to ask, in this order. */
  readonly sources: readonly ByteSource[];
  /** Keeps imported models and what sources behind it in `sources` delivered. It has to be one of `sources`. */
  readonly cache?: WritableByteSource | undefined;
  readonly sha256: Sha256;
  /** Without it, models with `importFrom` load only where their ONNX file is found. */
  readonly importModel?: ImportModel | undefined;
  /** What to do, by the code of the error: the last sentence of its message. @defaultValue advice for Node and the command line */
  readonly advice?: Partial<typeof ADVICE> | undefined;
  /** Called with each warning; what it throws is ignored. */
  readonly onWarning?: ((warning: ModelSourceWarning) => void) | undefined;
}

/** One place that was asked for one file, and what came of it. Part of `details.attempts` of errors. */
export interface LoadAttempt {
  readonly file: string;
  readonly source: string;
  readonly location?: string | undefined;
  readonly outcome: 'absent' | 'mismatch' | 'failed';
  readonly expected?: string | undefined;
  readonly got?: string | undefined;
  /** Code and message of the error, when the outcome is `failed`. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

interface Search {
  readonly model: LoadableModel;
  readonly signal: AbortSignal;
  readonly attempts: LoadAttempt[];
  readonly causes: unknown[];
  readonly report: (source: string, loadedBytes: number) => void;
}

/**
 * Creates a model source over a chain of byte sources. Loads of the same model that overlap share one search, and each caller gets its own bytes.
 * A corrupt entry of the cache is removed.
 *
 * @throws {FaceError} `INVALID_OPTION` if `sources` is empty or lacks the cache.
 * @example
 * const source = createModelSource({ sources: [createFetchSource({ sha256 })], sha256 });
 * const bytes = await source.load(starterPack.detector, { signal });
 */
export function createModelSource(options: ModelSourceOptions): ModelSource {
  const { sources, cache, sha256, importModel } = options;
  const advice = { ...ADVICE, ...options.advice };
  if (sources.length === 0) throw new FaceError('INVALID_OPTION', 'Option sources: expected at least one source, got none.');
  if (cache !== undefined && !sources.includes(cache)) {
    throw new FaceError(
      'INVALID_OPTION',
      'Option cache: expected one of the sources, got another; add it to sources, or it would never be read.',
    );
  }
  const firstKept = cache === undefined ? sources.length : sources.indexOf(cache) + 1;
  const runShared = createSharedTasks<ModelProgress, Uint8Array>();

  return {
    async load(model: LoadableModel, { signal, onProgress }: LoadModelOptions = {}): Promise<Uint8Array> {
      const key = `${model.id} ${model.file.sha256}`;
      const bytes = await runShared(key, { signal, onEvent: onProgress }, (shared, emit) => loadModel(model, shared, emit));
      // A copy for each caller: one may transfer its buffer to a worker while another still reads.
      return bytes.slice();
    },
  };

  async function loadModel(model: LoadableModel, signal: AbortSignal, emit: (event: ModelProgress) => void): Promise<Uint8Array> {
    const attempts: LoadAttempt[] = [];
    const causes: unknown[] = [];
    const search = { model, signal, attempts, causes, report: createReporter(model.id, model.file.bytes, emit) };
    const found = await find(model.file, search, true);
    if (found !== undefined) return found;
    if (model.importFrom === undefined || importModel === undefined) throw nothingGood(search, advice);
    return importFiles(search, model.importFrom, importModel, emit);
  }

  async function importFiles(
    search: Search,
    importFrom: NonNullable<LoadableModel['importFrom']>,
    convert: ImportModel,
    emit: (event: ModelProgress) => void,
  ): Promise<Uint8Array> {
    const { model, signal } = search;
    const sourceBytes = importFrom.files.reduce((sum, file) => sum + file.bytes, 0);
    const report = createReporter(model.id, sourceBytes + model.file.bytes, emit);
    const parts: Uint8Array[] = [];
    let before = 0;
    for (const file of importFrom.files) {
      const offset = before;
      const part = await find(file, { ...search, report: (source, loadedBytes) => report(source, offset + loadedBytes) }, false);
      if (part === undefined) throw nothingGood(search, advice);
      parts.push(part);
      before += file.bytes;
    }
    const bytes = await convert(importFrom.format, parts);
    signal.throwIfAborted();
    const mismatch = await findContentMismatch(model.file, bytes, sha256);
    if (mismatch !== undefined) throw otherImport(model, importFrom.format, mismatch);
    await keep(model.file, bytes, model.id);
    report('import', sourceBytes + model.file.bytes);
    return bytes;
  }

  /** Asks every source for a file, in order. */
  async function find(file: ModelFile, search: Search, keepFound: boolean): Promise<Uint8Array | undefined> {
    for (const [index, source] of sources.entries()) {
      search.signal.throwIfAborted();
      const bytes = await readVerified(source, file, search);
      if (bytes === undefined) continue;
      search.report(source.name, file.bytes);
      if (keepFound && index >= firstKept) await keep(file, bytes, search.model.id);
      return bytes;
    }
    return undefined;
  }

  async function readVerified(source: ByteSource, file: ModelFile, search: Search): Promise<Uint8Array | undefined> {
    const { attempts, causes, signal } = search;
    const place = { file: file.name, source: source.name, location: source.location };
    let bytes: Uint8Array | undefined;
    try {
      bytes = await source.read(file, { signal, onProgress: (loadedBytes) => search.report(source.name, loadedBytes) });
    } catch (error) {
      signal.throwIfAborted();
      const attempt: LoadAttempt = {
        ...place,
        outcome: 'failed',
        code: isFaceError(error) ? error.code : undefined,
        message: messageOf(error),
      };
      attempts.push(attempt);
      causes.push(error);
      warnSkipped(search.model, attempt, error);
      return undefined;
    }
    signal.throwIfAborted();
    if (bytes === undefined) {
      attempts.push({ ...place, outcome: 'absent' });
      return undefined;
    }
    const mismatch = await findContentMismatch(file, bytes, sha256);
    if (mismatch === undefined) return bytes;
    const attempt: LoadAttempt = { ...place, outcome: 'mismatch', ...mismatch };
    attempts.push(attempt);
    warnSkipped(search.model, attempt);
    if (source === cache) await cache.remove(file).catch((cause: unknown) => warnSkipped(search.model, attempt, cause));
    return undefined;
  }

  async function keep(file: ModelFile, bytes: Uint8Array, model: string): Promise<void> {
    try {
      await cache?.write(file, bytes);
    } catch (cause) {
      const message = `${file.name} could not be kept in the cache and will be fetched again next time: ${messageOf(cause)}`;
      warn({ code: 'CACHE_NOT_WRITTEN', model, message, cause });
    }
  }

  function warnSkipped(model: LoadableModel, attempt: LoadAttempt, cause?: unknown): void {
    warn({ code: 'SOURCE_SKIPPED', model: model.id, message: `Skipped ${describe(attempt)}`, cause });
  }

  function warn(warning: ModelSourceWarning): void {
    try {
      options.onWarning?.(warning);
    } catch {
      // A listener that throws does not break the load.
    }
  }
}

/** Progress events that only grow, whatever the sources report. */
function createReporter(model: string, totalBytes: number, emit: (event: ModelProgress) => void): Search['report'] {
  let last = 0;
  return (source, loadedBytes) => {
    const loaded = Math.min(loadedBytes, totalBytes);
    if (loaded <= last) return;
    last = loaded;
    emit({ phase: 'load', model, source, loadedBytes: loaded, totalBytes });
  };
}

/** The error for a search that ended with nothing: wrong bytes weigh more than a failed download, and that more than absence. */
function nothingGood({ model, attempts, causes }: Search, advice: typeof ADVICE): FaceError {
  const code = codeOf(attempts);
  const opening = {
    MODEL_INTEGRITY: `Only wrong bytes were found for model ${model.id}`,
    DOWNLOAD_FAILED: `Model ${model.id} could not be downloaded`,
    MODEL_NOT_FOUND: `Model ${model.id} was not found`,
  }[code];
  const places = attempts.map((attempt) => `  ${describe(attempt)}`).join('\n');
  const details = { model: model.id, attempts };
  return new FaceError(
    code,
    `${opening}. Places tried:\n${places}\n${advice[code]}`,
    details,
    causes.length > 0 ? { cause: causes.at(-1) } : undefined,
  );
}

/** The error for good source files from which the importer made something else than promised. */
function otherImport({ id, file }: LoadableModel, format: ImportFormat, { expected, got }: ContentMismatch): FaceError {
  const message = `Importing model ${id} from ${format} gave other bytes than its manifest promises: expected ${expected}, got ${got}.`;
  const advice = 'Install @isoface/models and @isoface/model-tools in the same version.';
  return new FaceError('MODEL_INTEGRITY', `${message} ${advice}`, { model: id, file: file.name, expected, got });
}

const ADVICE: Readonly<Record<'MODEL_INTEGRITY' | 'DOWNLOAD_FAILED' | 'MODEL_NOT_FOUND', string>> = {
  MODEL_INTEGRITY: 'Delete or replace the files named above, then run `isoface models pull`.',
  DOWNLOAD_FAILED: 'Check the network and try again, or set ISOFACE_MODELS to a folder that holds the file under any name.',
  MODEL_NOT_FOUND: 'Run `isoface models pull` with a network, or set ISOFACE_MODELS to a folder that holds the file under any name.',
};

function codeOf(attempts: readonly LoadAttempt[]): keyof typeof ADVICE {
  if (attempts.some(({ outcome, code }) => outcome === 'mismatch' || code === 'MODEL_INTEGRITY')) return 'MODEL_INTEGRITY';
  return attempts.some(({ code }) => code === 'DOWNLOAD_FAILED') ? 'DOWNLOAD_FAILED' : 'MODEL_NOT_FOUND';
}

function describe(attempt: LoadAttempt): string {
  const place = attempt.location === undefined ? attempt.source : `${attempt.source} (${attempt.location})`;
  if (attempt.outcome === 'absent') return `${attempt.file} in ${place}: not there`;
  if (attempt.outcome === 'failed') return `${attempt.file} in ${place}: ${attempt.message}`;
  return `${attempt.file} in ${place}: expected ${attempt.expected}, got ${attempt.got}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
