/** A static server for one contender: compresses as a web host does, and counts what it sends. */

import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { headersOf, type StaticServer, startStaticServer } from './static-server.ts';

/** Where the files under a path prefix come from: a folder, or bytes in memory by file name. */
export type Mount = string | ReadonlyMap<string, Uint8Array>;

/** One file that was sent. */
export interface SentFile {
  readonly path: string;
  /** Bytes of the file. */
  readonly raw: number;
  /** Bytes of the body as it was sent, compressed. */
  readonly gzip: number;
}

/** A running server. */
export interface AssetServer extends StaticServer {
  /** Files sent since the last `reset`, those that workers fetched included. */
  readonly sent: readonly SentFile[];
  reset(): void;
}

const compress = promisify(gzip);

/**
 * Serves `mounts` on a free port of this machine. A file is compressed once (gzip, level 6) and kept, so that compressing is in no later
 * measurement.
 *
 * @param mounts - By path prefix without slashes, e.g. `lib`.
 */
export async function startAssetServer(mounts: Readonly<Record<string, Mount>>): Promise<AssetServer> {
  const bodies = new Map<string, Promise<SentFile & { readonly body: Buffer }>>();
  const sent: SentFile[] = [];
  const load = (path: string): Promise<SentFile & { readonly body: Buffer }> => {
    const known = bodies.get(path);
    if (known !== undefined) return known;
    const loading = (async () => {
      const bytes = await readMounted(mounts, path);
      // Photos are compressed already; no host compresses them again.
      const body = isPhoto(path) ? Buffer.from(bytes) : await compress(bytes, { level: 6 });
      return { path, raw: bytes.byteLength, gzip: body.byteLength, body };
    })();
    bodies.set(path, loading);
    return loading;
  };
  const answer = async (path: string, response: ServerResponse): Promise<void> => {
    const { body, raw } = await load(path);
    response.writeHead(200, { ...headersOf(path, body.byteLength), ...(isPhoto(path) ? {} : { 'content-encoding': 'gzip' }) });
    sent.push({ path, raw, gzip: body.byteLength });
    response.end(body);
  };
  const server = await startStaticServer(async (path, response) => {
    try {
      await answer(path, response);
    } catch (error) {
      bodies.delete(path);
      throw error;
    }
  });
  return { ...server, sent, reset: () => void sent.splice(0) };
}

async function readMounted(mounts: Readonly<Record<string, Mount>>, path: string): Promise<Uint8Array> {
  const slash = path.indexOf('/');
  const mount = mounts[path.slice(0, slash)];
  const rest = path.slice(slash + 1);
  if (mount === undefined || rest.split('/').includes('..')) throw new Error(`Nothing is served at ${path}.`);
  if (typeof mount === 'string') return readFile(join(mount, rest.split('/').join(sep)));
  const bytes = mount.get(rest);
  if (bytes === undefined) throw new Error(`Nothing is served at ${path}.`);
  return bytes;
}

function isPhoto(path: string): boolean {
  return path.endsWith('.jpg') || path.endsWith('.png');
}
