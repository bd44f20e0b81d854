import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeAccumulatedErrorCurve } from '../../src/evaluation/accumulated-error-curve.ts';
import { computeAreaUnderErrorCurve } from '../../src/evaluation/area-under-curve.ts';
import { createRandom } from '../../src/evaluation/random.ts';
import { createScoreAccumulator, type ScoreAccumulator, type ScoreAccumulatorOptions } from '../../src/evaluation/score-accumulator.ts';
import { toBin } from '../../src/evaluation/score-bins.ts';
import { nextUp } from '../../src/evaluation/share-threshold.ts';
import { arbitraryScore, countRates, toScores } from './arbitrary-scores.ts';

function accumulate(scores: readonly number[], options: Partial<ScoreAccumulatorOptions> = {}): ScoreAccumulator {
  const accumulator = createScoreAccumulator({ min: -1, max: 1, bins: 50, tailCapacity: 8, ...options });
  scores.forEach((score, i) => {
    accumulator.add(score, i, i + 1000);
  });
  return accumulator;
}

const countFrom = (scores: readonly number[], threshold: number) => scores.filter((score) => score >= threshold).length;
/** Scores also outside of the bins. */
const anyScores = fc.array(
  arbitraryScore.map((score) => score * 1.25),
  { minLength: 1, maxLength: 60 },
);
const capacities = fc.constantFrom(1, 2, 5, 8, 100);
/** With 2 buffered scores per place in the tail, few enough for several rounds of leaving out. */
const anyOptions = fc.record({ tailCapacity: capacities, bins: fc.constantFrom(1, 7, 50, 1000) });

describe('score accumulator', () => {
  it('keeps as tail all scores above the first one left out, with what they compare', () => {
    fc.assert(
      fc.property(anyScores, capacities, (scores, tailCapacity) => {
        const descending = scores.map((score, i) => ({ score, i })).sort((a, b) => b.score - a.score || a.i - b.i);
        const leftOut = descending[tailCapacity]?.score ?? Number.NEGATIVE_INFINITY;
        const expected = descending.filter(({ score }) => score > leftOut);
        const tail = accumulate(scores, { tailCapacity }).tail();
        expect(Array.from(tail.scores, (score) => score + 0)).toEqual(expected.map(({ score }) => score + 0));
        expect([...tail.first]).toEqual(expected.map(({ i }) => i));
        expect([...tail.second]).toEqual(expected.map(({ i }) => i + 1000));
      }),
      { numRuns: 300 },
    );
  });

  it('does not depend on the order of the scores', () => {
    fc.assert(
      fc.property(anyScores, capacities, (scores, tailCapacity) => {
        const sorted = [...scores].sort((a, b) => a - b);
        const [some, ascending, descending] = [scores, sorted, sorted.toReversed()].map((order) => accumulate(order, { tailCapacity }));
        const toList = (accumulator: ScoreAccumulator | undefined) => Array.from(accumulator?.tail().scores ?? [], (score) => score + 0);
        expect(toList(ascending)).toEqual(toList(some));
        expect(toList(descending)).toEqual(toList(some));
      }),
    );
  });

  it('counts exactly where it says so, else too many by no more than a bin holds', () => {
    fc.assert(
      fc.property(anyScores, anyOptions, fc.oneof(arbitraryScore, fc.double({ noNaN: true })), (scores, options, anywhere) => {
        const accumulator = accumulate(scores, options);
        const thresholds = [anywhere, ...scores, ...scores.map(nextUp), Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
        for (const threshold of thresholds) {
          const exact = countFrom(scores, threshold);
          const { count, isExact } = accumulator.countAtOrAbove(threshold);
          if (isExact) expect(count).toBe(exact);
          const bin = toBin(accumulator.range, threshold);
          const inBin = scores.filter((score) => toBin(accumulator.range, score) === bin).length;
          expect(count).toBeGreaterThanOrEqual(exact);
          expect(count).toBeLessThanOrEqual(exact + inBin);
          if (threshold > (accumulator.tail().scores.at(-1) ?? Number.POSITIVE_INFINITY)) expect(isExact).toBe(true);
        }
      }),
    );
  });

  it('finds the threshold that a sort of all scores gives, or the end of a bin above it', () => {
    const rates = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.1, 0.29, 0.5, 1));
    fc.assert(
      fc.property(anyScores, anyOptions, rates, (scores, options, wanted) => {
        const accumulator = accumulate(scores, options);
        const { threshold, rate, isExact } = accumulator.thresholdAtRate(wanted);
        expect(rate).toBe(countFrom(scores, threshold) / scores.length);
        expect(rate).toBeLessThanOrEqual(wanted);
        const candidates = [...scores.map(nextUp), ...(wanted === 1 ? [Math.min(...scores)] : [])];
        const lowest = Math.min(...candidates.filter((candidate) => countFrom(scores, candidate) / scores.length <= wanted));
        if (isExact) expect(threshold + 0).toBe(lowest + 0);
        else {
          const { min, max, bins } = accumulator.range;
          const isInside = lowest >= min && lowest < max;
          // Scores above the range are of the last bin, which then ends above it. The ends of bins are off by rounding.
          if (isInside) expect(Math.min(threshold, max) - lowest).toBeLessThanOrEqual(((max - min) / bins) * (1 + 1e-9));
        }
        const kept = accumulator.tail().scores.length;
        if (Math.floor(wanted * scores.length + 1e-9) < kept) expect(isExact).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('is exact throughout while the tail has room for all', () => {
    const accumulator = accumulate([0.5, -0.25, 0.5, 0.75, -2, 3], { tailCapacity: 6 });
    expect(accumulator.thresholdAtRate(0.9)).toEqual({ threshold: nextUp(-2), rate: 5 / 6, isExact: true });
    expect(accumulator.thresholdAtRate(1)).toEqual({ threshold: -2, rate: 1, isExact: true });
    expect(accumulator.countAtOrAbove(0.5)).toEqual({ count: 4, isExact: true });
    expect(accumulator.largest).toBe(3);
    expect(accumulator.lowest).toBe(-2);
  });

  it('is exact with equal scores only, although the tail then keeps none', () => {
    const accumulator = accumulate(new Array(100).fill(0.3));
    expect(accumulator.tail().scores.length).toBe(0);
    expect(accumulator.largest).toBe(0.3);
    expect(accumulator.countAtOrAbove(0.3)).toEqual({ count: 100, isExact: true });
    expect(accumulator.countAtOrAbove(nextUp(0.3))).toEqual({ count: 0, isExact: true });
    expect(accumulator.thresholdAtRate(0.99)).toEqual({ threshold: nextUp(0.3), rate: 0, isExact: true });
  });

  it('goes on after it was asked', () => {
    const accumulator = accumulate([0.1, 0.2, 0.3], { tailCapacity: 2 });
    expect([...accumulator.tail().scores]).toEqual([0.3, 0.2]);
    accumulator.add(0.25, 7, 8);
    expect([...accumulator.tail().scores]).toEqual([0.3, 0.25]);
    expect([...accumulator.tail().first]).toEqual([2, 7]);
    expect(accumulator.countAtOrAbove(-1)).toEqual({ count: 4, isExact: true });
    expect(accumulator.count).toBe(4);
  });

  it('makes a histogram of all scores', () => {
    const accumulator = accumulate([-2, -1, -0.5, 0, 0.49, 0.5, 1, 2], { bins: 200 });
    expect([...accumulator.histogram(4)]).toEqual([2, 1, 2, 3]);
    expect([...accumulator.histogram(1)]).toEqual([8]);
  });

  it('agrees with a sort of a hundred thousand scores', () => {
    const random = createRandom(5);
    const scores = Array.from({ length: 100_000 }, () => (random() + random() + random() + random()) / 2 - 1);
    const accumulator = accumulate(scores, { bins: 200_000, tailCapacity: 2000 });
    const descending = Float64Array.from(scores).sort().reverse();
    expect(accumulator.tail().scores).toEqual(descending.slice(0, 2000));
    for (const rate of [0, 1e-5, 1e-4, 1e-3, 1e-2]) {
      expect(accumulator.thresholdAtRate(rate)).toEqual({
        threshold: nextUp(descending[Math.floor(rate * 1e5)] ?? 0),
        rate,
        isExact: true,
      });
    }
    const { threshold, rate, isExact } = accumulator.thresholdAtRate(0.3);
    expect(isExact).toBe(false);
    expect(rate).toBe(countFrom(scores, threshold) / 1e5);
    expect(threshold - (descending[30_000] ?? 0)).toBeLessThanOrEqual(1e-5);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('refuses a score of %s and counts it nowhere', (score) => {
    const accumulator = accumulate([0.5]);
    expect(() => accumulator.add(score, 0, 1)).toThrow(expect.objectContaining({ code: 'SCORES_INVALID' }));
    expect(accumulator.count).toBe(1);
    expect(accumulator.countAtOrAbove(-1)).toEqual({ count: 1, isExact: true });
  });

  it.each<[string, Partial<ScoreAccumulatorOptions>]>([
    ['an empty range', { min: 1, max: 1 }],
    ['a range without end', { max: Number.POSITIVE_INFINITY }],
    ['no bins', { bins: 0 }],
    ['half a bin', { bins: 0.5 }],
    ['no tail', { tailCapacity: 0 }],
  ])('refuses %s', (_, options) => {
    expect(() => accumulate([], options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  it('refuses questions without an answer', () => {
    expect(() => accumulate([]).thresholdAtRate(0.1)).toThrow(expect.objectContaining({ code: 'SCORES_INVALID' }));
    expect(() => accumulate([1]).thresholdAtRate(Number.NaN)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(() => accumulate([1]).countAtOrAbove(Number.NaN)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(accumulate([]).largest).toBeUndefined();
  });
});

describe('accumulated error curve', () => {
  it('has exact rates at each of its thresholds, from all to nothing', () => {
    fc.assert(
      fc.property(anyScores, anyScores, anyOptions, (genuine, impostor, options) => {
        const scores = toScores(genuine, impostor);
        const curve = computeAccumulatedErrorCurve({ genuine: accumulate(genuine, options), impostor: accumulate(impostor, options) });
        const { thresholds, fmr, fnmr } = curve;
        thresholds.forEach((threshold, i) => {
          expect({ fmr: fmr[i], fnmr: fnmr[i] }).toEqual(countRates(scores, threshold));
          if (i > 0) expect(threshold).toBeGreaterThan(thresholds[i - 1] ?? Number.NaN);
        });
        expect([fmr[0], fnmr[0], fmr.at(-1), fnmr.at(-1)]).toEqual([1, 0, 0, 1]);
      }),
    );
  });

  it('has the area in which scores of one bin are equal', () => {
    const curve = computeAccumulatedErrorCurve({
      genuine: accumulate([0.71, 0.1], { bins: 10 }),
      impostor: accumulate([0.75, -0.5], { bins: 10 }),
    });
    // 0.71 and 0.75 share a bin: half a win, beside the win of 0.71 and of 0.1 over -0.5, and the loss of 0.1 to 0.75.
    expect(computeAreaUnderErrorCurve(curve)).toBeCloseTo(2.5 / 4, 14);
  });

  it('refuses empty classes and different bins', () => {
    const some = accumulate([0.5]);
    const invalid = (code: string) => expect.objectContaining({ code });
    expect(() => computeAccumulatedErrorCurve({ genuine: some, impostor: accumulate([]) })).toThrow(invalid('SCORES_INVALID'));
    expect(() => computeAccumulatedErrorCurve({ genuine: accumulate([]), impostor: some })).toThrow(invalid('SCORES_INVALID'));
    expect(() => computeAccumulatedErrorCurve({ genuine: some, impostor: accumulate([0.5], { bins: 51 }) })).toThrow(
      invalid('INVALID_OPTION'),
    );
  });
});
