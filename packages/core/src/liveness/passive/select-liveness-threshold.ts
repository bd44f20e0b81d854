/** From a wanted error rate to a threshold of the passive liveness score. */

import { FaceError } from '../../errors/face-error.ts';
import type { CalibratedLivenessThreshold } from '../../ports/model-manifest.ts';

/**
 * What a threshold should achieve: at most this share of living faces refused (BPCER), at most this share of attacks of the worst kind accepted
 * (APCER), or a threshold of one's own.
 */
export type LivenessTarget = { readonly bpcer: number } | { readonly apcer: number } | { readonly threshold: number };

/** A threshold and where it comes from. */
export interface SelectedLivenessThreshold {
  readonly threshold: number;
  /** The measurement; absent for a threshold of one's own. */
  readonly calibration?: CalibratedLivenessThreshold | undefined;
}

/**
 * Selects the threshold for a target. For BPCER the highest calibrated threshold that keeps to it is taken, for APCER the lowest.
 *
 * @param thresholds - `engine.info.liveness.thresholds`.
 * @throws {FaceError} `THRESHOLD_UNAVAILABLE` if nothing was calibrated for the target; `INVALID_OPTION` for a target outside [0, 1].
 */
export function selectLivenessThreshold(
  thresholds: readonly CalibratedLivenessThreshold[],
  target: LivenessTarget,
): SelectedLivenessThreshold {
  const [kind, wanted] = readTarget(target);
  if (kind === 'threshold') return { threshold: wanted };
  const fitting = thresholds.filter((row) => row.kind === kind && row.rate <= wanted);
  const isBetter = kind === 'bpcer' ? (a: number, b: number) => a > b : (a: number, b: number) => a < b;
  const [first, ...others] = fitting;
  if (first === undefined) throw unavailable(kind, wanted, thresholds);
  const best = others.reduce((chosen, row) => (isBetter(row.threshold, chosen.threshold) ? row : chosen), first);
  return { threshold: best.threshold, calibration: best };
}

function readTarget(target: LivenessTarget): ['bpcer' | 'apcer' | 'threshold', number] {
  const entries = Object.entries(target);
  const [entry] = entries;
  const isKnown = entry !== undefined && ['bpcer', 'apcer', 'threshold'].includes(entry[0]);
  if (entries.length === 1 && isKnown && typeof entry[1] === 'number' && entry[1] >= 0 && entry[1] <= 1) {
    return entry as ['bpcer' | 'apcer' | 'threshold', number];
  }
  throw new FaceError('INVALID_OPTION', `Expected one of bpcer, apcer and threshold, from 0 to 1, got ${JSON.stringify(target)}.`, {
    option: 'livenessTarget',
    value: target,
  });
}

function unavailable(kind: 'bpcer' | 'apcer', wanted: number, thresholds: readonly CalibratedLivenessThreshold[]): FaceError {
  const known = thresholds.filter((row) => row.kind === kind).map(({ rate }) => rate);
  const offer =
    known.length === 0
      ? `this pack has none: measure your own attacks with "isoface eval liveness --data" and give the threshold`
      : `the pack has ${known.join(', ')}`;
  return new FaceError('THRESHOLD_UNAVAILABLE', `Expected a calibrated threshold for ${kind.toUpperCase()} ${wanted}; ${offer}.`, {
    kind,
    wanted,
    known,
  });
}
