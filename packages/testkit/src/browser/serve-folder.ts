/** A static server on this machine, which can also fail in the ways in which servers fail. */

import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { lookup } from 'mrmime';

/** How the answer for one path differs from the file; everything that is left out stays right. */
export interface Override {
  /** Status instead of 200. Without a `body` of its own, an error status answers with its number. */
  readonly status?: number | undefined;
  /** Content instead of the file's; the file need not exist. */
  readonly body?: string | Uint8Array | undefined;
  readonly contentType?: string | undefined;
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Flips all bits of the byte at this offset of the whole content. */
  readonly tamperAt?: number | undefined;
  /** Drops the connection after this many bytes of the body, although more were announced. */
  readonly cutAfter?: number | undefined;
  /** Sends this many bytes of the body and then nothing more, with the connection open. */
  readonly stallAfter?: number | undefined;
}

/** What to serve and how. */
export interface ServeOptions {
  /** Folder behind `/`. */
  readonly root?: string | undefined;
  /** Further folders by the prefix of the path, as `/models/`; the longest prefix that fits is taken. */
  readonly routes?: Readonly<Record<string, string>> | undefined;
  /** Headers of every answer. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Sends what a page needs for `crossOriginIsolated`, and so for threads. @defaultValue false */
  readonly crossOriginIsolated?: boolean | undefined;
  /** Content-Security-Policy of every answer. @defaultValue undefined: none */
  readonly csp?: string | undefined;
  /** By path, as `/model.onnx`. */
  readonly overrides?: Readonly<Record<string, Override>> | undefined;
}

/** A request that was answered, or is being answered. */
export interface ServedRequest {
  readonly method: string;
  /** Path with the query. */
  readonly url: string;
  /** The `Range` header, if any. */
  readonly range: string | undefined;
  readonly status: number;
}

/** A running server. */
export interface FolderServer {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly origin: string;
  /** In the order of arrival, since the start. */
  readonly requests: readonly ServedRequest[];
  /** Changes the answer for a path from now on; `undefined` makes it right again. */
  override(path: string, override: Override | undefined): void;
  /** Ends it and every open connection. */
  close(): Promise<void>;
}

/** The content behind a path: bytes in memory, or a file of `size` bytes. */
type Content = { readonly bytes: Uint8Array; readonly size: number } | { readonly file: string; readonly size: number };

/** Serves folders on 127.0.0.1, on a port of the system's choice. */
export async function serveFolder(options: ServeOptions): Promise<FolderServer> {
  const { root, routes = {}, crossOriginIsolated = false, csp } = options;
  const folders = Object.entries(root === undefined ? routes : { '/': root, ...routes }).sort(([a], [b]) => b.length - a.length);
  const overrides = new Map(Object.entries(options.overrides ?? {}));
  const requests: ServedRequest[] = [];
  const headers: Record<string, string> = {
    'cache-control': 'no-cache',
    'accept-ranges': 'bytes',
    ...(crossOriginIsolated ? ISOLATION : {}),
    ...(csp === undefined ? {} : { 'content-security-policy': csp }),
    ...options.headers,
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/' } = request;
    const { range } = request.headers;
    const path = asFilePath(new URL(url, 'http://127.0.0.1').pathname);
    const override = overrides.get(path) ?? {};
    const reply = await composeReply({ method, path, range }, await findContent(path, folders, override), override);
    requests.push({ method, url, range, status: reply.status });
    response.writeHead(reply.status, { ...headers, ...reply.headers, ...override.headers });
    await sendBody(response, method === 'HEAD' ? undefined : reply, override);
  };

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((done, fail) => server.once('error', fail).listen(0, '127.0.0.1', done));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    override(path, override) {
      if (override === undefined) overrides.delete(path);
      else overrides.set(path, override);
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

const ISOLATION = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
};

interface Reply {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly content: Content;
  /** First byte and the one after the last. */
  readonly start: number;
  readonly end: number;
}

/** `/` means `/index.html`, in folders too. */
function asFilePath(pathname: string): string {
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    path = pathname;
  }
  return path.endsWith('/') ? `${path}index.html` : path;
}

async function findContent(
  path: string,
  folders: readonly (readonly [string, string])[],
  { body, status = 200, tamperAt }: Override,
): Promise<Content | undefined> {
  const replacement = body ?? (status >= 400 ? `${status}\n` : undefined);
  const content = replacement === undefined ? await findFile(path, folders) : asContent(Buffer.from(replacement));
  if (content === undefined || tamperAt === undefined) return content;
  const bytes = 'file' in content ? await readFile(content.file) : Buffer.from(content.bytes);
  bytes[tamperAt] = (bytes[tamperAt] ?? 0) ^ 255;
  return asContent(bytes);
}

async function findFile(path: string, folders: readonly (readonly [string, string])[]): Promise<Content | undefined> {
  const [prefix, folder] = folders.find(([start]) => path.startsWith(start)) ?? [];
  if (prefix === undefined || folder === undefined || path.includes('\0')) return undefined;
  const file = join(folder, path.slice(prefix.length));
  const below = relative(resolve(folder), resolve(file));
  if (below.startsWith('..') || isAbsolute(below)) return undefined;
  const stats = await stat(file).catch(() => undefined);
  return stats?.isFile() ? { file, size: stats.size } : undefined;
}

const asContent = (bytes: Uint8Array): Content => ({ bytes, size: bytes.length });

function composeReply(
  { method, path, range }: { readonly method: string; readonly path: string; readonly range: string | undefined },
  content: Content | undefined,
  override: Override,
): Reply {
  if (method !== 'GET' && method !== 'HEAD') return refusal(405, { allow: 'GET, HEAD' });
  if (content === undefined) return refusal(404);
  const type = override.contentType ?? typeOf(path);
  const { size } = content;
  const asked = override.status === undefined ? parseRange(range, size) : undefined;
  if (asked === 'unsatisfiable') return refusal(416, { 'content-range': `bytes */${size}` });
  const { start, end } = asked ?? { start: 0, end: size };
  const partial = asked === undefined ? {} : { 'content-range': `bytes ${start}-${end - 1}/${size}` };
  const status = override.status ?? (asked === undefined ? 200 : 206);
  return { status, headers: { 'content-type': type, 'content-length': end - start, ...partial }, content, start, end };
}

function refusal(status: number, headers: OutgoingHttpHeaders = {}): Reply {
  const bytes = Buffer.from(`${status}\n`);
  const all = { 'content-type': 'text/plain; charset=utf-8', 'content-length': bytes.length, ...headers };
  return { status, headers: all, content: asContent(bytes), start: 0, end: bytes.length };
}

/** Models have no registered type. */
function typeOf(path: string): string {
  const type = lookup(path) ?? 'application/octet-stream';
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type;
}

/** One range, as browsers and the model source ask for it; several ranges are answered with the whole, as the standard allows. */
function parseRange(header: string | undefined, size: number): { start: number; end: number } | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '') return Number(last) === 0 ? 'unsatisfiable' : { start: Math.max(0, size - Number(last)), end: size };
  const [start, end] = [Number(first), last === '' ? size : Math.min(size, Number(last) + 1)];
  if (last !== '' && Number(last) < start) return undefined;
  return start >= size ? 'unsatisfiable' : { start, end };
}

async function sendBody(response: ServerResponse, reply: Reply | undefined, { cutAfter, stallAfter }: Override): Promise<void> {
  if (reply === undefined) {
    response.end();
    return;
  }
  const limit = cutAfter ?? stallAfter;
  const end = limit === undefined ? reply.end : Math.min(reply.end, reply.start + limit);
  // Headers go out even when no byte of the body follows.
  response.flushHeaders();
  for await (const chunk of readContent(reply.content, reply.start, end)) {
    await new Promise<void>((done) => response.write(chunk, () => done()));
    if (response.destroyed) return;
  }
  if (cutAfter !== undefined) response.destroy();
  else if (stallAfter === undefined) response.end();
}

async function* readContent(content: Content, start: number, end: number): AsyncGenerator<Uint8Array> {
  if (start >= end) return;
  if ('bytes' in content) yield content.bytes.subarray(start, end);
  else yield* createReadStream(content.file, { start, end: end - 1 });
}
