/** One HTTP request for the bytes of a file that are still missing. */

import type { ModelFile } from '@isoface/core';
import type { DownloadBuffer } from './download-buffer.ts';

/** Why one request did not deliver. */
export class TransferError extends Error {
  override readonly name = 'TransferError';
  /** Whether the same request may succeed later. */
  readonly mayPass: boolean;
  readonly status: number | undefined;
  /** How long the server asks to wait. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, facts: { mayPass: boolean; status?: number; retryAfterMs?: number | undefined; cause?: unknown }) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.mayPass = facts.mayPass;
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** What one request needs. */
export interface RestRequest {
  readonly url: string;
  readonly file: ModelFile;
  /** Receives the bytes; its length says where to go on. */
  readonly buffer: DownloadBuffer;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly signal: AbortSignal | undefined;
  readonly stallTimeoutMs: number;
}

/**
 * Fetches from `buffer.length` to the end of the file and appends what comes. A server that ignores the range makes the buffer start over.
 *
 * @throws {TransferError} for everything but an abort.
 */
export async function requestRest(request: RestRequest): Promise<void> {
  const { file, buffer } = request;
  const watch = watchForStall(request.signal, request.stallTimeoutMs);
  try {
    const response = await send(request, watch.signal);
    await checkResponse(response, file, buffer);
    await receive(response, file, buffer, watch.touch);
  } catch (error) {
    request.signal?.throwIfAborted();
    if (watch.stalled()) {
      throw new TransferError(`no byte came for ${request.stallTimeoutMs} ms, ${buffer.length} of ${file.bytes} bytes are here`, {
        mayPass: true,
      });
    }
    throw error;
  } finally {
    watch.end();
  }
}

async function send({ url, buffer, fetch }: RestRequest, signal: AbortSignal): Promise<Response> {
  // Compression on the way would make ranges and lengths count other bytes than the file's.
  const identity = { 'Accept-Encoding': 'identity' };
  const headers = buffer.length === 0 ? identity : { ...identity, Range: `bytes=${buffer.length}-` };
  try {
    return await fetch(url, { headers, signal, credentials: 'omit', referrerPolicy: 'no-referrer' });
  } catch (cause) {
    throw new TransferError(`the server could not be reached (${reasonOf(cause)})`, { mayPass: true, cause });
  }
}

async function checkResponse(response: Response, file: ModelFile, buffer: DownloadBuffer): Promise<void> {
  const { status, headers } = response;
  if (status === 416 && buffer.length > 0) {
    await buffer.restart();
    throw new TransferError('the server refuses to resume (HTTP 416)', { mayPass: true, status });
  }
  if (status !== 200 && status !== 206) {
    const mayPass = status >= 500 || [408, 425, 429].includes(status);
    throw new TransferError(`HTTP ${status}${status === 404 ? ', there is no such file' : ''}`, {
      mayPass,
      status,
      retryAfterMs: retryAfterOf(headers),
    });
  }
  if (headers.get('content-type')?.toLowerCase().includes('text/html') === true) throw notAModel('an HTML page', status);
  if (status === 206) await checkRange(headers.get('content-range'), file, buffer);
  else await checkWhole(headers, file, buffer);
}

async function checkRange(contentRange: string | null, file: ModelFile, buffer: DownloadBuffer): Promise<void> {
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(contentRange ?? '') ?? [];
  if (total !== undefined && total !== '*' && Number(total) !== file.bytes) throw wrongSize(file, total, 206);
  if (buffer.length > 0 && Number(start) === buffer.length) return;
  if (buffer.length === 0 && (start === undefined || Number(start) === 0)) return;
  const wanted = `bytes ${buffer.length}-${file.bytes - 1}/${file.bytes}`;
  await buffer.restart();
  throw new TransferError(`expected Content-Range ${wanted}, got ${contentRange === null ? 'none' : JSON.stringify(contentRange)}`, {
    mayPass: true,
    status: 206,
  });
}

async function checkWhole(headers: Headers, file: ModelFile, buffer: DownloadBuffer): Promise<void> {
  const announced = headers.get('content-length');
  const encoding = headers.get('content-encoding') ?? 'identity';
  if (announced !== null && encoding === 'identity' && Number(announced) !== file.bytes) throw wrongSize(file, announced, 200);
  if (buffer.length > 0) await buffer.restart();
}

async function receive(response: Response, file: ModelFile, buffer: DownloadBuffer, touch: () => void): Promise<void> {
  const { status, body } = response;
  const reader = body?.getReader();
  while (reader !== undefined) {
    let step: Awaited<ReturnType<typeof reader.read>>;
    try {
      step = await reader.read();
    } catch (cause) {
      throw new TransferError(`the connection was lost after ${buffer.length} of ${file.bytes} bytes (${reasonOf(cause)})`, {
        mayPass: true,
        status,
        cause,
      });
    }
    touch();
    if (step.done) break;
    if (buffer.length + step.value.length > file.bytes) {
      await buffer.restart();
      throw wrongSize(file, `more than ${file.bytes}`, status);
    }
    if (buffer.length === 0) refuseText(step.value, status);
    await buffer.append(step.value);
  }
  if (buffer.length < file.bytes) {
    throw new TransferError(`the body ended after ${buffer.length} of ${file.bytes} bytes`, { mayPass: true, status });
  }
}

/** Pages and pointers that servers send in place of a file, recognised by how they begin. */
function refuseText(chunk: Uint8Array, status: number): void {
  const beginning = new TextDecoder().decode(chunk.subarray(0, 256)).trimStart().toLowerCase();
  if (beginning.startsWith('<!doctype html') || beginning.startsWith('<html')) throw notAModel('an HTML page', status);
  if (beginning.startsWith('version https://git-lfs')) throw notAModel('a Git LFS pointer', status);
}

function notAModel(what: string, status: number): TransferError {
  return new TransferError(`expected a model, got ${what} (HTTP ${status})`, { mayPass: false, status });
}

function wrongSize(file: ModelFile, got: string, status: number): TransferError {
  return new TransferError(`expected ${file.bytes} bytes, got ${got}`, { mayPass: false, status });
}

function retryAfterOf(headers: Headers): number | undefined {
  const seconds = headers.get('retry-after');
  return seconds !== null && /^\d{1,4}$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}

/** The code of a network error, e.g. `ECONNREFUSED`. Foreign messages are left out, for they may quote the whole URL. */
function reasonOf(error: unknown): string {
  for (let cause = error; typeof cause === 'object' && cause !== null; cause = (cause as { cause?: unknown }).cause) {
    const { code } = cause as { code?: unknown };
    if (typeof code === 'string') return code;
  }
  return error instanceof Error ? error.name : 'unknown reason';
}

interface StallWatch {
  /** Aborts with the caller's signal, on a stall, and at the end, so that no connection outlives the request. */
  readonly signal: AbortSignal;
  /** Says that a byte came. */
  touch(): void;
  stalled(): boolean;
  end(): void;
}

/** Watches that `touch` is called at least every `timeoutMs`; 0 watches nothing. */
function watchForStall(signal: AbortSignal | undefined, timeoutMs: number): StallWatch {
  const controller = new AbortController();
  const follow = (): void => controller.abort(signal?.reason);
  let timedOut = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const touch = (): void => {
    clearTimeout(timer);
    if (timeoutMs === 0) return;
    timer = setTimeout(() => {
      timedOut = true;
      controller.abort();
    }, timeoutMs);
  };
  signal?.addEventListener('abort', follow, { once: true });
  if (signal?.aborted === true) follow();
  touch();
  return {
    signal: controller.signal,
    touch,
    stalled: () => timedOut,
    end(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', follow);
      controller.abort();
    },
  };
}
