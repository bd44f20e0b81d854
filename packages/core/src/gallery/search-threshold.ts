/** From a wanted FPIR and the size of a gallery to a threshold. */

import { FaceError } from '../errors/face-error.ts';
import type { CalibratedSearchThreshold, CalibratedThreshold } from '../ports/model-manifest.ts';

/** The threshold of a search and what it stands for. */
export interface SearchDecision {
  readonly threshold: number;
  /** Wanted false positive identification rate; absent for a threshold of one's own. */
  readonly fpir?: number | undefined;
  /** Templates that the probe was compared with. */
  readonly gallerySize: number;
  /**
   * What the threshold rests on: a search calibration of the pack for about this size, one scaled to this size, verification thresholds for single
   * comparisons, or a line drawn beyond what was measured. `own`: the caller's.
   */
  readonly basis: 'calibrated' | 'scaled' | 'comparisons' | 'extrapolated' | 'own';
}

/** What a pack knows of its scores. */
export interface SearchCalibration {
  readonly thresholds: readonly CalibratedThreshold[];
  readonly searchThresholds?: readonly CalibratedSearchThreshold[] | undefined;
  readonly flipAveraging: boolean;
  /** For messages. */
  readonly pack: string;
}

/** A threshold and the rate of a single comparison that it stands for, as a logarithm of base 10. */
interface Point {
  readonly logRate: number;
  readonly threshold: number;
}

/** Rate at which strangers may be found when the caller names none. */
export const DEFAULT_FPIR = 1e-2;
/** Sizes that count as the one which was measured: up to a quarter more or less. */
const SAME_SIZE = 1.25;
/**
 * How far a line may be drawn beyond the lowest measured rate, in powers of ten. Impostor tails of cosines bend towards lower similarities, so that the
 * line errs on the side of higher thresholds: more misses, not more strangers.
 */
const MOST_DECADES = 3;
/** Two rates are the same if they differ by no more, in powers of ten: less than rounding makes of them. */
const SAME_RATE = 1e-9;

/**
 * Selects the threshold for a false positive identification rate. A search makes one comparison with each template; if these were independent,
 * `FPIR = 1 - (1 - rate)^size`, and by that law what was measured for one size is carried over to another. They are not quite independent, so this
 * is a model: `basis` says how far the result is from what was measured.
 *
 * @param gallerySize - Templates in the gallery. Those of one person count each, which errs on the side of higher thresholds.
 * @throws {FaceError} `THRESHOLD_UNAVAILABLE` for packs without calibration, and for rates far below what was measured; `INVALID_OPTION` if `fpir` is
 * no rate.
 */
export function selectSearchThreshold(calibration: SearchCalibration, fpir: number, gallerySize: number): SearchDecision {
  if (!(fpir > 0 && fpir < 1)) {
    throw new FaceError('INVALID_OPTION', `Expected a false positive identification rate between 0 and 1, e.g. 1e-2, got ${fpir}.`, {
      option: 'fpir',
      value: fpir,
    });
  }
  const wanted = toLogRate(fpir, Math.max(1, gallerySize));
  const searches = toSearchPoints(calibration);
  const comparisons = toComparisonPoints(calibration);
  const [lowestSearch, highestSearch] = [searches[0], searches[searches.length - 1]];
  const result = (threshold: number, basis: SearchDecision['basis']): SearchDecision => ({ threshold, fpir, gallerySize, basis });

  const bySearches = interpolate(searches, wanted);
  if (bySearches !== undefined) return result(bySearches, isMeasuredSize(calibration, gallerySize) ? 'calibrated' : 'scaled');
  if (lowestSearch === undefined || wanted > lowestSearch.logRate) {
    // A threshold that suffices for a lower rate suffices here too: smaller galleries never get the higher threshold.
    const cap = highestSearch?.threshold ?? Number.POSITIVE_INFINITY;
    const highest = comparisons[comparisons.length - 1];
    const byComparisons = interpolate(comparisons, highest === undefined ? wanted : Math.min(wanted, highest.logRate));
    if (byComparisons !== undefined) return result(Math.min(byComparisons, cap), 'comparisons');
    if (Number.isFinite(cap)) return result(cap, 'scaled');
  }
  const tail = searches.length > 1 ? searches : comparisons;
  const [lowest, next] = tail;
  if (lowest !== undefined && next !== undefined && lowest.logRate - wanted <= MOST_DECADES) {
    const slope = (next.threshold - lowest.threshold) / (next.logRate - lowest.logRate);
    return result(lowest.threshold + slope * (wanted - lowest.logRate), 'extrapolated');
  }
  throw unavailable(calibration, fpir, gallerySize, lowest);
}

/** `1 - (1 - fpir)^(1 / size)`, by logarithms: plain arithmetic would lose small rates. */
function toLogRate(fpir: number, size: number): number {
  return Math.log10(-Math.expm1(Math.log1p(-fpir) / size));
}

function toSearchPoints({ searchThresholds = [], flipAveraging }: SearchCalibration): Point[] {
  const points = searchThresholds
    .filter((row) => row.flipAveraging === flipAveraging)
    .map(({ fpir, gallerySize, threshold }) => ({ logRate: toLogRate(fpir, gallerySize), threshold }));
  return ascending(points);
}

function toComparisonPoints({ thresholds, flipAveraging }: SearchCalibration): Point[] {
  return ascending(
    thresholds.filter((row) => row.flipAveraging === flipAveraging).map(({ fmr, threshold }) => ({ logRate: Math.log10(fmr), threshold })),
  );
}

function ascending(points: Point[]): Point[] {
  return points.sort((a, b) => a.logRate - b.logRate);
}

/** Linear over the logarithm of the rate, along which impostor tails are nearly straight; `undefined` outside. */
function interpolate(points: readonly Point[], wanted: number): number | undefined {
  for (const [i, point] of points.entries()) {
    if (Math.abs(point.logRate - wanted) < SAME_RATE) return point.threshold;
    const below = points[i - 1];
    if (below === undefined || wanted < below.logRate || wanted > point.logRate) continue;
    const share = (wanted - below.logRate) / (point.logRate - below.logRate);
    return below.threshold + share * (point.threshold - below.threshold);
  }
  return undefined;
}

function isMeasuredSize({ searchThresholds = [], flipAveraging }: SearchCalibration, gallerySize: number): boolean {
  return searchThresholds.some(
    (row) =>
      row.flipAveraging === flipAveraging && gallerySize <= row.gallerySize * SAME_SIZE && gallerySize >= row.gallerySize / SAME_SIZE,
  );
}

function unavailable({ pack }: SearchCalibration, fpir: number, gallerySize: number, lowest: Point | undefined): FaceError {
  const known =
    lowest === undefined
      ? `pack "${pack}" has none that says how often strangers are found`
      : `the calibration of pack "${pack}" does not reach so far (it ends at a rate of ${(10 ** lowest.logRate).toExponential(1)} per comparison)`;
  const message = `Expected a threshold for FPIR ${fpir} among ${gallerySize} templates, but ${known}; ask for a higher rate, calibrate the pack on data of your own, or pass a threshold.`;
  return new FaceError('THRESHOLD_UNAVAILABLE', message, { fpir, gallerySize, pack });
}
