/**
 * The lock of a gallery file: a file beside it that names the process which may write. It appears complete, with one `link`. The lock of a dead
 * process is taken over by whoever gets the lock on that lock, which is made of the same stuff and named after its token.
 */

import { randomBytes } from 'node:crypto';
import { link, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { FaceError } from '@isoface/core';
import { errnoOf } from '../models/io-failed.ts';
import { galleryFileFailed } from './file-store-errors.ts';

/** A lock that is held. */
export interface FileLock {
  /** Idempotent. */
  release(): Promise<void>;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Changes when the machine starts; empty where the system does not tell. */
  readonly boot: string;
  /** When the process started, as the system counts it; empty where it does not tell. A process id alone may be somebody else's by now. */
  readonly started: string;
  /** Tells two locks of one process apart. */
  readonly token: string;
}

/**
 * Takes the lock of a gallery.
 *
 * @throws {FaceError} `GALLERY_LOCKED` if a living process or another machine has it; `IO_FAILED`.
 */
export async function lockGallery(galleryPath: string): Promise<FileLock> {
  const path = `${galleryPath}.lock`;
  try {
    const holder = await acquire(path, galleryPath);
    await removeDeadClaims(path);
    return createLock(path, holder);
  } catch (error) {
    throw galleryFileFailed('lock the gallery', path, error);
  }
}

function createLock(path: string, { token }: Holder): FileLock {
  let isHeld = true;
  return {
    async release() {
      if (!isHeld) return;
      isHeld = false;
      const current = await readHolder(path).catch(() => undefined);
      if (current !== 'unreadable' && current?.token === token) await rm(path, { force: true }).catch(() => {});
    },
  };
}

async function acquire(path: string, galleryPath: string): Promise<Holder> {
  for (;;) {
    const holder = await describeMyself();
    const fresh = `${path}.${holder.token}`;
    try {
      await writeDurably(fresh, `${JSON.stringify(holder)}\n`);
      if (await tryLink(fresh, path)) return holder;
      const current = await readHolder(path);
      if (current === undefined) continue;
      if (current === 'unreadable' || (await isAlive(current))) throw locked(path, galleryPath, current);
      // Whoever holds the lock named after the dead one's token may replace it, and nobody else.
      const claim = `${path}.${current.token}.claim`;
      await acquire(claim, galleryPath);
      try {
        const still = await readHolder(path);
        if (still === undefined || still === 'unreadable' || still.token !== current.token) continue;
        await rename(fresh, path);
        return holder;
      } finally {
        await rm(claim, { force: true });
      }
    } finally {
      await rm(fresh, { force: true });
    }
  }
}

/** File systems without hard links say one of these. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** False if there is one already. */
async function tryLink(fresh: string, path: string): Promise<boolean> {
  try {
    await link(fresh, path).catch(async (error: unknown) => {
      if (!NO_LINKS.includes(errnoOf(error) ?? '')) throw error;
      await writeDurably(path, await readFile(fresh, 'utf8'));
    });
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** On disk before it is linked: after a power failure a lock must not be empty, for nobody could tell whose it was. */
async function writeDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, 'wx', 0o644);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readHolder(path: string): Promise<Holder | 'unreadable' | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const value = JSON.parse(text) as Partial<Record<keyof Holder, unknown>> | null;
    const { pid, host, boot, started, token } = value ?? {};
    const isGood =
      Number.isInteger(pid) && [host, boot, started].every((part) => typeof part === 'string') && /^[0-9a-f]{16}$/.test(String(token));
    if (isGood) return value as Holder;
  } catch {
    // Told below.
  }
  return 'unreadable';
}

async function describeMyself(): Promise<Holder> {
  const { pid } = process;
  return {
    pid,
    host: hostname(),
    boot: await readBoot(),
    started: (await readProcess(pid)).started,
    token: randomBytes(8).toString('hex'),
  };
}

async function isAlive({ pid, host, boot, started }: Holder): Promise<boolean> {
  // Of another machine nothing is known, so it counts as alive.
  if (host !== hostname()) return true;
  if (boot !== (await readBoot())) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errnoOf(error) !== 'EPERM') return false;
  }
  const { state, started: now } = await readProcess(pid);
  // Killed, and its parent has not looked yet.
  if (state === 'Z' || state === 'X') return false;
  return now === '' || started === '' || now === started;
}

/** The boot id of Linux. */
async function readBoot(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
}

/** Fields 3 and 22 of Linux's stat: the state, and clock ticks from the start of the machine to that of the process; else empty. */
async function readProcess(pid: number): Promise<{ readonly state: string; readonly started: string }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name of the program comes before, and may hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '', started: fields[19] ?? '' };
}

/** Of processes that were killed while they took a lock. Only the holder of the lock may do it. */
async function removeDeadClaims(path: string): Promise<void> {
  const folder = dirname(path);
  const names = (await readdir(folder)).filter((name) => name.startsWith(`${basename(path)}.`));
  for (const name of names) {
    const holder = await readHolder(join(folder, name));
    if (holder !== undefined && holder !== 'unreadable' && !(await isAlive(holder))) await rm(join(folder, name), { force: true });
  }
}

function locked(path: string, galleryPath: string, holder: Holder | 'unreadable'): FaceError {
  const mine = holder !== 'unreadable' && holder.host === hostname();
  const [who, advice] =
    holder === 'unreadable'
      ? ['by something that did not say who it is', `if no process writes to the gallery, delete ${path}`]
      : mine && holder.pid === process.pid
        ? ['by this process', 'close the store that has it, or open it with readOnly']
        : mine
          ? [`by process ${holder.pid}`, 'end that process or let it close the gallery, or open it with readOnly']
          : [
              `by process ${holder.pid} on ${holder.host}`,
              `close it there, or open it with readOnly; if that machine is gone, delete ${path}`,
            ];
  const message = `Expected a gallery that nobody else writes to, got ${galleryPath}, which is open for writing ${who}: ${advice}.`;
  const facts = holder === 'unreadable' ? {} : { pid: holder.pid, host: holder.host };
  return new FaceError('GALLERY_LOCKED', message, { path: galleryPath, lock: path, ...facts });
}
