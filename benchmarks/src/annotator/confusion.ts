/** Truth against answers, counted. */

import { createRandom } from '@isoface/core/evaluation';

/** One answer whose truth is known. */
export interface Answer {
  readonly truth: string;
  readonly answer: string;
  /** What is drawn with replacement for intervals: the photograph. */
  readonly group: number;
}

/** Counts with what follows from them. */
export interface Confusion {
  /** Answers counted by truth: `counts[truth][answer]`. */
  readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly accuracy: number;
  /** Mean over the truths of the share that was answered right. */
  readonly balancedAccuracy: number;
  /** Of the balanced accuracy, by a bootstrap over photographs. */
  readonly ci95: readonly [number, number];
}

const ROUNDS = 500;

/** Counts answers; classes without a case of their own are left out of the balanced accuracy. */
export function countConfusion(answers: readonly Answer[], classes: readonly string[]): Confusion {
  const counts = Object.fromEntries(
    classes.map((truth) => [
      truth,
      Object.fromEntries(classes.map((answer) => [answer, answers.filter((a) => a.truth === truth && a.answer === answer).length])),
    ]),
  );
  const groups = groupAnswers(answers);
  const random = createRandom(20_11);
  const drawn = Array.from({ length: ROUNDS }, () => {
    const tally = new Map<string, [number, number]>();
    for (let i = 0; i < groups.length; i++) addTo(tally, groups[Math.floor(random() * groups.length)] ?? []);
    return balance(tally);
  }).sort((a, b) => a - b);
  const tally = new Map<string, [number, number]>();
  addTo(tally, answers);
  return {
    counts,
    accuracy: round(answers.filter(({ truth, answer }) => truth === answer).length / answers.length),
    balancedAccuracy: round(balance(tally)),
    ci95: [round(drawn[Math.floor(0.025 * ROUNDS)] as number), round(drawn[Math.ceil(0.975 * ROUNDS) - 1] as number)],
  };
}

/** Four digits: more are noise. */
export function round(value: number): number {
  return Number(value.toPrecision(4));
}

function groupAnswers(answers: readonly Answer[]): Answer[][] {
  const groups = new Map<number, Answer[]>();
  for (const answer of answers) groups.set(answer.group, [...(groups.get(answer.group) ?? []), answer]);
  return Array.from(groups.values());
}

function addTo(tally: Map<string, [number, number]>, answers: readonly Answer[]): void {
  for (const { truth, answer } of answers) {
    const entry = tally.get(truth) ?? [0, 0];
    entry[0] += truth === answer ? 1 : 0;
    entry[1]++;
    tally.set(truth, entry);
  }
}

function balance(tally: Map<string, [number, number]>): number {
  const shares = Array.from(tally.values(), ([right, all]) => right / all);
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}
