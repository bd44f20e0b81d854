/** A static server for one engine in a browser: uncompressed, from the disk, so that nothing is kept however many pictures there are. */

import { open } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { headersOf, type StaticServer, startStaticServer } from '../browser/static-server.ts';

/** What is served. */
export interface ServedFiles {
  /** Folders by the first part of the path. */
  readonly folders: Readonly<Record<string, string>>;
  /** Bytes in memory, at `files/<name>`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Absolute paths, at `pictures/<index>`: their own names may hold anything. */
  readonly pictures: readonly string[];
}

/** Serves files on a free port of this machine. */
export function startRuntimeServer(served: ServedFiles): Promise<StaticServer> {
  return startStaticServer((path, response) => answer(served, path, response));
}

async function answer(served: ServedFiles, path: string, response: ServerResponse): Promise<void> {
  const [mount = '', ...rest] = path.split('/');
  if (mount === 'files') {
    const bytes = served.files.get(rest.join('/'));
    if (bytes === undefined) throw new Error(`Nothing is served at ${path}.`);
    response.writeHead(200, headersOf(path, bytes.byteLength)).end(bytes);
    return;
  }
  const file = locate(served, mount, rest);
  if (file === undefined) throw new Error(`Nothing is served at ${path}.`);
  const handle = await open(file);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Error(`Expected a file at ${path}.`);
    response.writeHead(200, headersOf(file, stats.size));
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
