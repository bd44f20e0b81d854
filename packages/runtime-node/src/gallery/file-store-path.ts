/** The one path of a gallery file, whatever it is called by. */

import { constants, type FileHandle, open, readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { errnoOf } from '../models/io-failed.ts';
import { galleryFileFailed, notAFile } from './file-store-errors.ts';

const MAX_LINKS = 16;

/**
 * Resolves links, also one to a file that is not there yet.
 *
 * @throws {FaceError} `IO_FAILED`, e.g. for a missing folder.
 */
export async function resolveGalleryPath(path: string): Promise<string> {
  try {
    return await follow(resolve(path), 0);
  } catch (error) {
    throw galleryFileFailed('find the gallery', path, error);
  }
}

async function follow(path: string, links: number): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || links >= MAX_LINKS) throw error;
  }
  const target = await readlink(path).catch(() => undefined);
  if (target !== undefined) return follow(resolve(dirname(path), target), links + 1);
  return join(await realpath(dirname(path)), basename(path));
}

/**
 * Opens a gallery file, or gives `undefined` where there is none.
 *
 * @throws {FaceError} `IO_FAILED` for what is no regular file or may not be opened.
 */
export async function openGalleryFile(path: string, access: 'read' | 'write'): Promise<FileHandle | undefined> {
  try {
    // Looked at before it is opened: opening a device or a pipe may do something.
    assertRegular(path, await stat(path));
    const flags = access === 'read' ? constants.O_RDONLY : constants.O_RDWR;
    // Windows has no O_NONBLOCK.
    const handle = await open(path, flags | (constants.O_NONBLOCK ?? 0));
    try {
      assertRegular(path, await handle.stat());
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw galleryFileFailed('open the gallery', path, error);
  }
}

function assertRegular(path: string, stats: { isFile(): boolean; isDirectory(): boolean; isFIFO(): boolean }): void {
  if (stats.isFile()) return;
  throw notAFile(path, stats.isDirectory() ? 'a directory' : stats.isFIFO() ? 'a named pipe' : 'a device or socket');
}
