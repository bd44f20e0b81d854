import { describe, expect, it } from 'vitest';
import { computeAreaUnderCurve } from '../../src/evaluation/area-under-curve.ts';
import { computeDecidability } from '../../src/evaluation/decidability.ts';
import { computeErrorCurve } from '../../src/evaluation/error-curve.ts';
import { computeOperatingPoint } from '../../src/evaluation/operating-point.ts';
import { assertScores, type ScoreSet } from '../../src/evaluation/score-set.ts';
import { toScores } from './arbitrary-scores.ts';

const consumers: [string, (scores: ScoreSet) => unknown][] = [
  ['assertScores', assertScores],
  ['computeErrorCurve', computeErrorCurve],
  ['computeAreaUnderCurve', computeAreaUnderCurve],
  ['computeDecidability', computeDecidability],
  ['computeOperatingPoint', (scores) => computeOperatingPoint(scores, 0.1)],
];

describe.each(consumers)('%s', (_, consume) => {
  it.each([
    ['a NaN among the genuine', toScores([0.5, Number.NaN, Number.NaN], [0]), { count: 2, firstIndex: 1 }],
    ['an infinity among the impostors', toScores([0.5], [0, 0.1, Number.NEGATIVE_INFINITY]), { count: 1, firstIndex: 2 }],
    ['no genuine', toScores([], [0]), { class: 'genuine' }],
    ['no impostors', toScores([0], []), { class: 'impostor' }],
  ])('refuses %s', (_name, scores, details) => {
    expect(() => consume(scores)).toThrow(expect.objectContaining({ code: 'SCORES_INVALID', details: expect.objectContaining(details) }));
  });

  it('takes one score of each class and leaves the arrays as they are', () => {
    const scores = toScores([0.4, 0.2], [0.3, 0.1]);
    consume(scores);
    expect(scores).toEqual(toScores([0.4, 0.2], [0.3, 0.1]));
  });
});
