/** The folder of a run: what was measured is there as soon as it was, so that an interrupted run can go on. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceError } from '@isoface/core';
import { toCsv, writeFileAtomically } from '@isoface/evaluation';
import type { PieceRecord, SuiteRecord } from './run-record.ts';
import type { SuiteReport } from './suite.ts';

/** A piece as it is kept. */
export interface KeptPiece extends PieceRecord {
  readonly value: unknown;
}

/** What a run must have been started with to be continued. */
export interface RunIdentity {
  readonly format: 1;
  /** All options that change what is measured. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Reads and writes the files of a run. */
export interface RunFolder {
  readonly path: string;
  readPiece(suite: string, piece: string): Promise<KeptPiece | undefined>;
  writePiece(suite: string, piece: KeptPiece): Promise<void>;
  /** Writes the record of a suite and its rows. */
  writeSuite(record: SuiteRecord, csv: SuiteReport['csv']): Promise<void>;
  writePage(html: string): Promise<void>;
}

const IDENTITY_FILE = 'run.json';
const NO_ABORT = new AbortController().signal;

/**
 * Opens the folder of a run.
 *
 * @param isResumed - Whether a run that is there already goes on.
 * @throws {FaceError} `INVALID_OPTION` if there is a run and it is not to go on, or it was made with other options; `IO_FAILED`.
 */
export async function openRunFolder(path: string, identity: RunIdentity, isResumed: boolean): Promise<RunFolder> {
  const known = await readIdentity(path);
  if (known === undefined) {
    if (isResumed)
      throw new FaceError('INVALID_OPTION', `Expected a run to go on with in ${path}, found none; leave out --resume.`, { path });
    if (!(await isEmpty(path))) {
      throw new FaceError('INVALID_OPTION', `Expected --run to name a new or empty folder, got one with other files: ${path}.`, { path });
    }
    await writeJson(join(path, IDENTITY_FILE), identity);
  } else {
    if (!isResumed) throw new FaceError('INVALID_OPTION', `There is a run in ${path} already; --resume goes on with it.`, { path });
    assertSame(known, identity, path);
  }
  return {
    path,
    readPiece: async (suite, piece) => (await readJson(join(path, `${suite}.pieces`, `${piece}.json`))) as KeptPiece | undefined,
    writePiece: (suite, piece) => writeJson(join(path, `${suite}.pieces`, `${piece.name}.json`), piece),
    async writeSuite(record, { columns, rows }) {
      await writeFileAtomically(join(path, `${record.suite}.csv`), [toCsv(columns, Array.from(rows))], NO_ABORT);
      await writeJson(join(path, `${record.suite}.json`), record);
    },
    writePage: (html) => writeFileAtomically(join(path, 'report.html'), [html], NO_ABORT),
  };
}

async function readIdentity(path: string): Promise<RunIdentity | undefined> {
  return (await readJson(join(path, IDENTITY_FILE))) as RunIdentity | undefined;
}

function assertSame(known: RunIdentity, wanted: RunIdentity, path: string): void {
  const names = new Set([...Object.keys(known.options ?? {}), ...Object.keys(wanted.options)]);
  const different = Array.from(names).filter((name) => JSON.stringify(known.options?.[name]) !== JSON.stringify(wanted.options[name]));
  if (different.length === 0) return;
  throw new FaceError(
    'INVALID_OPTION',
    `Expected the options that the run in ${path} was started with, got others for ${different.join(', ')}; start a new run instead.`,
    { path, different },
  );
}

async function isEmpty(path: string): Promise<boolean> {
  try {
    return (await readdir(path)).length === 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw ioFailed(path, error);
  }
}

/** The content of a file, or `undefined` where there is none. One that was cut short counts as none: it is measured again. */
async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw ioFailed(path, error);
  }
}

// Written whole even after Ctrl-C: what was measured until then is the reason for the file.
function writeJson(path: string, value: unknown): Promise<void> {
  return writeFileAtomically(path, [`${JSON.stringify(value, undefined, 1)}\n`], NO_ABORT);
}

function ioFailed(path: string, cause: unknown): FaceError {
  const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
  return new FaceError('IO_FAILED', `Cannot read ${path} (${reason}); choose another folder with --run.`, { path, reason }, { cause });
}
