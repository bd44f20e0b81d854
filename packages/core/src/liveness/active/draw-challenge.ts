/** Which movements are asked for, in which order. */

import { FaceError } from '../../errors/face-error.ts';
import { assertOption, isWholeNumber } from '../../recognizers/assert-option.ts';
import type { ChallengeAction } from './challenge.ts';

/** What is drawn. */
export interface DrawChallengeOptions {
  /** Number of movements, at least 1. */
  readonly steps: number;
  /** Movements to draw from: those that can be seen, see `listChallengeActions`. */
  readonly actions: readonly ChallengeAction[];
  /** The sequence of the time before; it is not drawn again. */
  readonly previous?: readonly ChallengeAction[] | undefined;
}

/** So often a sequence is drawn before the request counts as impossible. */
const MOST_TRIES = 1_000;

/**
 * Draws a sequence: no movement twice in a row, and not the sequence of the time before. All such sequences are equally likely.
 *
 * @param random - Uniform in [0, 1); it must not be predictable, so not `Math.random`.
 * @throws {FaceError} `INVALID_OPTION` if there is no such sequence.
 */
export function drawChallenge(random: () => number, { steps, actions, previous = [] }: DrawChallengeOptions): ChallengeAction[] {
  assertOption('steps', steps, isWholeNumber(steps, 1, 100), 'a whole number from 1 to 100');
  const known = [...new Set(actions)];
  const hasOnlyPrevious = steps === 1 && known.length === 1 && previous.length === 1 && previous[0] === known[0];
  if (known.length === 0 || (steps > 1 && known.length < 2) || hasOnlyPrevious) throw impossible(steps, known);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const drawn: ChallengeAction[] = [];
    for (let i = 0; i < steps; i++) {
      const choices = known.filter((action) => action !== drawn.at(-1));
      drawn.push(choices[Math.floor(random() * choices.length)] as ChallengeAction);
    }
    if (drawn.some((action, i) => action !== previous[i]) || drawn.length !== previous.length) return drawn;
  }
  throw impossible(steps, known);
}

function impossible(steps: number, actions: readonly ChallengeAction[]): FaceError {
  return new FaceError(
    'INVALID_OPTION',
    `Expected movements for a sequence of ${steps} without one twice in a row and unlike the last one, got ${actions.join(', ') || 'none'}; ` +
      'allow more of them.',
    { option: 'actions', steps, actions },
  );
}
