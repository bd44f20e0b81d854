import { describe, expect, it } from 'vitest';
import { bootstrapPairs, computeVerificationIntervals } from '../../src/evaluation/identity-bootstrap.ts';
import { createRandom } from '../../src/evaluation/random.ts';
import { bootstrapGenuineRates, bootstrapImpostorRates } from '../../src/evaluation/rate-bootstrap.ts';
import golden from './golden/verification.json';

const ROUNDS = 2000;
/**
 * A quantile of 2.5 % estimated from n rounds of a bell-shaped statistic has the standard error sqrt(0.025 * 0.975 / n) / 0.0584 of its standard
 * deviation, of which the interval spans 3.92. The golden ones come from ten times as many rounds with other random numbers.
 */
const toTolerance = ([low, high]: readonly number[]) => {
  const standardError = Math.sqrt(((0.025 * 0.975) / ROUNDS) * 1.1) / 0.0584;
  return (4 * standardError * ((high ?? 0) - (low ?? 0))) / 3.92;
};

/** How often each person is drawn in each round: the documented order of draws. */
function drawAll(identityCount: number, rounds: number, seed: number): number[][] {
  const random = createRandom(seed);
  return Array.from({ length: rounds }, () => {
    const drawn = new Array<number>(identityCount).fill(0);
    for (let i = 0; i < identityCount; i++) {
      const pick = Math.floor(random() * identityCount);
      drawn[pick] = (drawn[pick] ?? 0) + 1;
    }
    return drawn;
  });
}

/** The values that a fortieth of all lie below and above. */
const toInterval = (values: readonly number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  return [sorted[Math.floor(values.length / 40)], sorted[Math.ceil((values.length * 39) / 40) - 1]];
};

describe('bootstrap of pairs', () => {
  const pairs = {
    first: Uint32Array.of(0, 1, 2, 0, 1),
    second: Uint32Array.of(0, 1, 2, 1, 2),
    score: Float64Array.of(0.9, 0.8, 0.7, 0.1, 0.2),
    isGenuine: Uint8Array.of(1, 1, 1, 0, 0),
  };

  it('weighs a pair by how often its people were drawn', () => {
    const seen: number[][] = [];
    bootstrapPairs({ pairs, identityCount: 3, rounds: 40, seed: 9, statistics: (weights) => [seen.push([...weights])] });
    const expected = drawAll(3, 40, 9).map(([a = 0, b = 0, c = 0]) => [a, b, c, a * b, b * c]);
    expect(seen).toEqual(expected);
  });

  it('gives the percentiles of each statistic', () => {
    const sum = (weights: Float64Array) => weights.reduce((total, weight) => total + weight, 0);
    const intervals = bootstrapPairs({
      pairs,
      identityCount: 3,
      rounds: 40,
      seed: 9,
      statistics: (weights) => [sum(weights), weights[3] ?? 0],
    });
    const drawn = drawAll(3, 40, 9);
    expect(intervals).toEqual([
      toInterval(drawn.map(([a = 0, b = 0, c = 0]) => a + b + c + a * b + b * c)),
      toInterval(drawn.map(([a = 0, b = 0]) => a * b)),
    ]);
  });

  it('leaves out rounds that have nothing to compute from, and refuses if there is no other', () => {
    const compute = (statistic: (weight: number) => number) =>
      bootstrapPairs({ pairs, identityCount: 3, rounds: 40, seed: 9, statistics: (weights) => [statistic(weights[3] ?? 0)] });
    expect(compute((weight) => (weight > 0 ? 1 : Number.NaN))).toEqual([[1, 1]]);
    expect(() => compute(() => Number.NaN)).toThrow(expect.objectContaining({ code: 'SCORES_INVALID' }));
  });

  it.each([
    ['an identity out of range', { ...pairs, second: Uint32Array.of(0, 1, 2, 3, 2) }],
    ['NaN', { ...pairs, score: Float64Array.of(1, 1, 1, 1, Number.NaN) }],
    ['lengths that differ', { ...pairs, first: Uint32Array.of(0) }],
  ])('refuses %s', (_, invalid) => {
    expect(() => bootstrapPairs({ pairs: invalid, identityCount: 3, statistics: () => [0] })).toThrow(
      expect.objectContaining({ code: 'SCORES_INVALID' }),
    );
  });

  it.each([{ identityCount: 0 }, { rounds: 0 }, { rounds: 1.5 }])('refuses %o', (options) => {
    expect(() => bootstrapPairs({ pairs, identityCount: 3, statistics: () => [0], ...options })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});

describe('verification intervals', () => {
  const { pairBootstrap } = golden;
  const options = {
    first: Uint32Array.from(pairBootstrap.first),
    second: Uint32Array.from(pairBootstrap.second),
    scores: Float64Array.from(pairBootstrap.scores),
    isGenuine: Uint8Array.from(pairBootstrap.isGenuine),
    identityCount: pairBootstrap.identityCount,
    rates: [0.1],
  };

  it('agree with NumPy and scikit-learn', () => {
    const { auc, eer, tarAtFmr } = computeVerificationIntervals({ ...options, rounds: ROUNDS, seed: 1 });
    for (const [actual, expected] of [
      [auc, pairBootstrap.auc],
      [eer, pairBootstrap.eer],
      [tarAtFmr['1e-1'], pairBootstrap.tarAtFmr['1e-1']],
    ] as const) {
      expect(Math.abs((actual?.[0] ?? Number.NaN) - (expected[0] ?? Number.NaN))).toBeLessThan(toTolerance(expected));
      expect(Math.abs((actual?.[1] ?? Number.NaN) - (expected[1] ?? Number.NaN))).toBeLessThan(toTolerance(expected));
    }
  });

  it('are the same for the same seed, and others for another', () => {
    const few = { ...options, rounds: 50 };
    expect(computeVerificationIntervals({ ...few, seed: 1 })).toEqual(computeVerificationIntervals({ ...few, seed: 1 }));
    expect(computeVerificationIntervals({ ...few, seed: 1 })).not.toEqual(computeVerificationIntervals({ ...few, seed: 2 }));
  });

  it('are wider than those of independent comparisons, for the people of these repeat', () => {
    const count = options.scores.length;
    const alone = {
      ...options,
      first: Uint32Array.from({ length: count }, (_, i) => i),
      second: Uint32Array.from({ length: count }, (_, i) => i),
    };
    const width = ([low, high]: readonly [number, number]) => high - low;
    const repeated = computeVerificationIntervals({ ...options, rounds: 500, seed: 1 });
    const independent = computeVerificationIntervals({ ...alone, identityCount: count, rounds: 500, seed: 1 });
    expect(width(repeated.auc)).toBeGreaterThan(1.2 * width(independent.auc));
  });

  it('refuse a class that is empty and a rate that is none', () => {
    const isGenuine = new Uint8Array(options.scores.length);
    const refusal = (code: string) => expect.objectContaining({ code });
    expect(() => computeVerificationIntervals({ ...options, isGenuine })).toThrow(refusal('SCORES_INVALID'));
    expect(() => computeVerificationIntervals({ ...options, isGenuine: isGenuine.fill(1) })).toThrow(refusal('SCORES_INVALID'));
    expect(() => computeVerificationIntervals({ ...options, rates: [2] })).toThrow(refusal('INVALID_OPTION'));
  });
});

describe('bootstrap of impostor rates', () => {
  const imagesPerIdentity = Uint32Array.of(1, 3, 2, 0, 4);
  const random = createRandom(3);
  const comparisons = [...imagesPerIdentity].flatMap((images, a) =>
    [...imagesPerIdentity].flatMap((others, b) =>
      b > a ? Array.from({ length: images * others }, () => ({ a, b, score: Math.round(random() * 10) / 10 })) : [],
    ),
  );
  const descending = comparisons.toSorted((x, y) => y.score - x.score);
  const toTail = (rows: typeof comparisons) => ({
    scores: Float64Array.from(rows, ({ score }) => score),
    first: Uint32Array.from(rows, ({ a }) => a),
    second: Uint32Array.from(rows, ({ b }) => b),
  });

  /** All comparisons between the copies of the people drawn, written out. */
  function computeRate(drawn: readonly number[], threshold: number): number {
    const copies = drawn.flatMap((count, identity) => new Array<number>(count).fill(identity));
    let reached = 0;
    let total = 0;
    for (let i = 0; i < copies.length; i++) {
      for (let j = i + 1; j < copies.length; j++) {
        const [low, high] = [copies[i] ?? 0, copies[j] ?? 0].sort((x, y) => x - y);
        const scores = comparisons.filter(({ a, b }) => a === low && b === high).map(({ score }) => score);
        total += scores.length;
        reached += scores.filter((score) => score >= threshold).length;
      }
    }
    return total > 0 ? reached / total : Number.NaN;
  }

  it('is that of all comparisons, although only the largest scores are there', () => {
    const thresholds = [0.9, 0.7, 0.8];
    const tail = toTail(descending.filter(({ score }) => score >= 0.7));
    const drawn = drawAll(5, 40, 11);
    const expected = thresholds.map((threshold) => {
      const rates = drawn.map((counts) => computeRate(counts, threshold)).filter((rate) => !Number.isNaN(rate));
      // Of five people, one without images, all 5 draws now and then fall on one.
      expect(rates.length).toBeGreaterThan(30);
      return toInterval(rates);
    });
    expect(bootstrapImpostorRates({ tail, thresholds, imagesPerIdentity, rounds: 40, seed: 11 })).toEqual(expected);
  });

  it('gives nothing for no thresholds and zero above all scores', () => {
    const tail = toTail(descending.slice(0, 5));
    expect(bootstrapImpostorRates({ tail, thresholds: [], imagesPerIdentity, rounds: 40 })).toEqual([]);
    expect(bootstrapImpostorRates({ tail, thresholds: [2], imagesPerIdentity, rounds: 40 })).toEqual([[0, 0]]);
  });

  it('takes any threshold where the tail has all scores', () => {
    expect(bootstrapImpostorRates({ tail: toTail(descending), thresholds: [-1], imagesPerIdentity, rounds: 40 })).toEqual([[1, 1]]);
  });

  it.each([
    ['a threshold below the tail', toTail(descending.slice(0, 5)), [0.1], imagesPerIdentity],
    ['more scores than comparisons', toTail([...descending, ...descending]), [2], imagesPerIdentity],
    ['a tail that is not sorted', toTail(descending.toReversed()), [2], imagesPerIdentity],
    ['one person', toTail([]), [2], Uint32Array.of(7, 0)],
    ['an identity without images', toTail(descending.slice(0, 5)), [2], Uint32Array.of(9, 9)],
  ])('refuses %s', (_, tail, thresholds, images) => {
    expect(() => bootstrapImpostorRates({ tail, thresholds, imagesPerIdentity: images })).toThrow(
      expect.objectContaining({ code: 'SCORES_INVALID' }),
    );
  });
});

describe('bootstrap of genuine rates', () => {
  it('weighs a comparison as often as its person was drawn', () => {
    const scores = Float64Array.of(0.9, 0.5, 0.4, 0.8, 0.2);
    const identity = Uint32Array.of(0, 0, 1, 2, 2);
    const thresholds = [0.5, 0.85];
    const drawn = drawAll(4, 40, 5);
    const weight = (counts: readonly number[], i: number) => counts[identity[i] ?? 0] ?? 0;
    const expected = thresholds.map((threshold) => {
      const rates = drawn.map((counts) => {
        const total = scores.reduce((sum, _, i) => sum + weight(counts, i), 0);
        return scores.reduce((sum, score, i) => sum + (score >= threshold ? weight(counts, i) : 0), 0) / total;
      });
      expect(rates.every(Number.isFinite)).toBe(true);
      return toInterval(rates);
    });
    expect(bootstrapGenuineRates({ scores, identity, thresholds, identityCount: 4, rounds: 40, seed: 5 })).toEqual(expected);
  });

  it('agrees with scipy.stats.bootstrap where each person has one comparison', () => {
    const { scores, thresholds, intervals } = golden.rateBootstrap;
    const actual = bootstrapGenuineRates({
      scores: Float64Array.from(scores),
      identity: Uint32Array.from(scores.keys()),
      thresholds,
      identityCount: scores.length,
      rounds: ROUNDS,
      seed: 1,
    });
    intervals.forEach((expected, i) => {
      // Rates move in steps of one in 200, and both quantiles may fall onto the next one.
      const tolerance = toTolerance(expected) + 1 / 200;
      expect(Math.abs((actual[i]?.[0] ?? Number.NaN) - (expected[0] ?? Number.NaN))).toBeLessThan(tolerance);
      expect(Math.abs((actual[i]?.[1] ?? Number.NaN) - (expected[1] ?? Number.NaN))).toBeLessThan(tolerance);
    });
  });

  it.each([
    ['no scores', { scores: new Float64Array(0), identity: new Uint32Array(0) }],
    ['NaN', { scores: Float64Array.of(Number.NaN), identity: Uint32Array.of(0) }],
    ['an identity out of range', { scores: Float64Array.of(1), identity: Uint32Array.of(1) }],
    ['lengths that differ', { scores: Float64Array.of(1), identity: Uint32Array.of(0, 0) }],
  ])('refuses %s', (_, invalid) => {
    expect(() => bootstrapGenuineRates({ ...invalid, thresholds: [0], identityCount: 1 })).toThrow(
      expect.objectContaining({ code: 'SCORES_INVALID' }),
    );
  });
});
