/** Error rates of whole transactions, in which a face may also fail to be found. */

import { FaceError } from '../errors/face-error.ts';

/** Rates of comparisons, and how often none could be made. */
export interface ComparisonErrors {
  readonly fmr: number;
  readonly fnmr: number;
  /** Share of the attempts without a usable face (FTA). */
  readonly failureToAcquire: number;
}

/** Rates of transactions with one attempt. */
export interface TransactionErrors {
  /** False accept rate: `fmr * (1 - fta)`. */
  readonly far: number;
  /** False reject rate: `fta + fnmr * (1 - fta)`. */
  readonly frr: number;
}

/**
 * Computes the rates of transactions of one attempt, in which a failure to acquire is a rejection (ISO/IEC 19795-1).
 *
 * @throws {FaceError} `INVALID_OPTION` if a rate is not in [0, 1].
 */
export function computeTransactionErrors(errors: ComparisonErrors): TransactionErrors {
  const { fmr, fnmr, failureToAcquire } = errors;
  for (const [option, value] of Object.entries({ fmr, fnmr, failureToAcquire })) {
    if (value >= 0 && value <= 1) continue;
    throw new FaceError('INVALID_OPTION', `Expected ${option} to be a rate in [0, 1], got ${value}.`, { option, value });
  }
  return { far: fmr * (1 - failureToAcquire), frr: failureToAcquire + fnmr * (1 - failureToAcquire) };
}
