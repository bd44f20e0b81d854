/** From a wanted false match rate to a threshold, by the pack's calibration. */

import { FaceError } from '../errors/face-error.ts';
import type { CalibratedThreshold } from '../ports/model-manifest.ts';

/** A threshold and the false match rate that it stands for. */
export interface SelectedThreshold {
  readonly threshold: number;
  readonly fmr: number;
}

/**
 * Selects the threshold for a false match rate. Between two calibrated rates the threshold is interpolated linearly over log10(FMR),
 * along which impostor tails are nearly straight; outside the calibrated range there is none.
 *
 * @throws {FaceError} `THRESHOLD_UNAVAILABLE` outside the range; `INVALID_OPTION` if `fmr` is no rate.
 */
export function selectThreshold(thresholds: readonly CalibratedThreshold[], fmr: number, flipAveraging: boolean): SelectedThreshold {
  if (!(fmr > 0 && fmr < 1)) {
    throw new FaceError('INVALID_OPTION', `Expected a false match rate between 0 and 1, e.g. 1e-3, got ${fmr}.`, {
      option: 'fmr',
      value: fmr,
    });
  }
  const rows = thresholds.filter((row) => row.flipAveraging === flipAveraging).sort((a, b) => a.fmr - b.fmr);
  const upper = rows.findIndex((row) => row.fmr >= fmr * (1 - 1e-9));
  const above = rows[upper];
  const below = rows[upper - 1];
  if (above !== undefined && Math.abs(above.fmr / fmr - 1) < 1e-9) return { threshold: above.threshold, fmr };
  if (above === undefined || below === undefined) {
    const known = rows.map((row) => row.fmr.toExponential()).join(', ') || 'none';
    throw new FaceError(
      'THRESHOLD_UNAVAILABLE',
      `Expected a false match rate within the pack's calibration (${known}), got ${fmr}; choose one in that range or pass a threshold of your own.`,
      { fmr, calibrated: rows.map((row) => row.fmr), flipAveraging },
    );
  }
  const share = (Math.log10(fmr) - Math.log10(below.fmr)) / (Math.log10(above.fmr) - Math.log10(below.fmr));
  return { threshold: below.threshold + share * (above.threshold - below.threshold), fmr };
}
