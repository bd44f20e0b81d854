/** People drawn with replacement. */

import { FaceError } from '../errors/face-error.ts';
import { createRandom } from './random.ts';

/** How an identity bootstrap draws. */
export interface BootstrapOptions {
  /** How many people there are; identities are numbered from 0. */
  readonly identityCount: number;
  /** How often they are drawn. @defaultValue 1000 */
  readonly rounds?: number | undefined;
  /** Equal seeds give equal intervals. @defaultValue 2004 */
  readonly seed?: number | undefined;
}

/**
 * Draws as many people as there are, `rounds` times, and calls `visit` with how often each was drawn.
 *
 * @param visit - Its array, shape [identityCount], is reused for the next round.
 * @throws {FaceError} `INVALID_OPTION` for counts that are no whole number above 0.
 */
export function drawIdentities(
  { identityCount, rounds = 1000, seed = 2004 }: BootstrapOptions,
  visit: (drawn: Float64Array, round: number) => void,
): void {
  assertWhole('identityCount', identityCount);
  assertWhole('rounds', rounds);
  const random = createRandom(seed);
  const drawn = new Float64Array(identityCount);
  for (let round = 0; round < rounds; round++) {
    drawn.fill(0);
    for (let i = 0; i < identityCount; i++) {
      const pick = Math.floor(random() * identityCount);
      drawn[pick] = (drawn[pick] as number) + 1;
    }
    visit(drawn, round);
  }
}

/**
 * Makes sure that all identities are numbers below `identityCount`.
 *
 * @throws {FaceError} `SCORES_INVALID`; `INVALID_OPTION` if `identityCount` is no whole number above 0.
 */
export function assertIdentities(name: string, identities: Uint32Array, identityCount: number): void {
  assertWhole('identityCount', identityCount);
  const index = identities.findIndex((identity) => identity >= identityCount);
  if (index < 0) return;
  throw new FaceError(
    'SCORES_INVALID',
    `Expected identities below ${identityCount}, the number of people, got ${identities[index]} in ${name} at index ${index}.`,
    { name, index, identity: identities[index], identityCount },
  );
}

function assertWhole(option: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0 && value <= 2 ** 32) return;
  throw new FaceError('INVALID_OPTION', `Expected a whole number above 0 for ${option}, got ${value}.`, { option, value });
}
