import fc from 'fast-check';
import type { ScoreSet } from '../../src/evaluation/score-set.ts';

/** Scores of all kinds: few different values (ties within and between the classes), and any finite double. */
export const arbitraryScore = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -4, max: 4 }).map((value) => value / 4) },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, 0.1, 0.1 + Number.EPSILON / 8, Number.MIN_VALUE, -Number.MIN_VALUE) },
  { weight: 2, arbitrary: fc.double({ min: -1, max: 1, noNaN: true }) },
);

/** Scores of both classes, at least one each. */
export const arbitraryScores: fc.Arbitrary<ScoreSet> = fc.record({
  genuine: fc.array(arbitraryScore, { minLength: 1, maxLength: 30 }).map((scores) => Float64Array.from(scores)),
  impostor: fc.array(arbitraryScore, { minLength: 1, maxLength: 30 }).map((scores) => Float64Array.from(scores)),
});

/** A set from two lists. */
export function toScores(genuine: readonly number[], impostor: readonly number[]): ScoreSet {
  return { genuine: Float64Array.from(genuine), impostor: Float64Array.from(impostor) };
}

/** Rates at a threshold by their definition. */
export function countRates({ genuine, impostor }: ScoreSet, threshold: number): { fmr: number; fnmr: number } {
  return {
    fmr: impostor.filter((score) => score >= threshold).length / impostor.length,
    fnmr: genuine.filter((score) => score < threshold).length / genuine.length,
  };
}
