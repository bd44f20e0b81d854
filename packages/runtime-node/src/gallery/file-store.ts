/**
 * A gallery in a single file, which changes are appended to. What a change makes obsolete is overwritten with zeros before the change is
 * acknowledged. Decision 0020 has the layout and says why each order is safe.
 */

import { rm, stat } from 'node:fs/promises';
import { FaceError, isFaceError } from '@isoface/core';
import {
  compareIds,
  disposedStoreError,
  encodeFrame,
  type GalleryChange,
  type GalleryHeader,
  type GalleryStore,
  readOnlyStoreError,
  type StoredIdentity,
  type StoreStats,
} from '@isoface/core/gallery';
import { eraseAll, eraseFile, eraseRange, writeFully } from './file-store-bytes.ts';
import { nativeCrc32 } from './file-store-checksum.ts';
import {
  beginReading,
  decodeIdentity,
  endReading,
  type FileContents,
  noteDamage,
  type Reading,
  readFrameBytes,
  readFrames,
  saveForReadings,
  scanFile,
  toContents,
} from './file-store-contents.ts';
import { galleryFileFailed } from './file-store-errors.ts';
import { type FileLock, lockGallery } from './file-store-lock.ts';
import { openGalleryFile, resolveGalleryPath } from './file-store-path.ts';
import { removeLeftovers, replaceFile, setDamageAside, writeNewFile } from './file-store-rewrite.ts';
import { erasableRange, type FileDamage } from './file-store-scan.ts';
import type { FrameRange } from './file-store-table.ts';

/** Options of {@link openFileStore}. */
export interface FileStoreOptions {
  /** Only read, beside a writer or without one. Needs no lock and changes nothing on disk. @defaultValue false */
  readonly readOnly?: boolean | undefined;
}

/**
 * Opens a gallery file, or gets ready to create one. The whole file is read and checked once.
 *
 * @throws {FaceError} `GALLERY_LOCKED` if another process or store writes to it; `GALLERY_DAMAGED` if it is no gallery file or its header is lost
 * (other damage is found in `damage`); `GALLERY_UNSUPPORTED` for a newer version; `IO_FAILED`, also for a file that is not there if it is opened
 * read-only.
 */
export async function openFileStore(path: string, { readOnly = false }: FileStoreOptions = {}): Promise<GalleryStore> {
  assertPath(path);
  const resolved = await resolveGalleryPath(path);
  if (readOnly) return createFileStore(resolved, undefined, await openForReading(resolved));
  // Told before a lock is made beside something that is no file.
  await (await openGalleryFile(resolved, 'write'))?.close();
  const lock = await lockGallery(resolved);
  try {
    return createFileStore(resolved, lock, await openForWriting(resolved));
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openForReading(path: string): Promise<FileContents> {
  for (let isRetry = false; ; isRetry = true) {
    const handle = await openGalleryFile(path, 'read');
    if (handle === undefined)
      throw galleryFileFailed('open the gallery', path, Object.assign(new Error('No such file.'), { code: 'ENOENT' }));
    const before = await handle.stat({ bigint: true });
    // A writer may overwrite or replace what is being read.
    const isSettled = async (): Promise<boolean> => {
      const now = await stat(path, { bigint: true }).catch(() => undefined);
      return now !== undefined && now.ino === before.ino && now.size === before.size && now.mtimeNs === before.mtimeNs;
    };
    try {
      const scanned = await scanFile(handle);
      if (isRetry || scanned.damage.length === 0 || (await isSettled())) return toContents(handle, scanned, scanned.validBytes);
      await handle.close();
    } catch (error) {
      await handle.close();
      if (isRetry || (await isSettled())) throw galleryFileFailed('read the gallery', path, error);
    }
  }
}

async function openForWriting(path: string): Promise<FileContents | undefined> {
  const handle = await openGalleryFile(path, 'write');
  try {
    await removeLeftovers(path);
    if (handle === undefined) return undefined;
    const scanned = await scanFile(handle);
    if (scanned.validBytes < scanned.fileBytes) await handle.truncate(scanned.validBytes);
    // The last change may be from a process that ended before it was on disk: what it replaced must not go first.
    await handle.datasync();
    for (const range of scanned.unerased) await eraseRange(handle, erasableRange(range));
    if (scanned.unerased.length > 0) await handle.datasync();
    return toContents(handle, scanned, scanned.validBytes);
  } catch (error) {
    await handle?.close();
    throw galleryFileFailed('open the gallery', path, error);
  }
}

const NOT_OVERWRITTEN = 'The gallery was replaced, but the old file could not be overwritten.';

/** A change as it is appended: what becomes obsolete, and the frame that says so. */
interface Step {
  readonly id: string;
  readonly identity: StoredIdentity | undefined;
  readonly obsolete: FrameRange | undefined;
}

function createFileStore(path: string, lock: FileLock | undefined, opened: FileContents | undefined): GalleryStore {
  let contents = opened;
  let isClosed = false;
  /** Set when it is not known what the disk holds. */
  let broken: FaceError | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  /** Old files that somebody still reads. */
  const retired = new Map<FileContents, string | undefined>();

  const assertOpen = (): void => {
    if (isClosed) throw disposedStoreError(path);
  };
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => {});
    return mine;
  };
  const assertWritable = (): void => {
    assertOpen();
    if (lock === undefined) throw readOnlyStoreError(path);
    if (broken !== undefined) throw broken;
  };
  const giveUp = (message: string, cause: unknown): FaceError => {
    broken = new FaceError('IO_FAILED', `${message} Close the store and open it again.`, { path }, { cause });
    return broken;
  };

  const retire = async (old: FileContents, kept: string | undefined): Promise<void> => {
    retired.set(old, kept);
    await releaseRetired(false);
  };
  /** Overwrites and deletes old files that nobody reads any more. */
  const releaseRetired = async (isLast: boolean): Promise<void> => {
    for (const [old, kept] of retired) {
      if (!isLast && isBeingRead(old)) continue;
      retired.delete(old);
      try {
        await eraseAll(old.handle, kept === undefined ? 0 : 1);
      } finally {
        await old.handle.close();
      }
      if (kept !== undefined) await rm(kept, { force: true });
    }
  };

  /** Changes in the order in which they count, each identity once. */
  const plan = (changes: readonly GalleryChange[], { table, damagedIdentities }: FileContents): Step[] => {
    const last = new Map<string, StoredIdentity | undefined>();
    for (const change of changes) {
      if (change.type === 'put') last.set(change.identity.id, change.identity);
      else last.set(change.id, undefined);
    }
    return [...last]
      .map(([id, identity]) => ({ id, identity, obsolete: table.find(id) ?? damagedIdentities.get(id) }))
      .filter(({ identity, obsolete }) => identity !== undefined || obsolete !== undefined);
  };

  /** Appends bytes, or leaves the file as it was. */
  const append = async (file: FileContents, frames: readonly Uint8Array[]): Promise<void> => {
    try {
      await writeFully(file.handle, frames.length === 1 ? (frames[0] as Uint8Array) : Buffer.concat(frames), file.fileBytes);
      await file.handle.datasync();
    } catch (error) {
      try {
        await file.handle.truncate(file.fileBytes);
        await file.handle.datasync();
      } catch {
        throw giveUp(`Could not write to the gallery at ${path}, and could not undo it either.`, error);
      }
      throw galleryFileFailed('write to the gallery', path, error);
    }
  };

  const writeChanges = async (changes: readonly GalleryChange[]): Promise<void> => {
    assertWritable();
    const file = contents;
    if (file === undefined) throw noGalleryYet(path);
    const steps = plan(changes, file);
    if (steps.length === 0) return;
    const frames = steps.map(({ identity, obsolete }, i) =>
      encodeFrame(
        identity === undefined ? { kind: 'remove' } : { kind: 'put', identity },
        { preceding: i, remaining: steps.length - 1 - i, sequence: file.sequence + 1 + i, replaces: obsolete?.start },
        nativeCrc32,
      ),
    );
    const obsolete = steps.flatMap((step) => step.obsolete ?? []);
    await append(file, frames);
    // From here on the change is there, whatever happens.
    try {
      await saveForReadings(file, obsolete);
      steps.forEach(({ id, identity }, i) => {
        const bytes = (frames[i] as Uint8Array).length;
        if (identity === undefined) file.table.remove(id);
        else file.table.put(id, { start: file.fileBytes, bytes }, identity.templates.length);
        if (file.damagedIdentities.delete(id))
          file.damage = file.damage.filter(({ start }) => !obsolete.some((range) => range.start === start));
        file.fileBytes += bytes;
      });
      file.sequence += steps.length;
      for (const range of obsolete) await eraseRange(file.handle, erasableRange(range));
      if (obsolete.length > 0) await file.handle.datasync();
    } catch (error) {
      throw giveUp(`The change was written to the gallery at ${path}, but what it replaced could not be overwritten.`, error);
    }
  };

  const replaceAll = async (header: GalleryHeader, identities: AsyncIterable<StoredIdentity> | Iterable<StoredIdentity>): Promise<void> => {
    assertWritable();
    const old = contents;
    const fresh = await writeNewFile(path, header, identities, old?.handle);
    let kept: string | undefined;
    try {
      const aside = old !== undefined && old.damage.length > 0 ? await setDamageAside(path, old) : undefined;
      if (aside !== undefined) fresh.contents.damage = (old?.damage ?? []).map((damage) => describeAside(damage, aside));
      kept = await replaceFile(fresh.temporary, path, old !== undefined);
    } catch (error) {
      const isReplaced = await stat(fresh.temporary).then(
        () => false,
        () => true,
      );
      await fresh.contents.handle.close();
      if (isReplaced) throw giveUp(`The gallery at ${path} was replaced, but it is not known whether that is on disk.`, error);
      await eraseFile(fresh.temporary).catch(() => {});
      throw galleryFileFailed('replace the gallery', path, error);
    }
    contents = fresh.contents;
    if (old === undefined) return;
    try {
      await retire(old, kept);
    } catch (error) {
      throw giveUp(NOT_OVERWRITTEN, error);
    }
  };

  /** Reads the file again that a writer has changed under this reader, unless that was done already since `seen`. */
  const refresh = (seen: FileContents): Promise<void> =>
    inTurn(async () => {
      assertOpen();
      if (contents !== seen) return;
      const now = await openForReading(path);
      contents = now;
      // Readings of the old state notice, and go on with the file as it is now.
      await seen.handle.close();
    });

  const getIdentity = async (id: string): Promise<StoredIdentity | undefined> => {
    for (let isRetry = false; ; ) {
      const file = contents;
      const range = file?.table.find(id);
      if (file === undefined || range === undefined) return undefined;
      const identity = await readRange(file, range, id);
      assertOpen();
      if (identity !== undefined) return identity;
      // A change came between, of this store or of the writer beside it.
      const isMoved = contents !== file || file.table.find(id)?.start !== range.start;
      if (!isMoved && (isRetry || lock !== undefined)) throw damagedIdentity(id, path, noteDamage(file, range, id));
      if (!isMoved) {
        isRetry = true;
        await refresh(file);
      }
    }
  };

  const readRange = async (file: FileContents, range: FrameRange, id: string): Promise<StoredIdentity | undefined> => {
    try {
      const identity = decodeIdentity(await readFrameBytes(file, range));
      return identity?.id === id ? identity : undefined;
    } catch (error) {
      if (isClosed) throw disposedStoreError(path);
      // The file was closed by a refresh; the caller looks again.
      if (contents !== file) return undefined;
      throw galleryFileFailed('read the gallery', path, error);
    }
  };

  async function* readAll(file: FileContents, reading: Reading, signal?: AbortSignal): AsyncGenerator<StoredIdentity> {
    /** For a reader beside a writer: what to go on with when the file changes. */
    const ids = lock === undefined ? new Set(file.table.ids()) : undefined;
    try {
      for await (const { content, ...range } of readFrames(file, reading)) {
        signal?.throwIfAborted();
        assertOpen();
        const identity = decodeIdentity(content);
        if (identity !== undefined) {
          ids?.delete(identity.id);
          yield identity;
        } else if (ids !== undefined) break;
        else noteDamage(file, range, file.table.idAt(range.start));
      }
      signal?.throwIfAborted();
    } catch (error) {
      assertOpen();
      if (error === signal?.reason) throw error;
      // Closed by a refresh.
      if (ids === undefined || contents === file) throw galleryFileFailed('read the gallery', path, error);
    } finally {
      endReading(file, reading);
      if (retired.size > 0) void inTurn(() => releaseRetired(false)).catch((error: unknown) => giveUp(NOT_OVERWRITTEN, error));
    }
    if (ids !== undefined && ids.size > 0) yield* readRest(file, ids, signal);
  }

  /** Identities that a reading had not come to when the file changed: as they are now, less those that are gone. */
  async function* readRest(file: FileContents, ids: ReadonlySet<string>, signal?: AbortSignal): AsyncGenerator<StoredIdentity> {
    await refresh(file);
    for (const id of ids) {
      signal?.throwIfAborted();
      assertOpen();
      const identity = await getIdentity(id).catch((error: unknown) => {
        if (isFaceError(error, 'GALLERY_DAMAGED')) return undefined;
        throw error;
      });
      if (identity !== undefined) yield identity;
    }
  }

  return {
    location: path,
    readOnly: lock === undefined,
    get damage() {
      return contents?.damage ?? [];
    },
    async readHeader() {
      assertOpen();
      return contents?.header;
    },
    read({ signal } = {}) {
      if (isClosed) return failing(disposedStoreError(path));
      // The state at the moment of the call, not when the first identity is asked for.
      return contents === undefined ? nothing() : readAll(contents, beginReading(contents), signal);
    },
    async get(id) {
      assertOpen();
      return getIdentity(id);
    },
    async *list({ signal } = {}) {
      assertOpen();
      const table = contents?.table;
      if (table === undefined) return;
      const rows = [...table.ids()].map((id) => ({ id, templates: table.templatesOf(id) }));
      for (const row of rows.sort((a, b) => compareIds(a.id, b.id))) {
        signal?.throwIfAborted();
        assertOpen();
        yield row;
      }
    },
    write: (changes) => inTurn(() => writeChanges(changes)),
    rewrite: (header, identities) => inTurn(() => replaceAll(header, identities)),
    async stats(): Promise<StoreStats> {
      assertOpen();
      if (contents === undefined) return { identities: 0, templates: 0, bytes: 0, reclaimableBytes: 0 };
      const { table, fileBytes, frameworkBytes } = contents;
      return {
        identities: table.identities,
        templates: table.templates,
        bytes: fileBytes,
        reclaimableBytes: Math.max(0, fileBytes - frameworkBytes - table.bytes),
      };
    },
    compact: () =>
      inTurn(async () => {
        assertWritable();
        if (contents !== undefined) await replaceAll(contents.header, readAll(contents, beginReading(contents)));
      }),
    close: () =>
      inTurn(async () => {
        if (isClosed) return;
        isClosed = true;
        try {
          await releaseRetired(true);
          await contents?.handle.close();
        } finally {
          await lock?.release();
        }
      }),
  };
}

async function* nothing(): AsyncGenerator<StoredIdentity> {}

async function* failing(error: FaceError): AsyncGenerator<StoredIdentity> {
  yield* [];
  throw error;
}

function isBeingRead({ readings }: FileContents): boolean {
  return [...readings].some((reference) => (reference.deref()?.next ?? Number.POSITIVE_INFINITY) !== Number.POSITIVE_INFINITY);
}

function assertPath(path: unknown): asserts path is string {
  if (typeof path === 'string' && path !== '' && !path.includes('\0')) return;
  throw new FaceError('INVALID_OPTION', `Expected the path of a gallery file, got ${JSON.stringify(path) ?? typeof path}.`, {
    option: 'path',
  });
}

function noGalleryYet(path: string): FaceError {
  const message = `Expected a gallery at ${path}, got a change before there is one; create it with rewrite.`;
  return new FaceError('INVALID_OPTION', message, { path });
}

function damagedIdentity(id: string, path: string, damage: FileDamage): FaceError {
  const message = `Expected the data of ${JSON.stringify(id)} in ${damage.where} of ${path}, got others; enrol the person again, or restore the file.`;
  return new FaceError('GALLERY_DAMAGED', message, { path, where: damage.where, identity: id });
}

function describeAside({ where, message, ...rest }: FileDamage, aside: string): FileDamage {
  const kept = `They were kept in ${aside}; delete that file when it is not needed any more.`;
  return { ...rest, where: `${where} before the file was rewritten`, message: `${message} ${kept}` };
}
