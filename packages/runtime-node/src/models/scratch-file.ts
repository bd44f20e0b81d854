/**
 * Names of the cache's unfinished files. A name says which process owns the file, so that a later process can tell
 * the remains of a killed one from the work of a living one: `<sha256>.<kind>.<host>.<pid>.<token>`, or `<sha256>.part` without an owner.
 */

import { createHash, randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { errnoOf } from './io-failed.ts';

/** `part`: an unfinished download. `temp`: a finished file that is being written. */
export type ScratchKind = 'part' | 'temp';

/** A file that nobody works on any more. */
export interface AbandonedFile {
  readonly path: string;
  readonly bytes: number;
}

/** An owner on another machine, or behind a recycled process id, is taken for dead when its file has not changed for this long. */
const STALE_MS = 60 * 60 * 1000;

/** A new name, owned by this process. */
export function scratchPath(directory: string, sha256: string, kind: ScratchKind): string {
  return join(directory, `${sha256}.${kind}.${hostId()}.${process.pid}.${randomBytes(6).toString('hex')}`);
}

/** The name of an unfinished download without an owner. */
export function ownerlessPath(directory: string, sha256: string): string {
  return join(directory, `${sha256}.part`);
}

/** Lists the abandoned scratch files of a file, the largest first. */
export async function listAbandoned(directory: string, sha256: string, kind?: ScratchKind): Promise<AbandonedFile[]> {
  const names = (await readdir(directory)).filter((name) => name.startsWith(`${sha256}.${kind ?? ''}`));
  const files = await Promise.all(names.map((name) => describeAbandoned(directory, name)));
  return files.filter((file) => file !== undefined).sort((a, b) => b.bytes - a.bytes);
}

/** Deletes the abandoned scratch files of a file. */
export async function removeAbandoned(directory: string, sha256: string): Promise<void> {
  for (const { path } of await listAbandoned(directory, sha256)) await rm(path, { force: true });
}

async function describeAbandoned(directory: string, name: string): Promise<AbandonedFile | undefined> {
  const path = join(directory, name);
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isFile() !== true || !isAbandoned(name, stats.mtimeMs)) return undefined;
  return { path, bytes: stats.size };
}

function isAbandoned(name: string, modifiedMs: number): boolean {
  const [, kind, host, pid] = name.split('.');
  if (host === undefined) return kind === 'part';
  if (Date.now() - modifiedMs > STALE_MS) return true;
  if (host !== hostId()) return false;
  // In a container every run may have the same process id, so files from before this process started are somebody else's.
  if (Number(pid) === process.pid) return modifiedMs < Date.now() - process.uptime() * 1000;
  return !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}

function hostId(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
}
