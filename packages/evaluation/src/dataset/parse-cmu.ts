/** The notation of the CMU+MIT frontal test set: boxes in one file, landmarks in another, in different orders. */

import type { DatasetProblem } from './dataset-entry.ts';
import type { MarkedBox, MarkedPhoto, Marks } from './marked-photo.ts';
import { parseBoxLines, readNumberedNames } from './parse-box-lines.ts';

/** Left eye, right eye, nose, left mouth corner, mouth centre, right mouth corner: as the viewer of an upright face sees them. */
const NUMBERS = 12;
/** Where isoface's five points are in there; its right and left are the subject's. */
const FIVE_POINTS = [0, 1, 2, 3, 5];

interface PointSet {
  readonly line: number;
  readonly points: readonly number[];
}

/** Reads the boxes, `file xmin ymin xmax ymax`. */
export function parseCmuBoxes(lines: readonly string[], path: string): Marks {
  return parseBoxLines(lines, path, 'xmin ymin xmax ymax');
}

/**
 * Adds landmarks to boxes. A set of points belongs to the box in whose middle it lies; the two files share no order. Sets without a box are among
 * the problems.
 */
export function addCmuLandmarks(marks: Marks, lines: readonly string[], path: string): Marks {
  const problems: DatasetProblem[] = [];
  const sets = new Map<string, PointSet[]>();
  for (const { line, name, numbers } of readNumberedNames(lines, NUMBERS)) {
    if (numbers === undefined) {
      problems.push({
        path,
        code: 'bad-line',
        message: `Expected a file name and ${NUMBERS} numbers, got ${name}. The line is left out.`,
        line,
      });
      continue;
    }
    sets.set(name, [...(sets.get(name) ?? []), { line, points: numbers }]);
  }
  const photos = marks.photos.map((photo) => {
    const own = sets.get(photo.name) ?? [];
    sets.delete(photo.name);
    return { ...photo, boxes: assignPoints(photo, own, (line) => problems.push(reportLost(path, line))) };
  });
  const [first] = sets;
  if (first !== undefined) {
    const message = `Landmarks of ${sets.size} photos without boxes, the first of them ${JSON.stringify(first[0])}; they are not used.`;
    problems.push({ path, code: 'bad-landmarks', message, line: first[1][0]?.line });
  }
  return { photos, problems: [...marks.problems, ...problems] };
}

/** The nearest free box for each set, the nearest pairs first. */
function assignPoints(photo: MarkedPhoto, sets: readonly PointSet[], onLost: (line: number) => void): MarkedBox[] {
  const boxes = [...photo.boxes];
  const offers = sets
    .flatMap((set) => boxes.map((marked, i) => ({ set, i, distance: computeOffset(set.points, marked) })))
    .filter(({ distance }) => distance < 0.5)
    .sort((a, b) => a.distance - b.distance);
  const free = new Set(sets);
  const taken = new Set<number>();
  for (const { set, i } of offers) {
    const marked = boxes[i];
    if (marked === undefined || !free.has(set) || taken.has(i)) continue;
    boxes[i] = { ...marked, landmarks: toFivePoints(set.points) };
    free.delete(set);
    taken.add(i);
  }
  for (const { line } of free) onLost(line);
  return boxes;
}

/** From the middle of the points to that of the box, in units of the box's longer side. */
function computeOffset(points: readonly number[], { box }: MarkedBox): number {
  const meanOf = (start: number): number => FIVE_POINTS.reduce((sum, i) => sum + (points[2 * i + start] ?? 0), 0) / FIVE_POINTS.length;
  const distance = Math.hypot(meanOf(0) - (box.x + box.width / 2), meanOf(1) - (box.y + box.height / 2));
  return distance / Math.max(box.width, box.height);
}

function toFivePoints(points: readonly number[]): Float32Array {
  return Float32Array.from(FIVE_POINTS.flatMap((i) => [points[2 * i] ?? 0, points[2 * i + 1] ?? 0]));
}

function reportLost(path: string, line: number): DatasetProblem {
  return { path, code: 'bad-landmarks', message: 'These landmarks lie in no box of their photo; they are not used.', line };
}
