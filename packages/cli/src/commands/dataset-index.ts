/** `isoface dataset index`: a folder of images as a list with sizes, digests and identities. */

import { open, stat } from 'node:fs/promises';
import { FaceError } from '@isoface/core';
import { type DatasetProblem, type IdentitySource, type IndexedDirectory, indexDirectory, writeDatasetIndex } from '@isoface/evaluation';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { addOutputOptions } from '../engine/engine-options.ts';
import { describeBytes } from '../models/describe-model.ts';
import { type ErrorData, toErrorData } from '../output/describe-error.ts';
import { countOf } from '../output/face-text.ts';
import { formatTable } from '../output/text-table.ts';
import { type CommandResult, EXIT, type OutputOptions, type RunCommand, type Session } from '../session.ts';

interface DatasetIndexCliOptions extends OutputOptions {
  readonly out: string;
  readonly identities: IdentitySource;
  readonly count?: number | undefined;
  readonly seed?: number | undefined;
}

const HELP = `
Examples:
  isoface dataset index lfw/images --out lfw.jsonl
  isoface dataset index photos --identities none --count 1000 --seed 7 --out sample.jsonl

Images are told by their content (JPEG, PNG, WebP, GIF, TIFF, AVIF) in all folders below; their pixels are not decoded.
With --identities folder, the first folder below <dir> names the person: ada/2019/1.jpg shows ada.
The same files and the same seed give the same bytes; a larger --count takes the same images and more.
What is left out or suspicious is counted by kind: unreadable, unsupported, hidden, duplicate-content and others.

Document of --json: { out, root, identities, count, seed, images, people, bytes, problemCounts: { kind: n },
problems: [{ path, code, message }] }.
Exit codes: 0 images were listed, whatever problems there are; 2 there is no image, or the folder cannot be read.`;

/** The start of every index. */
const SIGNATURE = '{"isofaceDataset":';

/** Adds the command. */
export function addDatasetIndexCommand(dataset: Command, run: RunCommand): void {
  const command = dataset
    .command('index')
    .description('list the images of a folder')
    .argument('<dir>', 'folder with images')
    .requiredOption('--out <file>', 'index to write, JSON lines')
    .addOption(
      new Option('--identities <source>', 'who is shown: the name of the first folder, or nobody knows')
        .choices(['folder', 'none'])
        .default('folder'),
    )
    .addOption(new Option('--count <n>', 'take a sample of n images (default: all)').argParser(toCount))
    .addOption(new Option('--seed <n>', 'chooses the sample (default: 0)').argParser(toSeed))
    .addHelpText('after', HELP);
  addOutputOptions(command).action((directory: string, options: DatasetIndexCliOptions) =>
    run(options, (session) => indexImages(directory, options, session)),
  );
}

async function indexImages(directory: string, options: DatasetIndexCliOptions, session: Session): Promise<CommandResult> {
  const { identities, count } = options;
  const { resolvePath, signal, progress } = session;
  const root = resolvePath(directory);
  const out = resolvePath(options.out);
  const seed = count === undefined ? undefined : (options.seed ?? 0);
  await assertReplaceable(out);
  const indexed = await indexDirectory({
    directory: root,
    identities,
    count,
    seed,
    except: [out],
    signal,
    onProgress: ({ done, total }) => progress.items('Reading images', done, total),
  });
  const isEmpty = indexed.entries.length === 0;
  if (!isEmpty) await writeDatasetIndex(out, indexed.entries, { root, identities, count, seed }, signal);
  const summary = summarize(indexed);
  const error = isEmpty ? describeEmpty(root, indexed.problems) : undefined;
  report({ ...summary, out, problems: indexed.problems, error }, session);
  return {
    document: { out: isEmpty ? undefined : out, root, identities, count, seed, ...summary, problems: indexed.problems, error },
    exitCode: isEmpty ? EXIT.error : EXIT.ok,
  };
}

interface Summary {
  readonly images: number;
  readonly people: number;
  readonly bytes: number;
  readonly problemCounts: Readonly<Record<string, number>>;
}

function summarize({ entries, problems }: IndexedDirectory): Summary {
  const people = new Set(entries.flatMap(({ identity }) => (identity === undefined ? [] : [identity]))).size;
  const problemCounts: Record<string, number> = {};
  for (const { code } of problems) problemCounts[code] = (problemCounts[code] ?? 0) + 1;
  return { images: entries.length, people, bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0), problemCounts };
}

interface Report extends Summary {
  readonly out: string;
  readonly problems: readonly DatasetProblem[];
  readonly error: ErrorData | undefined;
}

function report({ images, people, bytes, problemCounts, out, problems, error }: Report, { print, note }: Session): void {
  if (error === undefined) {
    const ofWhom = people === 0 ? '' : ` of ${people === 1 ? '1 person' : `${people} people`}`;
    print(`${out}\n  ${countOf(images, 'image')}${ofWhom}, ${describeBytes(bytes)}`);
  } else note(`${error.code}: ${error.message}`);
  const rows = Object.entries(problemCounts).map(([code, count]) => {
    const first = problems.find((problem) => problem.code === code);
    return [
      `  ${count}`,
      code,
      `${count === 1 ? '' : 'e.g. '}${escapeControls(first?.path ?? '')}: ${escapeControls(first?.message ?? '')}`,
    ];
  });
  if (rows.length > 0) note(`Problems (--json lists all):\n${formatTable(rows)}`);
}

function describeEmpty(root: string, problems: readonly DatasetProblem[]): ErrorData {
  const files = countOf(problems.length, 'problem');
  return toErrorData(
    new FaceError('DATASET_INVALID', `Expected images in ${root}, found none, and ${files}; nothing was written.`, { path: root }),
  );
}

/** A mistyped `--out` must not replace a photo. */
async function assertReplaceable(out: string): Promise<void> {
  if (await isReplaceable(out)) return;
  const message = `Expected --out to name a new file or an index, got something else that is there: ${out}; choose another name.`;
  throw new FaceError('INVALID_OPTION', message, { option: 'out', path: out });
}

async function isReplaceable(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  // What is not there, or may not be looked at: writing it will say what is wrong.
  if (stats === undefined) return true;
  // Opening a pipe would wait for its writer.
  if (!stats.isFile()) return false;
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SIGNATURE.length), 0, SIGNATURE.length, 0);
    return bytesRead === 0 || buffer.toString('utf8', 0, bytesRead) === SIGNATURE;
  } finally {
    await handle.close();
  }
}

/** File names may hold anything, also what moves the cursor of a terminal. */
function escapeControls(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function toCount(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
}

function toSeed(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('Expected a whole number.');
}
