/** Exact confidence intervals of a share of independent trials. */

import { FaceError } from '../errors/face-error.ts';
import { findShareOfTail } from './binomial-tail.ts';

/**
 * Computes the Clopper-Pearson interval: the shares under which neither so few nor so many successes would be rarer than (1 - confidence) / 2. It
 * covers the true share at least as often as it says. Both ends are accurate to a relative 1e-9 for up to 1e9 trials.
 *
 * The trials must be independent; comparisons that share a person are not: see {@link bootstrapPairs}.
 *
 * @param successes - A whole number, at most `trials`.
 * @param trials - A whole number; 0 of them tell nothing, and the interval is [0, 1].
 * @param confidence - In (0, 1).
 * @throws {FaceError} `INVALID_OPTION` if one of them is not.
 * @see Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial", Biometrika 26(4), 1934.
 */
export function computeClopperPearson(successes: number, trials: number, confidence = 0.95): readonly [number, number] {
  assertArguments(successes, trials, confidence);
  const alpha = (1 - confidence) / 2;
  // The lowest share leaves alpha to so many successes or more, the highest one to so many failures or more.
  const lower = successes === 0 ? 0 : findShareOfTail(successes, trials, alpha).share;
  const upper = successes === trials ? 1 : findShareOfTail(trials - successes, trials, alpha).complement;
  return [lower, upper];
}

function assertArguments(successes: number, trials: number, confidence: number): void {
  if (!Number.isSafeInteger(trials) || trials < 0) {
    throw new FaceError('INVALID_OPTION', `Expected a whole number of trials, got ${trials}.`, { option: 'trials', value: trials });
  }
  if (!Number.isSafeInteger(successes) || successes < 0 || successes > trials) {
    throw new FaceError(
      'INVALID_OPTION',
      `Expected a whole number of successes from 0 to ${trials}, the number of trials, got ${successes}.`,
      {
        option: 'successes',
        value: successes,
      },
    );
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new FaceError('INVALID_OPTION', `Expected a confidence between 0 and 1, e.g. 0.95, got ${confidence}.`, {
      option: 'confidence',
      value: confidence,
    });
  }
}
