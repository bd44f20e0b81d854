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
  /** The sequence of the time before; it is not drawn again, unless there is no other. */
  readonly previous?: readonly ChallengeAction[] | undefined;
}

/** Movements by which a head shows that it is none of a flat picture: a picture comes closer too, and two of them smile. */
const SOLID: ReadonlySet<ChallengeAction> = new Set(['turnLeft', 'turnRight', 'nod']);
/** Whether one of the movements tells a head from a flat picture. */
export function hasSolidAction(actions: readonly ChallengeAction[]): boolean {
  return actions.some((action) => SOLID.has(action));
}

/** So often a sequence is drawn before the request counts as impossible. */
const MOST_TRIES = 1_000;

/**
 * Draws a sequence: at least one turn or nod, no movement twice in a row, and not the sequence of the time before where there is another. All such sequences
 * are equally likely.
 *
 * @param random - Uniform in [0, 1); it must not be predictable, so not `Math.random`.
 * @throws {FaceError} `INVALID_OPTION` if there is no such sequence.
 */
export function drawChallenge(random: () => number, { steps, actions, previous = [] }: DrawChallengeOptions): ChallengeAction[] {
  assertOption('steps', steps, isWholeNumber(steps, 1, 100), 'a whole number from 1 to 100');
  const known = [...new Set(actions)];
  if (!hasSolidAction(known) || (steps > 1 && known.length < 2)) throw impossible(steps, known);
  let repeated: ChallengeAction[] | undefined;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const drawn = drawSequence(random, steps, known);
    if (!hasSolidAction(drawn)) continue;
    if (drawn.length !== previous.length || drawn.some((action, i) => action !== previous[i])) return drawn;
    repeated = drawn;
  }
  // Where there is no other one, the last time's is better than none.
  if (repeated === undefined) throw impossible(steps, known);
  return repeated;
}

function drawSequence(random: () => number, steps: number, known: readonly ChallengeAction[]): ChallengeAction[] {
  const drawn: ChallengeAction[] = [];
  for (let i = 0; i < steps; i++) {
    const choices = known.filter((action) => action !== drawn.at(-1));
    drawn.push(choices[Math.floor(random() * choices.length)] as ChallengeAction);
  }
  return drawn;
}

function impossible(steps: number, actions: readonly ChallengeAction[]): FaceError {
  return new FaceError(
    'INVALID_OPTION',
    `Expected movements for a sequence of ${steps} with a turn or a nod, and without one twice in a row, got ${actions.join(', ') || 'none'}; ` +
      'allow more of them.',
    { option: 'actions', steps, actions },
  );
}
