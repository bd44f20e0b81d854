/** Photos whose faces are marked. */

import { basename, join, posix, resolve } from 'node:path';
import { type Box, FaceError, type Size } from '@isoface/core';
import type { DatasetImage, DatasetProblem } from './dataset-entry.ts';
import { readImageSize } from './image-facts.ts';
import { listFiles } from './list-files.ts';
import { type LocatedPhoto, locatePhotos } from './locate-photos.ts';
import { mapConcurrently } from './map-concurrently.ts';
import type { LabelledBox, Marks } from './marked-photo.ts';
import { parseBoxLines } from './parse-box-lines.ts';
import { parseBoxTable } from './parse-box-table.ts';
import { addCmuLandmarks, parseCmuBoxes } from './parse-cmu.ts';
import { parseEllipses, parseWider } from './parse-face-blocks.ts';
import { readLines } from './read-text.ts';

export type { FaceAttributes, LabelledBox } from './marked-photo.ts';

/**
 * Notations of face boxes, told by their label files: `wider` (`…bbx_gt.txt`), `fddb` (`boxes.txt`, or the original `…ellipseList.txt`), `cmu`
 * (`ground_truth_bboxes.txt`), `table` (`boxes.csv` or `boxes.tsv`).
 */
export type DetectionFormat = 'wider' | 'fddb' | 'cmu' | 'table';

/** A photo with its faces. */
export interface DetectionImage extends DatasetImage {
  /** Upright width in pixels. */
  readonly width: number;
  /** Upright height in pixels. */
  readonly height: number;
  /** All marked faces; none where the photo shows nobody. */
  readonly boxes: readonly LabelledBox[];
}

/** Photos for measuring a detector. */
export interface DetectionSet {
  readonly format: DetectionFormat;
  /** By path, in code-unit order. */
  readonly images: readonly DetectionImage[];
  readonly problems: readonly DatasetProblem[];
}

/** Options of {@link readDetectionSet}. */
export interface ReadDetectionSetOptions {
  /** @defaultValue the one whose label file is there */
  readonly format?: DetectionFormat | undefined;
  readonly signal?: AbortSignal | undefined;
}

const LABEL_FILES: Readonly<Record<DetectionFormat, RegExp>> = {
  wider: /bbx_gt\.txt$/i,
  fddb: /^boxes\.txt$|ellipseList\.txt$/i,
  cmu: /^ground_truth_bboxes\.txt$/i,
  table: /^boxes\.[ct]sv$/i,
};
const CMU_LANDMARKS = 'ground_truth_landmarks.txt';
const FILES_AT_ONCE = 4;
/** Label files differ by a pixel in whether the last one belongs to the box. */
const EDGE_PIXELS = 1;

/**
 * Reads label files and finds the images that they name, wherever below the folder. Only headers of images are read. CMU+MIT has photos without a
 * face that no label names: there, every image of the folder counts. In the other sets, images without a label are left out and reported.
 *
 * @throws {FaceError} `IO_FAILED`; `DATASET_INVALID` if there is no label file, more than one set of them, or no labelled image.
 */
export async function readDetectionSet(directory: string, { format, signal }: ReadDetectionSetOptions = {}): Promise<DetectionSet> {
  const root = resolve(directory);
  const { paths, problems: walkProblems } = await listFiles(root, { signal });
  const { found, files } = findLabelFiles(root, paths, format);
  const marks = mergeMarks(await Promise.all(files.map((file) => readMarks(root, file, found, paths, signal))));
  const { located, problems: lostPhotos } = locatePhotos(marks.photos, paths, found === 'cmu');
  const results = await mapConcurrently(located, FILES_AT_ONCE, (photo) => readPhoto(root, photo, signal));
  const images = results.flatMap(({ image }) => (image === undefined ? [] : [image]));
  if (images.length === 0) {
    const message = `Expected images named by ${files.join(', ')} below ${root}, found none of ${marks.photos.length}; put the images there.`;
    throw new FaceError('DATASET_INVALID', message, { path: root, files });
  }
  const unreadable = walkProblems.filter(({ code }) => code === 'unreadable');
  const problems = [...marks.problems, ...unreadable, ...lostPhotos, ...results.flatMap(({ problems }) => problems)];
  return { format: found, images, problems };
}

function findLabelFiles(root: string, paths: readonly string[], format: DetectionFormat | undefined) {
  const formats = format === undefined ? (Object.keys(LABEL_FILES) as DetectionFormat[]) : [format];
  const sets = formats
    .map((found) => ({ found, files: paths.filter((path) => LABEL_FILES[found].test(basename(path))) }))
    .filter(({ files }) => files.length > 0);
  const [first, ...more] = sets;
  // FDDB has ten lists of ellipses; other label files of a kind belong to different splits.
  const isOne = first !== undefined && (first.files.length === 1 || first.files.every((file) => /ellipseList\.txt$/i.test(file)));
  if (first !== undefined && more.length === 0 && isOne) return first;
  const names = sets.flatMap(({ files }) => files);
  const got = names.length === 0 ? 'none' : names.slice(0, 5).join(', ');
  const message = `Expected one label file below ${root} (…bbx_gt.txt, boxes.txt, …ellipseList.txt, ground_truth_bboxes.txt, boxes.csv or boxes.tsv), got ${got}; name the format, or keep the images and labels of one split in the folder.`;
  throw new FaceError('DATASET_INVALID', message, { path: root, files: names, format });
}

async function readMarks(
  root: string,
  file: string,
  format: DetectionFormat,
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Marks> {
  const { lines, problems } = await readLines(join(root, file), signal);
  const marks = parse(format, lines, file);
  const points = posix.join(posix.dirname(file), CMU_LANDMARKS);
  if (format !== 'cmu' || !paths.includes(points)) return { ...marks, problems: [...problems, ...marks.problems] };
  const text = await readLines(join(root, points), signal);
  const marked = addCmuLandmarks(marks, text.lines, points);
  return { ...marked, problems: [...problems, ...text.problems, ...marked.problems] };
}

function parse(format: DetectionFormat, lines: readonly string[], file: string): Marks {
  switch (format) {
    case 'wider':
      return parseWider(lines, file);
    case 'fddb':
      return /ellipseList/i.test(basename(file)) ? parseEllipses(lines, file) : parseBoxLines(lines, file, 'x y width height');
    case 'cmu':
      return parseCmuBoxes(lines, file);
    case 'table':
      return parseBoxTable(lines, file);
  }
}

function mergeMarks(all: readonly Marks[]): Marks {
  return { photos: all.flatMap(({ photos }) => photos), problems: all.flatMap(({ problems }) => problems) };
}

interface ReadPhoto {
  readonly image?: DetectionImage;
  readonly problems: readonly DatasetProblem[];
}

/** Reads the size of a photo and sees which boxes can be faces in it. */
async function readPhoto(root: string, { path: relativePath, boxes }: LocatedPhoto, signal: AbortSignal | undefined): Promise<ReadPhoto> {
  const path = join(root, relativePath);
  const size = await readImageSize(path, signal);
  if ('code' in size) {
    const message = `${size.message} Its ${boxes.length} ${boxes.length === 1 ? 'face' : 'faces'} cannot be measured.`;
    return { problems: [{ path: relativePath, code: size.code, message }] };
  }
  const { width, height } = size;
  const problems: DatasetProblem[] = [];
  const kept: LabelledBox[] = [];
  for (const { line, ...marked } of boxes) {
    const fault = findBoxFault(marked.box, size);
    if (fault !== undefined) problems.push({ path: relativePath, ...fault, line });
    if (fault?.code !== 'bad-box') kept.push(marked);
  }
  return { image: { path, relativePath, width, height, boxes: kept }, problems };
}

function findBoxFault({ x, y, width, height }: Box, image: Size): { code: 'bad-box' | 'box-outside'; message: string } | undefined {
  const [right, bottom] = [x + width, y + height];
  const shown = `The box ${width}x${height} at ${x},${y}`;
  if (!(width > 0 && height > 0)) return { code: 'bad-box', message: `${shown} has no area; it is left out.` };
  const size = `${image.width}x${image.height}`;
  if (x >= image.width || y >= image.height || right <= 0 || bottom <= 0) {
    return { code: 'bad-box', message: `${shown} lies outside of the image of ${size}; it is left out.` };
  }
  const excess = Math.max(-x, -y, right - image.width, bottom - image.height);
  if (excess <= EDGE_PIXELS) return undefined;
  return { code: 'box-outside', message: `${shown} reaches beyond the image of ${size}; it is kept as it is.` };
}
