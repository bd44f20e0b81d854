/** Both error rates as functions of the threshold: what DET and ROC charts draw. */

import { FaceError } from '../errors/face-error.ts';
import { assertScores, type ScoreSet } from './score-set.ts';
import { nextUp } from './share-threshold.ts';

/**
 * Error rates at thresholds, ascending; all three arrays have the same length.
 * At the first threshold everything matches (FMR 1, FNMR 0), at the last one nothing (FMR 0, FNMR 1).
 */
export interface ErrorCurve {
  /** Similarities; strictly ascending. A comparison matches if its score is at least the threshold. */
  readonly thresholds: Float64Array;
  /** False match rate: share of the impostor scores that reach the threshold; never grows. */
  readonly fmr: Float64Array;
  /** False non-match rate: share of the genuine scores below the threshold; never falls. */
  readonly fnmr: Float64Array;
}

/**
 * Computes the exact curve: one point for each distinct score of either class, and one above the largest, where the threshold is the next double
 * (finite, so that it survives JSON). Between two points the rates are those of the upper one.
 *
 * @returns Up to `genuine.length + impostor.length + 1` points; {@link thinErrorCurve} makes fewer of them for a chart.
 * @throws {FaceError} `SCORES_INVALID` if a class is empty or a score is not finite.
 */
export function computeErrorCurve(scores: ScoreSet): ErrorCurve {
  assertScores(scores);
  const genuine = scores.genuine.slice().sort();
  const impostor = scores.impostor.slice().sort();
  const capacity = genuine.length + impostor.length + 1;
  const thresholds = new Float64Array(capacity);
  const fmr = new Float64Array(capacity);
  const fnmr = new Float64Array(capacity);
  let points = 0;
  let g = 0;
  let i = 0;
  let last = Number.NaN;
  while (g < genuine.length || i < impostor.length) {
    last = Math.min(genuine[g] ?? Number.POSITIVE_INFINITY, impostor[i] ?? Number.POSITIVE_INFINITY);
    thresholds[points] = last;
    fmr[points] = (impostor.length - i) / impostor.length;
    fnmr[points] = g / genuine.length;
    points++;
    while (g < genuine.length && (genuine[g] as number) <= last) g++;
    while (i < impostor.length && (impostor[i] as number) <= last) i++;
  }
  thresholds[points] = nextUp(last);
  fnmr[points] = 1;
  points++;
  return { thresholds: thresholds.slice(0, points), fmr: fmr.slice(0, points), fnmr: fnmr.slice(0, points) };
}

/**
 * Leaves out points that a chart would not show. Distance is measured on logit axes, log(p / (1 - p)) of both rates, on which the tails of a DET
 * curve are as long as its middle: the path along the curve is cut into `floor(maxPoints / 2)` pieces of equal length, and the first and the last
 * point of each piece stay. So both ends stay, and both sides of every jump that is longer than a piece.
 *
 * @param maxPoints - At least 2. A curve that has no more points comes back as it is.
 * @throws {FaceError} `INVALID_OPTION` if `maxPoints` is less than 2.
 */
export function thinErrorCurve(curve: ErrorCurve, maxPoints: number): ErrorCurve {
  if (!(maxPoints >= 2)) {
    throw new FaceError('INVALID_OPTION', `Expected maxPoints of at least 2, got ${maxPoints}: a curve has two ends.`, {
      option: 'maxPoints',
      value: maxPoints,
    });
  }
  const { length } = curve.thresholds;
  if (length <= maxPoints) return curve;
  const path = measurePath(curve);
  const pieces = Math.floor(maxPoints / 2);
  const total = path[length - 1] as number;
  const toPiece = (i: number) => Math.min(pieces - 1, Math.floor(((path[i] as number) / total) * pieces));
  const kept: number[] = [];
  for (let i = 0; i < length; i++) {
    const isFirst = i === 0 || toPiece(i - 1) !== toPiece(i);
    const isLast = i === length - 1 || toPiece(i + 1) !== toPiece(i);
    if (isFirst || isLast) kept.push(i);
  }
  const pick = (values: Float64Array) => Float64Array.from(kept, (i) => values[i] as number);
  return { thresholds: pick(curve.thresholds), fmr: pick(curve.fmr), fnmr: pick(curve.fnmr) };
}

/** Length of the way from the first point to each point, on logit axes. */
function measurePath({ fmr, fnmr }: ErrorCurve): Float64Array {
  const path = new Float64Array(fmr.length);
  const x = toLogits(fmr);
  const y = toLogits(fnmr);
  for (let i = 1; i < path.length; i++) {
    const step = Math.abs((x[i] as number) - (x[i - 1] as number)) + Math.abs((y[i] as number) - (y[i - 1] as number));
    path[i] = (path[i - 1] as number) + step;
  }
  return path;
}

/** Rates of 0 and 1, which no such axis has, are put half as far out as the outermost others. */
function toLogits(rates: Float64Array): Float64Array {
  let margin = 0.5;
  for (const rate of rates) {
    if (rate > 0 && rate < 1) margin = Math.min(margin, rate / 2, (1 - rate) / 2);
  }
  return rates.map((rate) => {
    const clamped = Math.min(1 - margin, Math.max(margin, rate));
    return Math.log(clamped / (1 - clamped));
  });
}
