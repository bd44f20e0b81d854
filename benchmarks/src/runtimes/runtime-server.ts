/** A static server for one engine in a browser: uncompressed, from the disk, so that nothing is kept however many pictures there are. */

import { open } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** What is served. */
export interface ServedFiles {
  /** Folders by the first part of the path. */
  readonly folders: Readonly<Record<string, string>>;
  /** Bytes in memory, at `files/<name>`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Absolute paths, at `pictures/<index>`: their own names may hold anything. */
  readonly pictures: readonly string[];
}

/** A running server. */
export interface RuntimeServer {
  readonly origin: string;
  close(): Promise<void>;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.gif': 'image/gif',
};

/** Threads need a page that is isolated from other origins. */
const HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** Serves files on a free port of this machine. */
export async function startRuntimeServer(served: ServedFiles): Promise<RuntimeServer> {
  const server = createServer((request, response) => {
    answer(served, request.url ?? '/', response).catch(() => {
      if (response.headersSent) response.destroy();
      else response.writeHead(404, HEADERS).end();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(served: ServedFiles, url: string, response: ServerResponse): Promise<void> {
  const path = decodeURIComponent(new URL(url, 'http://localhost').pathname).slice(1);
  const [mount = '', ...rest] = path.split('/');
  const headers = (name: string, bytes: number): Record<string, string | number> => ({
    ...HEADERS,
    'content-type': CONTENT_TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream',
    'content-length': bytes,
  });
  if (mount === 'files') {
    const bytes = served.files.get(rest.join('/'));
    if (bytes === undefined) throw new Error(`Nothing is served at ${path}.`);
    response.writeHead(200, headers(path, bytes.byteLength)).end(bytes);
    return;
  }
  const file = locate(served, mount, rest);
  if (file === undefined) throw new Error(`Nothing is served at ${path}.`);
  const handle = await open(file);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Error(`Expected a file at ${path}.`);
    response.writeHead(200, headers(file, stats.size));
    // As long as the header says, should the file be growing.
    if (stats.size === 0) response.end();
    else await pipeline(handle.createReadStream({ end: stats.size - 1, autoClose: false }), response);
  } finally {
    await handle.close();
  }
}

function locate({ folders, pictures }: ServedFiles, mount: string, rest: readonly string[]): string | undefined {
  if (mount === 'pictures') return rest.length === 1 && /^\d+$/.test(rest[0] ?? '') ? pictures[Number(rest[0])] : undefined;
  const folder = Object.hasOwn(folders, mount) ? folders[mount] : undefined;
  if (folder === undefined || rest.some((part) => part === '..' || part === '' || part.includes('\\'))) return undefined;
  return join(folder, rest.join(sep));
}
