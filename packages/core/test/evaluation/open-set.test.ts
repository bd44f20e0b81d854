import { computeOpenSetRates, type OpenSetOptions, type OpenSetRates, predictFpir } from '@isoface/core/evaluation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from './golden/rates.json' with { type: 'json' };

const FAILED = Number.NEGATIVE_INFINITY;

/** Four people are enrolled and searched for (the third comes second, the fourth fails), five are not enrolled (the last fails). */
const SMALL = {
  mated: { mateScore: Float64Array.of(0.9, 0.5, 0.7, FAILED), rank: Int32Array.of(1, 1, 2, 0) },
  nonMated: { topScore: Float64Array.of(0.2, 0.4, 0.4, 0.6, FAILED) },
  gallerySize: 10,
  fpirs: [0, 0.2, 0.6, 0.8],
} satisfies OpenSetOptions;

describe('computeOpenSetRates', () => {
  it('gives the rates of a set counted by hand', () => {
    const rates = computeOpenSetRates(SMALL);
    expect(rates).toMatchObject({ gallerySize: 10, maxRank: 1, matedProbes: 4, nonMatedProbes: 5, matedFailures: 1, nonMatedFailures: 1 });
    // Above 0.6 nobody of the non-mated; 0.9 alone of the mated.
    expect(rates.atFpir['0e+0']).toMatchObject({ wantedFpir: 0, fpir: 0, fnir: 0.75 });
    // Above the pair at 0.4: one of five.
    expect(rates.atFpir['2e-1']).toMatchObject({ fpir: 0.2, fnir: 0.5 });
    // Three of five reach 0.4, that is more than 0.2 and no more than 0.6.
    expect(rates.atFpir['6e-1']).toMatchObject({ fpir: 0.6, fnir: 0.5 });
    // The failed one can never be let in.
    expect(rates.atFpir['8e-1']).toMatchObject({ fpir: 0.8, threshold: 0.2, fnir: 0.5 });
    expect(Array.from(rates.curve.fpir)).toEqual([0.8, 0.6, 0.2, 0.2, 0, 0]);
    expect(Array.from(rates.curve.fnir)).toEqual([0.5, 0.5, 0.5, 0.75, 0.75, 1]);
    expect(Array.from(rates.curve.thresholds.subarray(0, 5))).toEqual([0.2, 0.4, 0.5, 0.6, 0.9]);
  });

  it('takes a mate further down the list where the rank allows it', () => {
    const { atFpir, maxRank } = computeOpenSetRates({ ...SMALL, maxRank: 2 });
    expect(maxRank).toBe(2);
    expect(atFpir['0e+0']?.fnir).toBe(0.5);
  });

  it('parts a score from the next float only', () => {
    const { threshold } = computeOpenSetRates(SMALL).atFpir['0e+0'] as { threshold: number };
    expect(threshold).toBeGreaterThan(0.6);
    expect(threshold - 0.6).toBeLessThanOrEqual(Number.EPSILON);
  });

  it.each([
    ['negative', -0.25],
    ['zero', 0],
    ['minus zero', -0],
    ['tiny', -Number.MIN_VALUE],
  ])('finds a threshold above a %s score', (_, score) => {
    const { atFpir } = computeOpenSetRates({ ...SMALL, nonMated: { topScore: Float64Array.of(score, score) }, fpirs: [0] });
    expect(atFpir['0e+0']?.threshold).toBeGreaterThan(score);
    expect(atFpir['0e+0']?.fpir).toBe(0);
  });

  it.each(Object.entries(golden.identification))('agrees with numpy on a set with %s', (_, set) => {
    const mateScore = Float64Array.from(set.mates, (mate, i) => set.similarities[i]?.[mate] as number);
    const options: OpenSetOptions = {
      mated: { mateScore, rank: Int32Array.from(set.ranks) },
      nonMated: { topScore: Float64Array.from(set.topScores) },
      gallerySize: 12,
      fpirs: [],
    };
    const byThreshold = ({ curve }: OpenSetRates, rate: Float64Array) =>
      set.thresholds.map((t) => rate[curve.thresholds.findIndex((u) => u >= t)]);
    const first = computeOpenSetRates(options);
    expect(byThreshold(first, first.curve.fpir)).toEqual(set.fpir);
    expect(byThreshold(first, first.curve.fnir)).toEqual(set.fnir);
    const third = computeOpenSetRates({ ...options, maxRank: 3 });
    expect(byThreshold(third, third.curve.fnir)).toEqual(set.fnirRank3);
  });

  it('never makes more false positives than asked for, and no lower threshold would do', () => {
    const score = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(FAILED));
    const cases = fc.record({
      mates: fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.nat(3)), { minLength: 1, maxLength: 8 }),
      tops: fc.array(score, { minLength: 1, maxLength: 12 }).filter((tops) => tops.some(Number.isFinite)),
      wanted: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(cases, ({ mates, tops, wanted }) => {
        const { atFpir } = computeOpenSetRates({
          mated: { mateScore: Float64Array.from(mates, ([mate]) => mate), rank: Int32Array.from(mates, ([, rank]) => rank) },
          nonMated: { topScore: Float64Array.from(tops) },
          gallerySize: 3,
          fpirs: [wanted],
        });
        const [point] = Object.values(atFpir);
        if (point === undefined) throw new Error('no point');
        const fpirAt = (threshold: number) => tops.filter((top) => top >= threshold).length / tops.length;
        expect(point.fpir).toBe(fpirAt(point.threshold));
        expect(point.fpir).toBeLessThanOrEqual(wanted);
        const lower = tops.filter((top) => Number.isFinite(top) && top < point.threshold);
        if (lower.length > 0) expect(fpirAt(Math.max(...lower))).toBeGreaterThan(wanted);
        const missed = mates.filter(([mate, rank]) => rank !== 1 || mate < point.threshold).length;
        expect(point.fnir).toBe(missed / mates.length);
      }),
    );
  });

  const none = { mateScore: new Float64Array(0), rank: new Int32Array(0) };
  it.each<[string, Partial<OpenSetOptions>, string, string]>([
    ['no mated probes', { mated: none }, 'SCORES_INVALID', 'mated probes, got none'],
    ['no non-mated probes', { nonMated: { topScore: new Float64Array(0) } }, 'SCORES_INVALID', 'non-mated probes, got none'],
    ['only failed non-mated probes', { nonMated: { topScore: Float64Array.of(FAILED) } }, 'SCORES_INVALID', '1 failures'],
    ['NaN among the top scores', { nonMated: { topScore: Float64Array.of(0, Number.NaN) } }, 'SCORES_INVALID', '1 that are not'],
    ['an infinite top score', { nonMated: { topScore: Float64Array.of(Number.POSITIVE_INFINITY) } }, 'SCORES_INVALID', 'Infinity'],
    [
      'a ranked mate without a score',
      { mated: { mateScore: Float64Array.of(FAILED), rank: Int32Array.of(1) } },
      'SCORES_INVALID',
      '-Infinity',
    ],
    ['NaN of a mate', { mated: { mateScore: Float64Array.of(Number.NaN), rank: Int32Array.of(2) } }, 'SCORES_INVALID', 'NaN'],
    ['a negative rank', { mated: { mateScore: Float64Array.of(1), rank: Int32Array.of(-1) } }, 'SCORES_INVALID', '-1'],
    ['lengths that differ', { mated: { mateScore: Float64Array.of(1, 2), rank: Int32Array.of(1) } }, 'SCORES_INVALID', '2 and 1'],
    ['a rate above 1', { fpirs: [1.5] }, 'INVALID_OPTION', '1.5'],
    ['a rate that is NaN', { fpirs: [Number.NaN] }, 'INVALID_OPTION', 'NaN'],
    ['an empty gallery', { gallerySize: 0 }, 'INVALID_OPTION', 'gallerySize'],
    ['rank 0', { maxRank: 0 }, 'INVALID_OPTION', 'maxRank'],
  ])('refuses %s', (_, change, code, part) => {
    expect(() => computeOpenSetRates({ ...SMALL, ...change })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(part) }),
    );
  });
});

describe('predictFpir', () => {
  it.each([
    [0, 1000, 0],
    [1, 1000, 1],
    [0.5, 2, 0.75],
    [0.01, 1, 0.01],
    [0.01, 0, 0],
    [1, 0, 0],
  ])('of FMR %s and %s people is %s', (fmr, gallerySize, fpir) => {
    expect(predictFpir(fmr, gallerySize)).toBeCloseTo(fpir, 12);
  });

  it('keeps rates that are lost beside 1', () => {
    // N * FMR to first order; 1 - (1 - 1e-18) is 0 in floats.
    expect(predictFpir(1e-18, 1000) / 1e-15).toBeCloseTo(1, 9);
  });

  it.each([
    [-0.1, 1],
    [Number.NaN, 1],
    [0.1, -1],
    [0.1, 1.5],
  ])('refuses FMR %s with %s people', (fmr, gallerySize) => {
    expect(() => predictFpir(fmr, gallerySize)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
