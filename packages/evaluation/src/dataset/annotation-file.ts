/** Annotations of a data set as a file beside its index: JSON lines, the first of which is a header. Work that was cut off goes on where it stopped. */

import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FaceError } from '@isoface/core';
import { z } from 'zod';
import { writeFileAtomically } from '../files/write-file-atomically.ts';
import { type AnnotateImagesOptions, annotateImages, type ImageDescription } from './annotate.ts';
import type { DatasetEntry, DatasetImage, DatasetProblem } from './dataset-entry.ts';
import { checkEntries, type DatasetIndex } from './dataset-index.ts';
import { describeFault } from './fault-reason.ts';
import { isImageError } from './image-error.ts';

/** One line of the file. */
export interface EntryAnnotation extends ImageDescription {
  /** As in the index. */
  readonly path: string;
  /** Of the bytes that were described. */
  readonly sha256: string;
}

/** What a file of annotations holds. */
export interface AnnotationFile {
  /** What made them: files of different makers are not comparable. */
  readonly maker: Readonly<Record<string, string | number | boolean>>;
  readonly annotations: readonly EntryAnnotation[];
}

/** Options of {@link annotateDataset}. */
export interface AnnotateDatasetOptions extends AnnotateImagesOptions {
  /** Called after each entry, also for those that were done before. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What {@link annotateDataset} did. */
export interface AnnotatedDataset {
  /** One for each entry that could be read, in the order of the index. */
  readonly annotations: readonly EntryAnnotation[];
  /** Entries that were not annotated, and why. */
  readonly problems: readonly DatasetProblem[];
  /** Annotations that were there from an earlier run. */
  readonly reused: number;
  /** Lines of an earlier run that could not be read, such as a torn last one; their images were annotated again. */
  readonly droppedLines: number;
}

const VERSION = 1;
/** Entries whose bytes are checked ahead of the engine. */
const CHECKED_AT_ONCE = 16;

const headerSchema = z.object({
  isofaceAnnotations: z.literal(VERSION),
  maker: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
const named = z.object({ class: z.string() });
const lineSchema = z.object({
  path: z.string(),
  sha256: z.string(),
  width: z.number(),
  height: z.number(),
  faces: z.number(),
  face: z
    .object({ sizePixels: z.number(), illumination: named, pose: named, occlusion: named.extend({ confidence: z.number() }), blur: named })
    .optional(),
});

/**
 * Annotates the entries of an index and writes `file`, whole or not at all. Until it is finished, lines are kept in `<file>.part`; an interrupted
 * run goes on with the entries that are in neither, and images that have not changed are not annotated twice. A file that other models or another
 * version made is refused.
 *
 * @throws {FaceError} `DATASET_INVALID` for a file of another maker; `IO_FAILED`; what the engine throws. `signal.reason` when aborted.
 */
export async function annotateDataset(index: DatasetIndex, file: string, options: AnnotateDatasetOptions): Promise<AnnotatedDataset> {
  const { signal = new AbortController().signal, onProgress } = options;
  const part = `${file}.part`;
  const maker = describeMaker(options);
  const earlier = [await readLines(file, maker), await readLines(part, maker)];
  const known = new Map(earlier.flatMap(({ annotations }) => annotations).map((annotation) => [keyOf(annotation), annotation]));
  const missing = index.entries.filter((entry) => !known.has(keyOf(entry)));
  const reused = index.entries.length - missing.length;
  let done = reused;
  onProgress?.(done, index.entries.length);

  const problems: DatasetProblem[] = [];
  if (missing.length > 0) {
    const sink = await openPart(part, earlier[1]?.goodBytes ?? 0, maker);
    try {
      for await (const annotation of annotateImages(checked(index, missing, problems, signal), options)) {
        const { entry } = annotation.image;
        if ('error' in annotation) {
          problems.push(toProblem(entry.path, annotation.error));
        } else {
          const line: EntryAnnotation = { path: entry.path, sha256: entry.sha256, ...annotation.description };
          known.set(keyOf(line), line);
          await sink.writeFile(`${JSON.stringify(line)}\n`);
        }
        onProgress?.(++done, index.entries.length);
      }
    } finally {
      await sink.close();
    }
  }
  // Entries that were not handed to the engine have had no turn yet.
  onProgress?.(index.entries.length, index.entries.length);
  const annotations = index.entries.flatMap((entry) => known.get(keyOf(entry)) ?? []);
  await writeFileAtomically(file, format(maker, annotations), signal);
  await rm(part, { force: true });
  return { annotations, problems, reused, droppedLines: earlier.reduce((sum, { dropped }) => sum + dropped, 0) };
}

/**
 * Reads a file of annotations.
 *
 * @throws {FaceError} `IO_FAILED`; `DATASET_INVALID` for a file that holds something else.
 */
export async function readAnnotations(file: string): Promise<AnnotationFile> {
  const { header, annotations, dropped, exists } = await readLines(file);
  if (!exists)
    throw new FaceError('IO_FAILED', `Cannot read ${file}: there is no such file; make it with isoface dataset annotate.`, { path: file });
  if (header === undefined || dropped > 0)
    throw notAnnotations(file, header === undefined ? 'no header' : `${dropped} lines that are none`);
  return { maker: header, annotations };
}

interface EntryImage extends DatasetImage {
  readonly entry: DatasetEntry;
}

/** The entries whose bytes are those of the index; the others become problems. */
async function* checked(
  { root }: DatasetIndex,
  entries: readonly DatasetEntry[],
  problems: DatasetProblem[],
  signal: AbortSignal,
): AsyncIterableIterator<EntryImage> {
  for (let i = 0; i < entries.length; i += CHECKED_AT_ONCE) {
    const chunk = entries.slice(i, i + CHECKED_AT_ONCE);
    const found = await checkEntries({ root, entries: chunk }, { contents: true, signal });
    problems.push(...found);
    const isBad = new Set(found.map(({ path }) => path));
    for (const entry of chunk) {
      if (!isBad.has(entry.path)) yield { entry, path: join(root, entry.path), relativePath: entry.path, identity: entry.identity };
    }
  }
}

function toProblem(path: string, error: unknown): DatasetProblem {
  if (isImageError(error)) return { path, code: 'unreadable', message: error.message };
  throw error;
}

/** What decides what an annotation says. */
function describeMaker({ engine, annotator }: AnnotateDatasetOptions): AnnotationFile['maker'] {
  const { pack, detectionSize, models } = engine.info;
  const detector = models.find(({ task }) => task === 'detect')?.id ?? 'none';
  return { pack, detector, detectionSize, ...annotator.maker };
}

interface ReadLines {
  readonly exists: boolean;
  readonly header?: AnnotationFile['maker'] | undefined;
  readonly annotations: readonly EntryAnnotation[];
  readonly dropped: number;
  /** Length of the file up to its last line break. */
  readonly goodBytes: number;
}

/** Reads what can be read; with `maker`, refuses lines of another one. */
async function readLines(file: string, maker?: AnnotationFile['maker']): Promise<ReadLines> {
  const bytes = await readFile(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new FaceError('IO_FAILED', `Cannot read ${file}: ${describeFault(error)}.`, { path: file }, { cause: error });
  });
  if (bytes === undefined) return { exists: false, annotations: [], dropped: 0, goodBytes: 0 };
  const goodBytes = bytes.lastIndexOf(0x0a) + 1;
  const [first = '', ...rest] = bytes.toString('utf8', 0, goodBytes).split('\n').slice(0, -1);
  let dropped = goodBytes < bytes.length ? 1 : 0;
  if (first === '') return { exists: true, annotations: [], dropped, goodBytes: 0 };
  const header = headerSchema.safeParse(parseJson(first)).data?.maker;
  if (header === undefined) throw notAnnotations(file, 'no header');
  if (maker !== undefined && JSON.stringify(sorted(header)) !== JSON.stringify(sorted(maker))) {
    const message = `Expected annotations made by ${listFacts(maker)} in ${file}, got some made by ${listFacts(header)}; choose another --out or remove the file.`;
    throw new FaceError('DATASET_INVALID', message, { path: file, expected: maker, got: header });
  }
  const annotations: EntryAnnotation[] = [];
  for (const text of rest) {
    const value = parseJson(text);
    // Checked for what readers of the file rely on, kept with all that is in it.
    if (lineSchema.safeParse(value).success) annotations.push(value as EntryAnnotation);
    else dropped++;
  }
  return { exists: true, header, annotations, dropped, goodBytes };
}

function notAnnotations(file: string, got: string): FaceError {
  return new FaceError('DATASET_INVALID', `Expected annotations, as isoface dataset annotate writes them, got ${got} in ${file}.`, {
    path: file,
  });
}

/** Opens the unfinished file behind its last whole line. */
async function openPart(part: string, goodBytes: number, maker: AnnotationFile['maker']) {
  try {
    await mkdir(dirname(part), { recursive: true });
    const handle = await open(part, 'a');
    await handle.truncate(goodBytes);
    if (goodBytes === 0) await handle.writeFile(formatHeader(maker));
    return handle;
  } catch (cause) {
    throw new FaceError(
      'IO_FAILED',
      `Cannot write ${part}: ${describeFault(cause)}; choose a folder that you may write to.`,
      { path: part },
      { cause },
    );
  }
}

function* format(maker: AnnotationFile['maker'], annotations: readonly EntryAnnotation[]): Iterable<string> {
  yield formatHeader(maker);
  for (const annotation of annotations) yield `${JSON.stringify(annotation)}\n`;
}

function formatHeader(maker: AnnotationFile['maker']): string {
  return `${JSON.stringify({ isofaceAnnotations: VERSION, maker })}\n`;
}

function listFacts(maker: AnnotationFile['maker']): string {
  return Object.entries(maker)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function sorted(maker: AnnotationFile['maker']): [string, string | number | boolean][] {
  return Object.entries(maker).sort(([a], [b]) => (a < b ? -1 : 1));
}

function keyOf({ path, sha256 }: { readonly path: string; readonly sha256: string }): string {
  return `${sha256} ${path}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
