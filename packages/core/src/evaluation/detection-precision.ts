/**
 * Precision and recall of face detection over all score thresholds.
 *
 * Detections are matched within their image, best score first, each with the labelled face it overlaps most. The first detection that reaches the
 * wanted overlap finds the face; a second one of the same face is a false positive. Where the most overlapped face is an ignored one the
 * detection counts as nothing. This is the protocol of PASCAL VOC and WIDER FACE.
 *
 * @see Everingham et al., "The PASCAL Visual Object Classes Challenge: A Retrospective", IJCV 111, 2015; Yang et al., "WIDER FACE: A Face Detection
 * Benchmark", CVPR 2016.
 */

import { FaceError } from '../errors/face-error.ts';
import type { Box } from '../geometry/box.ts';
import { computeOverlap } from '../track/compute-overlap.ts';
import { createRandom } from './random.ts';

/** A labelled face. */
export interface DetectionTruth {
  readonly box: Box;
  /** Neither missed nor found: too hard, outside the subset, or not clearly a face. */
  readonly isIgnored: boolean;
}

/** What a detector found in one image, and what is there. */
export interface DetectionImage {
  /** In any order. */
  readonly detections: readonly { readonly box: Box; readonly score: number }[];
  readonly truths: readonly DetectionTruth[];
}

/** How detections are matched and how the interval is found. */
export interface DetectionPrecisionOptions {
  /** Intersection over union from which on a detection finds a face, in (0, 1]. Not looked at by `boxMatch: 'centre'`. */
  readonly minIou: number;
  /**
   * `'iou'` by overlap; `'centre'` if the centre of the detection is inside the labelled box, for labels whose boxes are drawn in another way than
   * the detector draws them (the most overlapped of several such faces is taken).
   *
   * @defaultValue 'iou'
   */
  readonly boxMatch?: 'iou' | 'centre' | undefined;
  /**
   * Rounds of the bootstrap over images.
   *
   * @defaultValue 500
   */
  readonly bootstrapRounds?: number | undefined;
  /** @defaultValue 1 */
  readonly seed?: number | undefined;
}

/** The precision-recall curve, from the highest score to the lowest. One point per distinct score; all arrays are of one length. */
export interface DetectionCurve {
  /** Descending. */
  readonly scores: Float64Array;
  /** Share of the detections with at least this score that find a face. */
  readonly precision: Float64Array;
  /** Share of the faces found by detections with at least this score. */
  readonly recall: Float64Array;
  /** Detections with at least this score that find no face, over all images. */
  readonly falsePositives: Float64Array;
}

/** Precision of a detector. */
export interface DetectionPrecision extends DetectionCurve {
  /** Area under the precision-recall curve, where precision is made non-increasing in recall (all points interpolated); in [0, 1]. */
  readonly averagePrecision: number;
  /** 95 % percentile interval over images drawn with replacement. */
  readonly averagePrecisionCi95: readonly [number, number];
  readonly images: number;
  /** Labelled faces that are not ignored. */
  readonly truths: number;
  /** Detections that count: those on ignored faces are left out. */
  readonly detections: number;
}

/** A detection that counts. */
interface Verdict {
  readonly score: number;
  readonly image: number;
  readonly isHit: boolean;
}

/** Detections that count, best first, packed: the bootstrap walks them hundreds of times. */
interface Verdicts {
  readonly scores: Float64Array;
  readonly images: Uint32Array;
  readonly isHit: Uint8Array;
}

/**
 * Measures how well detections agree with labelled faces. The detector's own minimum score should be low, for the curve ends where it cuts.
 *
 * @throws {FaceError} `SCORES_INVALID` if no face is left to be found or a detection's score or box is not finite; `DATASET_INVALID` for a labelled
 * box that is not finite; `INVALID_OPTION` for a `minIou` outside (0, 1] or a number of rounds below 1.
 */
export function computeDetectionPrecision(images: readonly DetectionImage[], options: DetectionPrecisionOptions): DetectionPrecision {
  const { minIou, boxMatch = 'iou', bootstrapRounds = 500, seed = 1 } = options;
  assertOptions(minIou, bootstrapRounds);
  const truthsPerImage = images.map(({ truths }) => truths.reduce((count, { isIgnored }) => count + (isIgnored ? 0 : 1), 0));
  const truths = truthsPerImage.reduce((sum, count) => sum + count, 0);
  if (truths === 0) {
    throw new FaceError(
      'SCORES_INVALID',
      `Expected labelled faces to be found, got none in ${images.length} images; precision and recall need at least one face that is not ignored.`,
      { images: images.length },
    );
  }
  const match = boxMatch === 'iou' ? (detection: Box, truth: Box) => computeOverlapFrom(minIou, detection, truth) : computeCentreOverlap;
  const verdicts = pack(images.flatMap((image, index) => judge(image, index, match)));
  const curve = trace(verdicts, truths, undefined);
  return {
    ...curve,
    averagePrecision: integrate(curve),
    averagePrecisionCi95: bootstrap(verdicts, truthsPerImage, { rounds: bootstrapRounds, random: createRandom(seed) }),
    images: images.length,
    truths,
    detections: verdicts.scores.length,
  };
}

/**
 * The true positive rate at numbers of false positives over the whole set, as FDDB's discrete score reports it.
 *
 * @param counts - False positives that may be made; 0 or more each.
 * @returns For each count the recall at the lowest score with at most so many; 0 if even the best detections make more.
 */
export function recallAtFalsePositives(
  { recall, falsePositives }: Pick<DetectionCurve, 'recall' | 'falsePositives'>,
  counts: readonly number[],
): number[] {
  return counts.map((count) => {
    // False positives never fall along the curve, so what is within the count comes first.
    const beyond = falsePositives.findIndex((reached) => reached > count);
    const within = (beyond === -1 ? falsePositives.length : beyond) - 1;
    return within < 0 ? 0 : (recall[within] as number);
  });
}

function judge({ detections, truths }: DetectionImage, image: number, match: (detection: Box, truth: Box) => number): Verdict[] {
  for (const { box, score } of detections) {
    if (!Number.isFinite(score) || !isFiniteBox(box)) {
      throw new FaceError('SCORES_INVALID', `Expected detections with a finite score and box, got score ${score} in image ${image}.`, {
        image,
        score,
        box,
      });
    }
  }
  for (const { box } of truths) {
    if (!isFiniteBox(box)) {
      throw new FaceError('DATASET_INVALID', `Expected labelled boxes of finite numbers, got ${JSON.stringify(box)} in image ${image}.`, {
        image,
        box,
      });
    }
  }
  const isFound = truths.map(() => false);
  const verdicts: Verdict[] = [];
  for (const { box, score } of [...detections].sort((a, b) => b.score - a.score)) {
    const best = findBestTruth(box, truths, isFound, match);
    if (best !== undefined && (truths[best] as DetectionTruth).isIgnored) continue;
    verdicts.push({ score, image, isHit: best !== undefined && isFound[best] === false });
    if (best !== undefined) isFound[best] = true;
  }
  return verdicts;
}

function pack(verdicts: Verdict[]): Verdicts {
  verdicts.sort((a, b) => b.score - a.score);
  return {
    scores: Float64Array.from(verdicts, ({ score }) => score),
    images: Uint32Array.from(verdicts, ({ image }) => image),
    isHit: Uint8Array.from(verdicts, ({ isHit }) => (isHit ? 1 : 0)),
  };
}

/** The most overlapped face; of faces labelled twice with one box, one that is to be found and not found yet. */
function findBestTruth(
  box: Box,
  truths: readonly DetectionTruth[],
  isFound: readonly boolean[],
  match: (detection: Box, truth: Box) => number,
): number | undefined {
  let best: number | undefined;
  let bestOverlap = 0;
  for (const [i, truth] of truths.entries()) {
    const overlap = match(box, truth.box);
    const isOpen = !truth.isIgnored && !isFound[i];
    const isBetter = overlap > bestOverlap || (overlap > 0 && overlap === bestOverlap && isOpen && best !== undefined && isUsed(best));
    if (!isBetter) continue;
    best = i;
    bestOverlap = overlap;
  }
  return best;

  function isUsed(index: number): boolean {
    return (truths[index] as DetectionTruth).isIgnored || isFound[index] === true;
  }
}

/** Overlap, or 0 where it is too little. */
function computeOverlapFrom(minIou: number, detection: Box, truth: Box): number {
  const overlap = computeOverlap(detection, truth);
  return overlap >= minIou ? overlap : 0;
}

/** Overlap where the centre of the detection is inside the truth, else 0. */
function computeCentreOverlap(detection: Box, truth: Box): number {
  const x = detection.x + detection.width / 2 - truth.x;
  const y = detection.y + detection.height / 2 - truth.y;
  return x >= 0 && y >= 0 && x <= truth.width && y <= truth.height ? computeOverlap(detection, truth) : 0;
}

/**
 * Walks from the best detection to the worst. Detections of equal score come in together: no threshold parts them, and their order is chance.
 *
 * @param weights - How often each image is drawn; once each by default.
 */
function trace(verdicts: Verdicts, truths: number, weights: Uint32Array | undefined): DetectionCurve {
  const length = verdicts.scores.length;
  const scores = new Float64Array(length);
  const precision = new Float64Array(length);
  const recall = new Float64Array(length);
  const falsePositives = new Float64Array(length);
  let hits = 0;
  let misses = 0;
  let points = 0;
  for (let i = 0; i < length; i++) {
    const score = verdicts.scores[i] as number;
    const weight = weights === undefined ? 1 : (weights[verdicts.images[i] as number] as number);
    if (verdicts.isHit[i] === 1) hits += weight;
    else misses += weight;
    if (verdicts.scores[i + 1] === score || hits + misses === 0) continue;
    scores[points] = score;
    precision[points] = hits / (hits + misses);
    recall[points] = hits / truths;
    falsePositives[points] = misses;
    points++;
  }
  return {
    scores: scores.slice(0, points),
    precision: precision.slice(0, points),
    recall: recall.slice(0, points),
    falsePositives: falsePositives.slice(0, points),
  };
}

/** Area under the curve; at each recall the best precision that is reached from there on. */
function integrate({ precision, recall }: DetectionCurve): number {
  let area = 0;
  let best = 0;
  for (let i = precision.length - 1; i >= 0; i--) {
    best = Math.max(best, precision[i] as number);
    area += best * ((recall[i] as number) - (i === 0 ? 0 : (recall[i - 1] as number)));
  }
  return area;
}

function bootstrap(
  verdicts: Verdicts,
  truthsPerImage: readonly number[],
  { rounds, random }: { readonly rounds: number; readonly random: () => number },
): readonly [number, number] {
  const images = truthsPerImage.length;
  const drawn: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const weights = new Uint32Array(images);
    let truths = 0;
    for (let i = 0; i < images; i++) {
      const pick = Math.floor(random() * images);
      weights[pick] = (weights[pick] as number) + 1;
      truths += truthsPerImage[pick] as number;
    }
    // Without a face in any image drawn there is no precision to speak of.
    if (truths > 0) drawn.push(integrate(trace(verdicts, truths, weights)));
  }
  if (drawn.length === 0) return [0, 1];
  drawn.sort((a, b) => a - b);
  const at = (quantile: number): number => drawn[Math.round(quantile * (drawn.length - 1))] as number;
  return [at(0.025), at(0.975)];
}

function isFiniteBox({ x, y, width, height }: Box): boolean {
  return [x, y, width, height].every(Number.isFinite);
}

function assertOptions(minIou: number, bootstrapRounds: number): void {
  if (!(minIou > 0 && minIou <= 1)) {
    throw new FaceError('INVALID_OPTION', `Expected minIou in (0, 1], got ${minIou}.`, { minIou });
  }
  if (!Number.isSafeInteger(bootstrapRounds) || bootstrapRounds < 1) {
    throw new FaceError('INVALID_OPTION', `Expected bootstrapRounds to be a whole number from 1, got ${bootstrapRounds}.`, {
      bootstrapRounds,
    });
  }
}
