/**
 * Downloads model files with `fetch`: several addresses in order, retries, resumption, and a hard stop at the promised size.
 * Requests carry no cookies and no referrer, and messages show no query strings, where access tokens live.
 */

import { FaceError, isFaceError, type ModelFile, type Sha256 } from '@isoface/core';
import type { ByteReadOptions, ByteSource } from './byte-source.ts';
import { findContentMismatch } from './content-check.ts';
import { type DownloadBuffer, openDownloadBuffer } from './download-buffer.ts';
import { isModelUrl, shownUrl } from './model-url.ts';
import type { PartialStore } from './partial-store.ts';
import { requestRest, TransferError } from './request-rest.ts';

/** The part of `fetch` that is used. */
export type FetchLike = (url: string, init: RequestInit) => Promise<Response>;

/** Options of {@link createFetchSource}. */
export interface FetchSourceOptions {
  /** Tells a finished download from a wrong one, which is thrown away. */
  readonly sha256: Sha256;
  /** @defaultValue the global `fetch` */
  readonly fetch?: FetchLike | undefined;
  /**
   * Attempts per address after the first, for failures that may pass: a lost connection, a stall, HTTP 408, 425, 429 and 5xx.
   * An attempt that moved the download forward by 64 KiB does not count.
   * @defaultValue 3
   */
  readonly retries?: number | undefined;
  /** Pause before the first retry; each further one is twice as long, up to 8 s. @defaultValue 250 */
  readonly retryDelayMs?: number | undefined;
  /** An attempt ends when no byte comes for this long. @defaultValue 30000 */
  readonly stallTimeoutMs?: number | undefined;
  /** Keeps unfinished downloads. Without it, only retries within one call resume. */
  readonly partials?: PartialStore | undefined;
  /** @defaultValue `download` */
  readonly name?: string | undefined;
}

const LONGEST_RETRY_DELAY_MS = 8000;

/** A server that hangs up all the time is still followed as long as each attempt brings at least this much. */
const WORTHWHILE_PROGRESS_BYTES = 65_536;

interface Download {
  readonly file: ModelFile;
  readonly buffer: DownloadBuffer;
  readonly signal: AbortSignal | undefined;
}

/**
 * Creates a source that downloads from `file.urls`. Files without an address are absent.
 *
 * `read` rejects with the signal's reason when aborted, `DOWNLOAD_FAILED` when no address delivers,
 * and `MODEL_INTEGRITY` when the last address delivers other bytes than promised.
 *
 * @throws {FaceError} `INVALID_OPTION`.
 */
export function createFetchSource(options: FetchSourceOptions): ByteSource {
  const { sha256, fetch = fetchGlobally, partials, name = 'download' } = options;
  const retries = wholeNumberOption('retries', options.retries ?? 3);
  const retryDelayMs = wholeNumberOption('retryDelayMs', options.retryDelayMs ?? 250);
  const stallTimeoutMs = wholeNumberOption('stallTimeoutMs', options.stallTimeoutMs ?? 30_000);

  return {
    name,
    async read(file: ModelFile, { signal, onProgress }: ByteReadOptions = {}): Promise<Uint8Array | undefined> {
      if (file.urls.length === 0) return undefined;
      signal?.throwIfAborted();
      const buffer = await openDownloadBuffer(file, partials, onProgress);
      try {
        return await downloadFromAny({ file, buffer, signal });
      } finally {
        await buffer.close();
      }
    },
  };

  async function downloadFromAny(download: Download): Promise<Uint8Array> {
    const failures: FaceError[] = [];
    for (const url of download.file.urls) {
      try {
        return await downloadVerified(url, download);
      } catch (error) {
        download.signal?.throwIfAborted();
        if (!isFaceError(error, 'DOWNLOAD_FAILED', 'MODEL_INTEGRITY')) throw error;
        failures.push(error);
      }
    }
    throw summarize(download.file, failures);
  }

  /** Downloads from one address. Bytes that turn out wrong may come from an earlier attempt elsewhere, so they get a second, full try. */
  async function downloadVerified(url: string, download: Download): Promise<Uint8Array> {
    const { file, buffer } = download;
    for (;;) {
      const resumed = buffer.length > 0;
      await downloadRest(url, download);
      const bytes = buffer.toBytes();
      const mismatch = await findContentMismatch(file, bytes, sha256);
      if (mismatch === undefined) return bytes;
      await buffer.restart();
      if (resumed) continue;
      const { expected, got } = mismatch;
      throw new FaceError('MODEL_INTEGRITY', `${shownUrl(url)} delivers other bytes: expected ${expected}, got ${got}.`, {
        url: shownUrl(url),
        expected,
        got,
      });
    }
  }

  async function downloadRest(url: string, { file, buffer, signal }: Download): Promise<void> {
    if (!isModelUrl(url)) {
      const expected = 'expected https: without user name and password (http: only for localhost and 127.0.0.1)';
      throw new FaceError('DOWNLOAD_FAILED', `${shownUrl(url)} may not be fetched: ${expected}.`, { url: shownUrl(url) });
    }
    let failed = 0;
    while (buffer.length < file.bytes) {
      const before = buffer.length;
      try {
        await requestRest({ url, file, buffer, fetch, signal, stallTimeoutMs });
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof TransferError)) throw error;
        failed = buffer.length - before >= WORTHWHILE_PROGRESS_BYTES ? 0 : failed + 1;
        if (!error.mayPass || failed > retries) throw downloadFailed(url, file, error);
        await pause(error.retryAfterMs ?? retryDelayMs * 2 ** Math.max(0, failed - 1), signal);
      }
    }
  }
}

function downloadFailed(url: string, file: ModelFile, error: TransferError): FaceError {
  const details = { url: shownUrl(url), status: error.status, file: file.name };
  return new FaceError('DOWNLOAD_FAILED', `${shownUrl(url)}: ${error.message}`, details, { cause: error.cause });
}

function summarize(file: ModelFile, failures: readonly FaceError[]): FaceError {
  const last = failures.at(-1);
  if (failures.length === 1 && last !== undefined) return last;
  const code = failures.every((failure) => failure.code === 'MODEL_INTEGRITY') ? 'MODEL_INTEGRITY' : 'DOWNLOAD_FAILED';
  const lines = failures.map((failure) => failure.message).join('; ');
  const details = { ...last?.details, file: file.name, failures: failures.map((failure) => failure.details) };
  return new FaceError(code, `No address delivered ${file.name}: ${lines}`, details, { cause: last });
}

function wholeNumberOption(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new FaceError('INVALID_OPTION', `Option ${name}: expected a whole number of at least 0, got ${value}.`, { option: name });
}

/** Waits, or rejects with the signal's reason. */
function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      },
      Math.min(milliseconds, LONGEST_RETRY_DELAY_MS),
    );
    signal?.addEventListener('abort', abort, { once: true });
  });
}

function fetchGlobally(url: string, init: RequestInit): Promise<Response> {
  return globalThis.fetch(url, init);
}
