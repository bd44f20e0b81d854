/** The error curve of scores that were counted in bins. */

import { FaceError } from '../errors/face-error.ts';
import type { ErrorCurve } from './error-curve.ts';
import type { ScoreAccumulator } from './score-accumulator.ts';
import { toLowestScore } from './score-bins.ts';
import { assertClassCount } from './score-set.ts';
import { nextUp } from './share-threshold.ts';

/** Scores of both classes, counted in the same bins. */
export interface AccumulatedScores {
  readonly genuine: ScoreAccumulator;
  readonly impostor: ScoreAccumulator;
}

/**
 * Computes the curve with a point at the lower end of each bin above one that holds scores, one at the bottom and one just above the largest score.
 * The rates of each point are exact; what is missing are points inside a bin. Draw it thinned by {@link thinErrorCurve}.
 *
 * @throws {FaceError} `SCORES_INVALID` if a class is empty; `INVALID_OPTION` if the bins of both differ.
 */
export function computeAccumulatedErrorCurve({ genuine, impostor }: AccumulatedScores): ErrorCurve {
  assertClassCount('genuine', genuine.count);
  assertClassCount('impostor', impostor.count);
  assertSameRange(genuine, impostor);
  const g = genuine.cumulative();
  const i = impostor.cumulative();
  const bins: number[] = [];
  for (let bin = 1; bin < genuine.range.bins; bin++) {
    const hasChanged = g[bin] !== g[bin - 1] || i[bin] !== i[bin - 1];
    const isReached = (g[bin] as number) + (i[bin] as number) > 0;
    if (hasChanged && isReached) bins.push(bin);
  }
  const bottom = Math.min(genuine.lowest, impostor.lowest);
  const top = nextUp(Math.max(genuine.largest ?? bottom, impostor.largest ?? bottom));
  const toCurve = (first: number, at: (bin: number) => number, last: number) => Float64Array.from([first, ...bins.map(at), last]);
  return {
    thresholds: toCurve(bottom, (bin) => toLowestScore(genuine.range, bin), top),
    fmr: toCurve(1, (bin) => (i[bin] as number) / impostor.count, 0),
    fnmr: toCurve(0, (bin) => (genuine.count - (g[bin] as number)) / genuine.count, 1),
  };
}

function assertSameRange({ range: a }: ScoreAccumulator, { range: b }: ScoreAccumulator): void {
  if (a.min === b.min && a.max === b.max && a.bins === b.bins) return;
  throw new FaceError(
    'INVALID_OPTION',
    `Expected both classes in the same bins, got ${a.bins} over [${a.min}, ${a.max}] and ${b.bins} over [${b.min}, ${b.max}].`,
    { genuine: a, impostor: b },
  );
}
