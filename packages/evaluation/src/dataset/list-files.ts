/** The files of a folder tree, the same in every run and on every system. */

import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FaceError } from '@isoface/core';
import type { DatasetProblem, DatasetProblemCode } from './dataset-entry.ts';
import { comparePaths, findPathFault } from './entry-path.ts';
import { describeFault } from './fault-reason.ts';
import { mapConcurrently } from './map-concurrently.ts';

/** What {@link listFiles} found. */
export interface FileList {
  /** Relative paths with forward slashes, in code-unit order. */
  readonly paths: readonly string[];
  readonly problems: readonly DatasetProblem[];
}

/** Options of {@link listFiles}. */
export interface ListFilesOptions {
  /** Absolute paths of files to leave out without a word. */
  readonly except?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

const AT_ONCE = 8;

/**
 * Lists all files below a folder, whatever is in them. Links are followed, but every folder is visited once, by its own path where it has one;
 * so loops end. Names that start with a dot are left out. All that is left out is among the problems.
 *
 * @throws {FaceError} `IO_FAILED` if `directory` itself cannot be read.
 */
export async function listFiles(directory: string, { except = [], signal }: ListFilesOptions = {}): Promise<FileList> {
  const root = resolve(directory);
  const ignored = new Set(except.map((path) => resolve(path)));
  const paths: string[] = [];
  const problems: DatasetProblem[] = [];
  const visited = new Set<string>();
  const report = (path: string, code: DatasetProblemCode, message: string): void => void problems.push({ path, code, message });

  /** Lists what lies below one folder, links to folders excepted: those are returned. */
  const visit = async (start: string): Promise<string[]> => {
    const links: string[] = [];
    for (let level = [start]; level.length > 0; ) {
      const children = (await mapConcurrently(level, AT_ONCE, readFolder)).flat();
      level = [];
      for (const { path, kind } of children) (kind === 'file' ? paths : kind === 'folder' ? level : links).push(path);
    }
    return links;
  };

  const readFolder = async (folder: string): Promise<Child[]> => {
    signal?.throwIfAborted();
    const absolute = join(root, folder);
    try {
      const { dev, ino } = await stat(absolute, { bigint: true });
      const id = `${dev}:${ino}`;
      if (visited.has(id)) {
        report(folder, 'repeated-folder', 'This leads to a folder that is listed under another name already, so it is not listed again.');
        return [];
      }
      visited.add(id);
      const children = await readdir(absolute, { withFileTypes: true, encoding: 'buffer' });
      return (await mapConcurrently(children, AT_ONCE, (child) => toChild(folder, child))).filter((child) => child !== undefined);
    } catch (cause) {
      const reason = describeFault(cause);
      if (folder !== '') {
        report(folder, 'unreadable', `This folder cannot be read: ${reason}. What is in it is not listed.`);
        return [];
      }
      throw new FaceError('IO_FAILED', `Expected a folder that can be read at ${root}: ${reason}.`, { path: root }, { cause });
    }
  };

  const toChild = async (folder: string, child: Dirent<Buffer>): Promise<Child | undefined> => {
    const name = decodeName(child.name);
    if (name === undefined) {
      const shown = joinPath(folder, child.name.toString('utf8'));
      report(
        shown,
        'bad-name',
        `This name is not valid UTF-8 (its bytes are ${child.name.toString('hex')}), so it is not listed; rename it.`,
      );
      return undefined;
    }
    const path = joinPath(folder, name);
    if (ignored.has(join(root, path))) return undefined;
    if (name.startsWith('.')) {
      report(path, 'hidden', 'Names that start with a dot are not looked at.');
      return undefined;
    }
    const fault = findPathFault(path);
    if (fault !== undefined) {
      report(
        path,
        'bad-name',
        `This name cannot be written down so that it means the same everywhere: ${fault}. It is not listed; rename it.`,
      );
      return undefined;
    }
    if (hasControlCharacter(name)) {
      report(path, 'bad-name', `The name ${JSON.stringify(name)} holds a control character. It is listed, but label files cannot name it.`);
    }
    if (child.isFile()) return { path, kind: 'file' };
    if (child.isDirectory()) return { path, kind: 'folder' };
    if (!child.isSymbolicLink()) return refuse(path);
    return followLink(path);
  };

  const followLink = async (path: string): Promise<Child | undefined> => {
    try {
      const stats = await stat(join(root, path));
      if (stats.isFile()) return { path, kind: 'file' };
      return stats.isDirectory() ? { path, kind: 'link' } : refuse(path);
    } catch (error) {
      const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT';
      report(path, isGone ? 'missing' : 'unreadable', isGone ? 'This link leads nowhere.' : `This link: ${describeFault(error)}.`);
      return undefined;
    }
  };

  const refuse = (path: string): undefined => {
    report(path, 'unsupported', 'This is no file but a pipe, socket or device.');
    return undefined;
  };

  // Round by round and by path, so that it does not depend on the file system which of several links counts.
  for (let round = ['']; round.length > 0; ) {
    const next: string[] = [];
    for (const start of round.sort(comparePaths)) next.push(...(await visit(start)));
    round = next;
  }
  return { paths: paths.sort(comparePaths), problems: problems.sort((a, b) => comparePaths(a.path, b.path)) };
}

interface Child {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link';
}

function joinPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

function decodeName(bytes: Buffer): string | undefined {
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : undefined;
}

function hasControlCharacter(name: string): boolean {
  return /\p{Cc}/u.test(name);
}
