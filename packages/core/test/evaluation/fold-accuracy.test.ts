import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeFoldAccuracy, type FoldedScores } from '../../src/evaluation/fold-accuracy.ts';
import { nextUp } from '../../src/evaluation/share-threshold.ts';
import { arbitraryScore } from './arbitrary-scores.ts';

type Row = readonly [score: number, isGenuine: 0 | 1, fold: number];

const NOT_COMPARED = Number.NEGATIVE_INFINITY;

function toFolded(rows: readonly Row[]): FoldedScores {
  return {
    scores: Float64Array.from(rows, ([score]) => score),
    isGenuine: Uint8Array.from(rows, ([, isGenuine]) => isGenuine),
    fold: Int32Array.from(rows, ([, , fold]) => fold),
  };
}

const isRight = ([score, isGenuine]: Row, threshold: number) => score >= threshold === (isGenuine === 1);
const share = (rows: readonly Row[], threshold: number) => rows.filter((row) => isRight(row, threshold)).length / rows.length;

describe('fold accuracy', () => {
  it('is as counted by hand over three folds', () => {
    const rows: Row[] = [
      // Alone: best between 0.25 and 0.75.
      [0.75, 1, 1],
      [0.25, 0, 1],
      // Alone: best between 0.5 and 1.
      [1, 1, 2],
      [0.5, 0, 2],
      // Upside down.
      [0.125, 1, 3],
      [0.875, 0, 3],
    ];
    const { mean, sd, standardError, ci95, folds } = computeFoldAccuracy(toFolded(rows));
    // Left out 1: of 0.125 g, 0.5 i, 0.875 i, 1 g the ranges up to 0.125 (2 right: g g) and from 0.875 to 1 (3 right) compete.
    // Left out 2: of 0.125 g, 0.25 i, 0.75 g, 0.875 i the range from 0.25 to 0.75 has 2 right; the one below 0.125 and the one above 0.875 as well.
    // Left out 3: of 0.25 i, 0.5 i, 0.75 g, 1 g the range from 0.5 to 0.75 has 4 right.
    expect(folds).toEqual([
      { threshold: 0.9375, accuracy: 0.5 },
      { threshold: 0.5, accuracy: 0.5 },
      { threshold: 0.625, accuracy: 0 },
    ]);
    expect(mean).toBeCloseTo(1 / 3, 15);
    // Squared deviations 1/36, 1/36 and 4/36 over two.
    expect(sd).toBeCloseTo(Math.sqrt(1 / 12), 15);
    expect(standardError).toBeCloseTo(1 / 6, 15);
    // Student's t for two degrees of freedom is 4.3027, so that both ends are cut.
    expect(ci95).toEqual([0, 1]);
  });

  it('has the interval of Student over ten folds', () => {
    // In each fold 20 pairs, of which one is wrong in every second fold: accuracies of 1 and 0.95.
    const rows = Array.from({ length: 10 }, (_, fold): Row[] => [
      [fold % 2, 1, fold],
      ...Array.from({ length: 9 }, (): Row => [1, 1, fold]),
      ...Array.from({ length: 10 }, (): Row => [0, 0, fold]),
    ]).flat();
    const { mean, sd, ci95 } = computeFoldAccuracy(toFolded(rows));
    expect(mean).toBeCloseTo(0.975, 15);
    expect(sd).toBeCloseTo(Math.sqrt((10 * 0.025 ** 2) / 9), 15);
    // 2.262157 is the table's 97.5 % point for nine degrees of freedom.
    expect(ci95[0]).toBeCloseTo(0.975 - (2.262157 * sd) / Math.sqrt(10), 8);
    expect(ci95[1]).toBeCloseTo(0.975 + (2.262157 * sd) / Math.sqrt(10), 8);
  });

  it.each<{ name: string; training: (readonly [number, 0 | 1])[]; threshold: number }>([
    {
      name: 'the middle between the classes',
      training: [
        [0, 0],
        [1, 1],
      ],
      threshold: 0.5,
    },
    {
      name: 'the middle of the widest of equally good ranges',
      training: [
        [0, 0],
        [1, 1],
        [1.5, 0],
        [3.5, 1],
      ],
      threshold: 2.5,
    },
    {
      name: 'the lowest of equally wide ranges',
      training: [
        [0, 0],
        [1, 1],
        [2, 0],
        [3, 1],
      ],
      threshold: 0.5,
    },
    {
      name: 'a range between scores before those at the ends',
      training: [
        [0, 1],
        [1, 0],
        [2, 1],
        [3, 0],
      ],
      threshold: 1.5,
    },
    {
      name: 'the lowest score where all are genuine',
      training: [
        [1, 1],
        [2, 1],
      ],
      threshold: 1,
    },
    {
      name: 'just above the highest where all are impostors',
      training: [
        [1, 0],
        [2, 0],
      ],
      threshold: nextUp(2),
    },
    {
      name: 'the upper of two neighbouring doubles',
      training: [
        [1, 0],
        [nextUp(1), 1],
      ],
      threshold: nextUp(1),
    },
    {
      name: 'the lowest score where equal ones are of both classes',
      training: [
        [1, 0],
        [1, 1],
      ],
      threshold: 1,
    },
    {
      name: 'without what could not be compared',
      training: [
        [NOT_COMPARED, 1],
        [NOT_COMPARED, 0],
        [0, 0],
        [1, 1],
      ],
      threshold: 0.5,
    },
  ])('takes as threshold $name', ({ training, threshold }) => {
    const rows: Row[] = [[0, 0, 0], [0, 1, 0], ...training.map(([score, isGenuine]): Row => [score, isGenuine, 1])];
    expect(computeFoldAccuracy(toFolded(rows)).folds[0]?.threshold).toBe(threshold);
  });

  it('counts a genuine pair that could not be compared as an error, an impostor pair as right', () => {
    const rows: Row[] = [
      [NOT_COMPARED, 1, 0],
      [NOT_COMPARED, 0, 0],
      [NOT_COMPARED, 0, 0],
      [0.9, 1, 0],
      [0.1, 0, 1],
      [0.9, 1, 1],
    ];
    expect(computeFoldAccuracy(toFolded(rows)).folds.map(({ accuracy }) => accuracy)).toEqual([0.75, 1]);
  });

  it('is the best that any threshold reaches on the other folds', () => {
    const row = fc.tuple(
      fc.oneof({ weight: 5, arbitrary: arbitraryScore }, { weight: 1, arbitrary: fc.constant(NOT_COMPARED) }),
      fc.constantFrom<0 | 1>(0, 1),
      fc.integer({ min: 0, max: 3 }),
    );
    const fixed: Row[] = [0, 1, 2, 3].flatMap((fold): Row[] => [
      [0.5, 1, fold],
      [0.25, 0, fold],
    ]);
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), (extra) => {
        const rows = [...extra, ...fixed];
        const { folds } = computeFoldAccuracy(toFolded(rows));
        folds.forEach(({ accuracy, threshold }, fold) => {
          const training = rows.filter(([, , other]) => other !== fold);
          const scores = training.map(([score]) => score).filter(Number.isFinite);
          const best = Math.max(...[...scores, ...scores.map(nextUp)].map((candidate) => share(training, candidate)));
          expect(Number.isFinite(threshold)).toBe(true);
          expect(share(training, threshold)).toBe(best);
          expect(accuracy).toBe(
            share(
              rows.filter(([, , own]) => own === fold),
              threshold,
            ),
          );
        });
      }),
    );
  });

  const pair: Row[] = [
    [1, 1, 0],
    [0, 0, 0],
  ];
  it.each<{ name: string; comparisons: FoldedScores }>([
    { name: 'NaN', comparisons: toFolded([...pair, [Number.NaN, 1, 1]]) },
    { name: '+Infinity', comparisons: toFolded([...pair, [Number.POSITIVE_INFINITY, 1, 1]]) },
    { name: 'one fold', comparisons: toFolded(pair) },
    { name: 'no comparisons', comparisons: toFolded([]) },
    {
      name: 'one class',
      comparisons: toFolded([
        [1, 1, 0],
        [1, 1, 1],
      ]),
    },
    { name: 'other folds without a score', comparisons: toFolded([...pair, [NOT_COMPARED, 1, 1]]) },
    { name: 'lengths that differ', comparisons: { ...toFolded(pair), fold: Int32Array.of(1) } },
  ])('refuses $name', ({ comparisons }) => {
    expect(() => computeFoldAccuracy(comparisons)).toThrow(expect.objectContaining({ code: 'SCORES_INVALID' }));
  });
});
