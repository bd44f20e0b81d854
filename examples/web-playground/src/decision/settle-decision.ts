/** From what the user asked for to the similarity from which on two faces match. */

import { type EngineInfo, selectThreshold } from 'isoface';

/** What is asked for: a false match rate, or a threshold of one's own. */
export type Wanted = { readonly fmr: number } | { readonly threshold: number };

/** The threshold in force; `fmr` is absent for a threshold of one's own. */
export interface Decision {
  readonly threshold: number;
  readonly fmr?: number | undefined;
}

/** Reads the fields of the form: the choice `own` takes the number beside it. */
export function readWanted(fields: Pick<FormData, 'get'>): Wanted {
  const choice = String(fields.get('fmr') ?? '1e-4');
  if (choice !== 'own') return { fmr: Number(choice) };
  const text = String(fields.get('threshold') ?? '').trim();
  return { threshold: text === '' ? Number.NaN : Number(text) };
}

/**
 * Settles the threshold.
 *
 * @throws {FaceError} `THRESHOLD_UNAVAILABLE` if the pack is not calibrated for the rate.
 * @throws {RangeError} if the threshold of one's own is no number from -1 to 1.
 */
export function settleDecision({ thresholds, flipAveraging }: Pick<EngineInfo, 'thresholds' | 'flipAveraging'>, wanted: Wanted): Decision {
  if ('fmr' in wanted) return selectThreshold(thresholds, wanted.fmr, flipAveraging);
  const { threshold } = wanted;
  if (threshold >= -1 && threshold <= 1) return { threshold };
  throw new RangeError('Enter a threshold from -1 to 1, for example 0.5.');
}

/** The decision as a sentence. */
export function describeDecision({ threshold, fmr }: Decision): string {
  const meaning =
    fmr === undefined ? 'a threshold of your own' : `1 in ${Math.round(1 / fmr).toLocaleString('en')} pairs of strangers reaches it`;
  return `Match from a similarity of ${threshold.toFixed(4)}: ${meaning}.`;
}
