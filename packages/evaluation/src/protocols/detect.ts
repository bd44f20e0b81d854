/** How well detectors find marked faces. */

import { basename, resolve } from 'node:path';
import { type DetectorManifest, type EngineInfo, type EngineProgress, type Face, FaceError } from '@isoface/core';
import {
  computeDetectionPrecision,
  DETECTION_SUBSETS,
  type DetectionCurve,
  type DetectionPrecisionOptions,
  type DetectionSubset,
  type DetectionSubsetName,
  recallAtFalsePositives,
  selectTruths,
} from '@isoface/core/evaluation';
import type { NodeEngineOptions } from '@isoface/runtime-node';
import type { DatasetProblem } from '../dataset/dataset-entry.ts';
import { type DetectionFormat, type DetectionImage, readDetectionSet } from '../dataset/detection-set.ts';
import { type DetectorRun, runDetector } from './run-detector.ts';

/** Options of {@link evaluateDetection}. */
export interface EvaluateDetectionOptions {
  /** Folder with the photos and their marks. */
  readonly data: string;
  /** @defaultValue told by the files in the folder */
  readonly format?: DetectionFormat | undefined;
  /** Run one after the other. */
  readonly detectors: readonly DetectorManifest[];
  /**
   * Overlap from which on a mark is found. Data sets differ in what a face box holds, so this is not to be compared between them.
   *
   * @defaultValue 0.5; 0.35 for `cmu`, whose boxes are computed from landmarks and loose
   */
  readonly minIou?: number | undefined;
  /** @defaultValue 'iou' */
  readonly boxMatch?: DetectionPrecisionOptions['boxMatch'];
  /**
   * Lowest score that the curve reaches. Lower takes longer and hardly changes the average precision.
   *
   * @defaultValue 0.02
   */
  readonly minScore?: number | undefined;
  /**
   * Longer side of the input for detectors that take several sizes, pixels; the others keep theirs.
   *
   * @defaultValue that of each detector
   */
  readonly detectionSize?: number | undefined;
  /** Numbers of false positives over the whole set at which recall is stated. @defaultValue 0, 10, 100 and 1000 */
  readonly falsePositives?: readonly number[] | undefined;
  /** Rounds of the bootstrap over images. @defaultValue 500 */
  readonly rounds?: number | undefined;
  /** @defaultValue 1 */
  readonly seed?: number | undefined;
  /** What runs the models, and where they are. */
  readonly engine?: Omit<NodeEngineOptions, 'pack' | 'detectionSize' | 'signal' | 'onProgress'> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onModel?: ((event: EngineProgress) => void) | undefined;
  readonly onProgress?: ((detector: string, done: number, total: number) => void) | undefined;
}

/** Average precision over the faces of one subset. */
export interface SubsetPrecision {
  /** Faces in it; the others are ignored. */
  readonly faces: number;
  readonly averagePrecision: number;
  readonly averagePrecisionCi95: readonly [number, number];
}

/** How one detector did. */
export interface DetectorResult extends Omit<SubsetPrecision, 'faces'> {
  readonly id: string;
  /** Longer side of the detector's input, pixels. */
  readonly detectionSize: number;
  readonly executionProvider: EngineInfo['executionProvider'];
  /** Subsets without a face are left out. */
  readonly bySubset: Readonly<Partial<Record<DetectionSubsetName, SubsetPrecision>>>;
  /** Recall by the number of false positives over the whole set. */
  readonly recallAtFalsePositives: Readonly<Record<string, number>>;
  /** What the engine gives when nobody chooses a score, the second look at close-ups included. */
  readonly atDefaultScore: {
    readonly minScore: number;
    readonly recall: number;
    /** Absent where nothing was found. */
    readonly precision?: number | undefined;
    readonly falsePositivesPerImage: number;
  };
  /** Images per second of wall time, decoding included, with all threads. */
  readonly imagesPerSecond: number;
  /** The precision-recall curve, thinned for drawing; best score first. */
  readonly curve: Readonly<Record<keyof DetectionCurve, readonly number[]>>;
}

/** Result of a detection measurement. */
export interface DetectionResult {
  readonly kind: 'detect';
  readonly dataset: string;
  readonly format: DetectionFormat;
  /** Images of the set. */
  readonly images: number;
  /** Images that every detector could read: the only ones that the rates are about. */
  readonly imagesCovered: number;
  /** Marked faces in these, invalid ones left out. */
  readonly faces: number;
  readonly minIou: number;
  readonly boxMatch: 'iou' | 'centre';
  /** Lowest score of the curves. */
  readonly minScore: number;
  readonly versions: EngineInfo['versions'];
  readonly problems: readonly DatasetProblem[];
  readonly detectors: readonly DetectorResult[];
}

const DEFAULT_MIN_IOU: Readonly<Record<DetectionFormat, number>> = { wider: 0.5, fddb: 0.5, cmu: 0.35, table: 0.5 };
const CURVE_POINTS = 200;

/**
 * Runs detectors over marked photos. A photo that one of them cannot read is a problem in the result and counts for none.
 *
 * @throws {FaceError} `DATASET_INVALID` if no photo can be read; `SCORES_INVALID` if none shows a face; `INVALID_OPTION` without detectors or for a
 * detection size that none of them takes; what reading the set and creating an engine throw.
 */
export async function evaluateDetection(options: EvaluateDetectionOptions): Promise<DetectionResult> {
  const { data, format, detectors, detectionSize, signal, onProgress, minScore = 0.02, boxMatch = 'iou' } = options;
  assertDetectors(detectors, detectionSize);
  const set = await readDetectionSet(data, { format, signal });
  const { minIou = DEFAULT_MIN_IOU[set.format] } = options;
  const runs: DetectorRun[] = [];
  for (const detector of detectors) {
    const size = takesSizes(detector) ? detectionSize : undefined;
    runs.push(
      await runDetector(set.images, {
        detector,
        minScore,
        engine: { ...options.engine, detectionSize: size },
        signal,
        onModel: options.onModel,
        onImage: (done) => onProgress?.(detector.id, done, set.images.length),
      }),
    );
  }
  const covered = set.images.flatMap((_, i) => (runs.every(({ found }) => found[i] !== undefined) ? [i] : []));
  if (covered.length === 0) {
    const problems = [...set.problems, ...runs.flatMap((run) => run.problems)];
    throw new FaceError('DATASET_INVALID', `Expected photos in ${data}, got none of ${set.images.length} that can be read.`, {
      path: data,
      problems: problems.slice(0, 10),
    });
  }
  const toDetector = (run: DetectorRun, i: number): DetectorResult =>
    measure(set.images, covered, run, { ...options, minIou, boxMatch, minScore: (detectors[i] as DetectorManifest).minScore });
  return {
    kind: 'detect',
    dataset: basename(resolve(data)),
    format: set.format,
    images: set.images.length,
    imagesCovered: covered.length,
    faces: covered.reduce((sum, i) => sum + countFaces(set.images[i] as DetectionImage), 0),
    minIou,
    boxMatch,
    minScore,
    versions: (runs[0] as DetectorRun).info.versions,
    problems: [...set.problems, ...uniqueProblems(runs)],
    detectors: runs.map(toDetector),
  };
}

interface MeasureOptions extends Pick<EvaluateDetectionOptions, 'falsePositives' | 'rounds' | 'seed'> {
  readonly minIou: number;
  readonly boxMatch: 'iou' | 'centre';
  /** The detector's own. */
  readonly minScore: number;
}

function measure(images: readonly DetectionImage[], covered: readonly number[], run: DetectorRun, options: MeasureOptions): DetectorResult {
  const { minIou, boxMatch, rounds, seed, minScore, falsePositives = [0, 10, 100, 1000] } = options;
  const precisionOf = (found: DetectorRun['found'], subset: DetectionSubset, bootstrapRounds: number | undefined) =>
    computeDetectionPrecision(
      covered.map((i) => ({ detections: found[i] as readonly Face[], truths: selectTruths((images[i] as DetectionImage).boxes, subset) })),
      { minIou, boxMatch, bootstrapRounds, seed },
    );
  const all = precisionOf(run.found, DETECTION_SUBSETS.all, rounds);
  // Its interval is not looked at.
  const byDefault = precisionOf(run.foundByDefault, DETECTION_SUBSETS.all, 1);
  const subsets = (Object.entries(DETECTION_SUBSETS) as [DetectionSubsetName, DetectionSubset][]).flatMap(([name, subset]) => {
    const faces = covered.reduce((sum, i) => sum + countFaces(images[i] as DetectionImage, subset), 0);
    if (faces === 0) return [];
    const { averagePrecision, averagePrecisionCi95 } = name === 'all' ? all : precisionOf(run.found, subset, rounds);
    return [[name, { faces, averagePrecision, averagePrecisionCi95 }] as const];
  });
  return {
    id: run.info.pack,
    detectionSize: run.info.detectionSize,
    executionProvider: run.info.executionProvider,
    averagePrecision: all.averagePrecision,
    averagePrecisionCi95: all.averagePrecisionCi95,
    bySubset: Object.fromEntries(subsets),
    recallAtFalsePositives: Object.fromEntries(
      recallAtFalsePositives(all, falsePositives).map((recall, i) => [`${falsePositives[i]}`, recall]),
    ),
    atDefaultScore: {
      minScore,
      recall: byDefault.recall.at(-1) ?? 0,
      precision: byDefault.precision.at(-1),
      falsePositivesPerImage: (byDefault.falsePositives.at(-1) ?? 0) / covered.length,
    },
    imagesPerSecond: run.imagesPerSecond,
    curve: thinCurve(all),
  };
}

function countFaces({ boxes }: DetectionImage, subset: DetectionSubset = DETECTION_SUBSETS.all): number {
  return selectTruths(boxes, subset).filter(({ isIgnored }) => !isIgnored).length;
}

/** Every detector stumbles over the same photo. */
function uniqueProblems(runs: readonly DetectorRun[]): DatasetProblem[] {
  const byPath = new Map(runs.flatMap(({ problems }) => problems.map((problem) => [problem.path, problem])));
  return [...byPath.values()];
}

/** Points at even steps of recall and the last one. */
function thinCurve({ scores, precision, recall, falsePositives }: DetectionCurve): DetectorResult['curve'] {
  const last = recall.length - 1;
  const step = (recall[last] ?? 0) / CURVE_POINTS;
  let next = 0;
  const kept = Array.from(recall.keys()).filter((i) => {
    if (i !== last && (recall[i] as number) < next) return false;
    next = (recall[i] as number) + step;
    return true;
  });
  const pick = (values: Float64Array): number[] => kept.map((i) => values[i] as number);
  return { scores: pick(scores), precision: pick(precision), recall: pick(recall), falsePositives: pick(falsePositives) };
}

function takesSizes({ input }: DetectorManifest): boolean {
  return input.sizeMultipleOf !== undefined;
}

function assertDetectors(detectors: readonly DetectorManifest[], detectionSize: number | undefined): void {
  if (detectors.length === 0) {
    throw new FaceError('INVALID_OPTION', 'Expected at least one detector, got none.', { option: 'detectors' });
  }
  const ids = detectors.map(({ id }) => id);
  if (new Set(ids).size < ids.length) {
    throw new FaceError('INVALID_OPTION', `Expected every detector once, got ${ids.join(', ')}.`, { option: 'detectors', ids });
  }
  if (detectionSize === undefined || detectors.some(takesSizes)) return;
  throw new FaceError(
    'INVALID_OPTION',
    `Expected no detection size, for ${ids.join(', ')} take${ids.length === 1 ? 's' : ''} one size only, got ${detectionSize}.`,
    { option: 'detectionSize', detectionSize },
  );
}
