/** The model cache, file by file: names are digests, so every file says what it should hold. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of the cache. */
export interface CacheFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly isIntact: boolean;
}

/** What {@link scanCache} finds. */
export interface CacheScan {
  readonly files: readonly CacheFile[];
  /** Unfinished downloads; the next pull goes on with them. */
  readonly unfinished: readonly string[];
}

/** Hashes every file of the cache. A cache that does not exist yet is empty. */
export async function scanCache(directory: string, signal: AbortSignal): Promise<CacheScan> {
  const files: CacheFile[] = [];
  const unfinished: string[] = [];
  for (const folder of (await readdir(directory).catch(() => [])).sort()) {
    if (!/^[0-9a-f]{2}$/.test(folder)) continue;
    for (const name of (await readdir(join(directory, folder)).catch(() => [])).sort()) {
      const path = join(directory, folder, name);
      if (/^[0-9a-f]{64}$/.test(name)) files.push(await checkFile(path, name, signal));
      else if (/^[0-9a-f]{64}\.part(\.|$)/.test(name)) unfinished.push(path);
    }
  }
  return { files, unfinished };
}

async function checkFile(path: string, sha256: string, signal: AbortSignal): Promise<CacheFile> {
  try {
    const { size } = await stat(path);
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Buffer);
    return { path, sha256, bytes: size, isIntact: hash.digest('hex') === sha256 };
  } catch {
    signal.throwIfAborted();
    return { path, sha256, bytes: 0, isIntact: false };
  }
}
