import { computeCmc, computeMateRank } from '@isoface/core/evaluation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from './golden/rates.json' with { type: 'json' };

describe('computeCmc', () => {
  it.each([
    ['all first', [1, 1, 1], 3, 1, [1, 1, 1], 0],
    ['one each at 1, 2, 3', [1, 2, 3], 3, 1 / 3, [1 / 3, 2 / 3, 1], 0],
    ['a rank beyond the curve is a miss', [1, 4], 2, 0.5, [0.5, 0.5], 0],
    ['a failure is a miss at every rank', [0, 1, 1, 2], 2, 0.5, [0.5, 0.75], 1],
    ['only failures', [0, 0], 2, 0, [0, 0], 2],
  ])('counts %s', (_, ranks, maxRank, rank1, cmc, failures) => {
    const rates = computeCmc(ranks, maxRank);
    expect(rates).toMatchObject({ probes: ranks.length, failures, rank1 });
    expect(Array.from(rates.cmc)).toEqual(cmc);
    const [low, high] = rates.rank1Ci95;
    expect(low).toBeLessThanOrEqual(rank1);
    expect(high).toBeGreaterThanOrEqual(rank1);
    expect(high - low).toBeGreaterThan(0);
  });

  it.each(Object.entries(golden.identification))('agrees with numpy on a set with %s', (_, { ranks, cmc }) => {
    expect(Array.from(computeCmc(ranks, cmc.length).cmc)).toEqual(cmc);
  });

  it('never falls and ends at the share that has a rank', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { minLength: 1 }), (ranks) => {
        const { cmc, rank1, failures } = computeCmc(ranks, 9);
        expect(cmc.every((share, k) => k === 0 || share >= (cmc[k - 1] as number))).toBe(true);
        expect(cmc[0]).toBe(rank1);
        expect(cmc[8]).toBe((ranks.length - failures) / ranks.length);
      }),
    );
  });

  it.each([
    ['no probes', [], 3, 'SCORES_INVALID', 'none'],
    ['NaN', [1, Number.NaN], 3, 'SCORES_INVALID', 'NaN for probe 1'],
    ['a negative rank', [-1], 3, 'SCORES_INVALID', '-1'],
    ['half a rank', [1.5], 3, 'SCORES_INVALID', '1.5'],
    ['maxRank 0', [1], 0, 'INVALID_OPTION', 'maxRank'],
  ])('refuses %s', (_, ranks, maxRank, code, part) => {
    expect(() => computeCmc(ranks, maxRank)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(part) }));
  });
});

describe('computeMateRank', () => {
  it.each([
    ['alone', [0.3], 0, 1],
    ['the best', [0.1, 0.9, 0.2], 1, 1],
    ['the worst', [0.1, 0.9, 0.2], 0, 3],
    ['tied with one non-mate', [0.9, 0.9, 0.2], 0, 2],
    ['tied with everybody', [0.5, 0.5, 0.5, 0.5], 2, 4],
    ['tied at zero of either sign', [0, -0], 0, 2],
  ])('ranks a mate that is %s', (_, similarities, mate, rank) => {
    expect(computeMateRank(similarities, mate)).toBe(rank);
  });

  it.each(Object.entries(golden.identification))('agrees with numpy on a set with %s', (_, { similarities, mates, ranks }) => {
    const acquired = ranks.flatMap((rank, i) => (rank === 0 ? [] : [i]));
    expect(acquired.length).toBeGreaterThan(20);
    expect(acquired.map((i) => computeMateRank(similarities[i] as number[], mates[i] as number))).toEqual(acquired.map((i) => ranks[i]));
  });

  it('is one more than the others that are at least as similar', () => {
    const cases = fc
      .array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 12 })
      .chain((similarities) => fc.tuple(fc.constant(similarities), fc.nat(similarities.length - 1)));
    fc.assert(
      fc.property(cases, ([similarities, mate]) => {
        const others = similarities.filter((score, i) => i !== mate && score >= (similarities[mate] as number));
        expect(computeMateRank(similarities, mate)).toBe(others.length + 1);
      }),
    );
  });

  it.each([
    ['a mate outside the gallery', [0.1], 1, 'INVALID_OPTION', 'index from 0 to 0'],
    ['an empty gallery', [], 0, 'INVALID_OPTION', 'not enrolled'],
    ['NaN of a non-mate', [0.1, Number.NaN], 0, 'SCORES_INVALID', 'index 1'],
  ])('refuses %s', (_, similarities, mate, code, part) => {
    expect(() => computeMateRank(similarities, mate)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(part) }));
  });
});
