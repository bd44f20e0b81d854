/** A new gallery file, written beside the old one and put in its place when it is complete. */

import { randomBytes } from 'node:crypto';
import { type FileHandle, link, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { encodeFrame, type GalleryHeader, identityTwice, type StoredIdentity } from '@isoface/core/gallery';
import { errnoOf } from '../models/io-failed.ts';
import { eraseFile, readFully, syncDirectory, writeFully } from './file-store-bytes.ts';
import { nativeCrc32 } from './file-store-checksum.ts';
import { type FileContents, toContents } from './file-store-contents.ts';
import { galleryFileFailed } from './file-store-errors.ts';
import { createIdentityTable } from './file-store-table.ts';

/** New galleries are nobody else's business. */
const NEW_FILE_MODE = 0o600;
/** Bytes that are written at once. */
const BUFFER_BYTES = 1024 * 1024;

/**
 * Writes a complete file beside `path`.
 *
 * @throws {FaceError} `IDENTITY_EXISTS`, `STORAGE_FULL`, `IO_FAILED`, and whatever the identities throw; nothing is left behind then.
 */
export async function writeNewFile(
  path: string,
  header: GalleryHeader,
  identities: AsyncIterable<StoredIdentity> | Iterable<StoredIdentity>,
  old: FileHandle | undefined,
): Promise<{ readonly contents: FileContents; readonly temporary: string }> {
  const temporary = besides(path, 'temp');
  const handle = await attempt('create a file for the gallery', temporary, () => createLike(temporary, old));
  try {
    const table = createIdentityTable();
    const buffer = createWriteBuffer(handle, temporary);
    let frameworkBytes = await buffer.add(encodeFrame({ kind: 'header', header }, {}, nativeCrc32));
    for await (const identity of identities) {
      if (table.find(identity.id) !== undefined) throw identityTwice(identity.id);
      const frame = encodeFrame({ kind: 'put', identity }, {}, nativeCrc32);
      table.put(identity.id, { start: buffer.position, bytes: frame.length }, identity.templates.length);
      // Waiting for what is done already would cost more than the copy.
      if (!buffer.hold(frame)) await buffer.add(frame);
    }
    frameworkBytes += await buffer.add(encodeFrame({ kind: 'end', identities: table.identities, header }, {}, nativeCrc32));
    await buffer.flush();
    await attempt('write the gallery', temporary, () => handle.sync());
    const fresh = { header, table, damage: [], damagedIdentities: new Map(), unerased: [], sequence: 0, frameworkBytes };
    return { contents: toContents(handle, { ...fresh, validBytes: buffer.position }, buffer.position), temporary };
  } catch (error) {
    await handle.close().catch(() => {});
    await eraseFile(temporary).catch(() => rm(temporary, { force: true }).catch(() => {}));
    throw error;
  }
}

/**
 * Puts the new file in the place of the old one, which keeps another name until it is overwritten with zeros, so that it is found if this process
 * is ended before.
 *
 * @returns That other name, if there was an old file.
 */
export async function replaceFile(temporary: string, path: string, hasOld: boolean): Promise<string | undefined> {
  if (!hasOld) {
    await placeNew(temporary, path);
    await syncDirectory(dirname(path));
    return undefined;
  }
  const kept = besides(path, 'old');
  try {
    // Some file systems have no hard links: then the old file is overwritten too, but not if the process is ended right now.
    await link(path, kept).catch(() => {});
    await rename(temporary, path);
  } catch (error) {
    await rm(kept, { force: true }).catch(() => {});
    throw error;
  }
  await syncDirectory(dirname(path));
  return kept;
}

/** Never over a file that somebody else made meanwhile. */
async function placeNew(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
    await rm(temporary, { force: true });
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') throw error;
    // No hard links here.
    await rename(temporary, path);
  }
}

/**
 * Overwrites and deletes what ended processes left beside the file. Only who holds the lock may do it. A process that ended right between two steps
 * left a second name of the gallery itself: `eraseFile` takes away only the name then.
 */
export async function removeLeftovers(path: string): Promise<void> {
  const pattern = /^[0-9a-f]{12}\.(?:temp|old)$/;
  const prefix = `${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    if (name.startsWith(prefix) && pattern.test(name.slice(prefix.length))) await eraseFile(join(dirname(path), name));
  }
}

/** Appends damaged parts of a file to `<path>.damaged`, each after a line that says where it was. Gives the path. */
export async function setDamageAside(path: string, { handle, damage, header }: FileContents): Promise<string> {
  const target = `${path}.damaged`;
  const aside = await open(target, 'a', NEW_FILE_MODE);
  try {
    for (const { start, end, where, message } of damage) {
      const title = `\n# ${where} of gallery ${header.galleryId}, set aside ${new Date().toISOString()}: ${message}\n`;
      await aside.appendFile(title);
      for (let at = start; at < end; at += BUFFER_BYTES) {
        const part = new Uint8Array(Math.min(BUFFER_BYTES, end - at));
        await aside.appendFile(part.subarray(0, await readFully(handle, part, at)));
      }
    }
    await aside.sync();
  } finally {
    await aside.close();
  }
  await syncDirectory(dirname(target));
  return target;
}

function besides(path: string, kind: 'temp' | 'old'): string {
  return `${path}.${randomBytes(6).toString('hex')}.${kind}`;
}

/** A new file with the permissions, and if possible the owner, of the old one. */
async function createLike(path: string, old: FileHandle | undefined): Promise<FileHandle> {
  const stats = await old?.stat();
  const handle = await open(path, 'wx+', NEW_FILE_MODE);
  try {
    if (stats !== undefined) {
      const mine = await handle.stat();
      if (mine.uid !== stats.uid || mine.gid !== stats.gid) await handle.chown(stats.uid, stats.gid).catch(() => {});
      await handle.chmod(stats.mode & 0o777);
    }
    return handle;
  } catch (error) {
    await handle.close();
    await rm(path, { force: true });
    throw error;
  }
}

interface WriteBuffer {
  /** Where the next bytes go. */
  readonly position: number;
  /** Takes bytes if there is room for them. */
  hold(bytes: Uint8Array): boolean;
  /** Takes bytes; gives their number. */
  add(bytes: Uint8Array): Promise<number>;
  flush(): Promise<void>;
}

function createWriteBuffer(handle: FileHandle, path: string): WriteBuffer {
  const buffer = new Uint8Array(BUFFER_BYTES);
  let held = 0;
  let written = 0;
  const write = async (bytes: Uint8Array): Promise<void> => {
    await attempt('write the gallery', path, () => writeFully(handle, bytes, written));
    written += bytes.length;
  };
  const flush = async (): Promise<void> => {
    await write(buffer.subarray(0, held));
    held = 0;
  };
  const hold = (bytes: Uint8Array): boolean => {
    if (bytes.length > buffer.length - held) return false;
    buffer.set(bytes, held);
    held += bytes.length;
    return true;
  };
  return {
    get position() {
      return written + held;
    },
    hold,
    async add(bytes) {
      if (hold(bytes)) return bytes.length;
      await flush();
      if (!hold(bytes)) await write(bytes);
      return bytes.length;
    },
    flush,
  };
}

async function attempt<T>(action: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw galleryFileFailed(action, path, error);
  }
}
