import {
  computePresentationAttackRates,
  findThresholdAtApcer,
  findThresholdAtBpcer,
  fuseByMean,
  type PresentationAttackOptions,
} from '@isoface/core/evaluation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** Screens fool the detector most; one bona fide presentation is refused at 0.5. */
const SMALL = {
  bonaFide: Float64Array.of(0.9, 0.8, 0.5, 0.4),
  attacks: {
    print: Float64Array.of(0.1, 0.2, 0.3, 0.5, 0.1),
    screen: Float64Array.of(0.6, 0.1),
    mask: Float64Array.of(0.4, 0.3, 0.2),
  },
  threshold: 0.5,
} satisfies PresentationAttackOptions;

describe('computePresentationAttackRates', () => {
  it('gives the rates of a set counted by hand', () => {
    const rates = computePresentationAttackRates(SMALL);
    expect(rates).toMatchObject({
      threshold: 0.5,
      apcer: { print: { rate: 0.2, count: 5 }, screen: { rate: 0.5, count: 2 }, mask: { rate: 0, count: 3 } },
      worstKind: 'screen',
      apcerMax: 0.5,
      bpcer: { rate: 0.25, count: 4 },
      acer: 0.375,
      apnrr: { print: { rate: 0, count: 5 }, screen: { rate: 0 }, mask: { rate: 0 } },
      bpnrr: { rate: 0, count: 4 },
    });
    for (const { rate, ci95 } of [...Object.values(rates.apcer), rates.bpcer]) {
      expect(ci95[0]).toBeLessThanOrEqual(rate);
      expect(ci95[1]).toBeGreaterThan(rate);
    }
  });

  it('reports presentations without an answer apart', () => {
    const rates = computePresentationAttackRates({ ...SMALL, nonResponses: { bonaFide: 1, attacks: { screen: 2 } } });
    expect(rates.bpnrr).toMatchObject({ rate: 0.2, count: 5 });
    expect(rates.apnrr).toMatchObject({ screen: { rate: 0.5, count: 4 }, print: { rate: 0, count: 5 } });
    expect(rates.bpcer).toMatchObject({ rate: 0.25, count: 4 });
    expect(rates.apcer['screen']).toMatchObject({ rate: 0.5, count: 2 });
  });

  it('names the first of equally bad kinds', () => {
    const same = Float64Array.of(1);
    expect(computePresentationAttackRates({ ...SMALL, attacks: { b: same, a: same } }).worstKind).toBe('b');
  });

  it('takes a kind by any name', () => {
    const attacks = Object.fromEntries([
      ['constructor', Float64Array.of(1)],
      ['toString', Float64Array.of(0)],
    ]);
    const rates = computePresentationAttackRates({ ...SMALL, attacks });
    expect(rates.apcer).toMatchObject({ constructor: { rate: 1 }, toString: { rate: 0 } });
    expect(rates.apnrr).toMatchObject({ constructor: { rate: 0, count: 1 } });
  });

  it.each<[string, Partial<PresentationAttackOptions>, string, string]>([
    ['no bona fide presentations', { bonaFide: new Float64Array(0) }, 'SCORES_INVALID', 'bona fide presentations, got none'],
    ['no attacks', { attacks: {} }, 'SCORES_INVALID', 'at least one kind'],
    ['a kind without scores', { attacks: { print: new Float64Array(0) } }, 'SCORES_INVALID', '"print", got none'],
    ['NaN', { bonaFide: Float64Array.of(1, Number.NaN) }, 'SCORES_INVALID', 'index 1'],
    ['an infinite score', { attacks: { mask: Float64Array.of(Number.NEGATIVE_INFINITY) } }, 'SCORES_INVALID', '"mask"'],
    ['a threshold that is NaN', { threshold: Number.NaN }, 'INVALID_OPTION', 'threshold'],
    ['half a non-response', { nonResponses: { bonaFide: 0.5 } }, 'INVALID_OPTION', '0.5'],
    ['non-responses of a kind without scores', { nonResponses: { attacks: { toString: 1 } } }, 'SCORES_INVALID', 'toString'],
  ])('refuses %s', (_, change, code, part) => {
    expect(() => computePresentationAttackRates({ ...SMALL, ...change })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(part) }),
    );
  });
});

describe('findThresholdAtBpcer', () => {
  it.each([
    [0, [0.4, 0.5, 0.8], 0.4],
    [0.3, [0.4, 0.5, 0.8], 0.4],
    [1 / 3, [0.4, 0.5, 0.8], 0.5],
    [0.5, [0.4, 0.4, 0.4, 0.9], 0.4],
    [0.75, [0.4, 0.4, 0.4, 0.9], 0.9],
  ])('at %s of %j is %s', (rate, scores, threshold) => {
    expect(findThresholdAtBpcer(Float64Array.from(scores), rate)).toBe(threshold);
  });
});

describe('thresholds', () => {
  const scores = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 12 });
  const rate = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1 / 3, 0.29, 0.5, 1));

  it('at a BPCER keep it, and no higher one does', () => {
    fc.assert(
      fc.property(scores, rate, (bonaFide, wanted) => {
        const bpcerAt = (threshold: number) => bonaFide.filter((score) => score < threshold).length / bonaFide.length;
        const threshold = findThresholdAtBpcer(Float64Array.from(bonaFide), wanted);
        expect(bpcerAt(threshold)).toBeLessThanOrEqual(wanted);
        if (wanted < 1) expect(bpcerAt(threshold + 1e-9)).toBeGreaterThan(wanted);
      }),
    );
  });

  it('at an APCER keep it for every kind, and no lower one does', () => {
    fc.assert(
      fc.property(scores, scores, rate, (print, screen, wanted) => {
        const kinds = [print, screen];
        const apcerAt = (threshold: number) =>
          Math.max(...kinds.map((kind) => kind.filter((score) => score >= threshold).length / kind.length));
        const threshold = findThresholdAtApcer({ print: Float64Array.from(print), screen: Float64Array.from(screen) }, wanted);
        expect(apcerAt(threshold)).toBeLessThanOrEqual(wanted);
        if (wanted < 1) expect(apcerAt(threshold - 1e-9)).toBeGreaterThan(wanted);
      }),
    );
  });

  it('allows what a share allows exactly, whatever its product with the count rounds to', () => {
    // 0.29 * 100 is 28.999999999999996 in floats.
    const bonaFide = Float64Array.from({ length: 100 }, (_, i) => i);
    expect(findThresholdAtBpcer(bonaFide, 0.29)).toBe(29);
    expect(computePresentationAttackRates({ ...SMALL, bonaFide, threshold: 29 }).bpcer.rate).toBe(0.29);
  });

  it.each([-0.1, 1.1, Number.NaN])('refuse the rate %s', (wanted) => {
    expect(() => findThresholdAtBpcer(Float64Array.of(1), wanted)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(() => findThresholdAtApcer({ print: Float64Array.of(1) }, wanted)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  it('need scores', () => {
    const none = new Float64Array(0);
    expect(() => findThresholdAtBpcer(none, 0.1)).toThrow(expect.objectContaining({ code: 'SCORES_INVALID' }));
    expect(() => findThresholdAtApcer({}, 0.1)).toThrow(expect.objectContaining({ code: 'SCORES_INVALID' }));
    expect(() => findThresholdAtApcer({ print: none }, 0.1)).toThrow(expect.objectContaining({ code: 'SCORES_INVALID' }));
  });

  it('leave the scores as they are', () => {
    const values = Float64Array.of(3, 1, 2);
    findThresholdAtBpcer(values, 0.1);
    findThresholdAtApcer({ print: values }, 0.1);
    expect(Array.from(values)).toEqual([3, 1, 2]);
  });
});

describe('fuseByMean', () => {
  it('averages the frames of each clip, in the order of first occurrence', () => {
    const fused = fuseByMean(Float64Array.of(1, 0, 0.5, 0), ['b', 'a', 'b', 'b']);
    expect(fused.clipIds).toEqual(['b', 'a']);
    expect(Array.from(fused.scores)).toEqual([0.5, 0]);
  });

  it('has nothing to say about nothing', () => {
    expect(fuseByMean(new Float64Array(0), [])).toEqual({ clipIds: [], scores: new Float64Array(0) });
  });

  it.each([
    ['a clip too few', Float64Array.of(1, 2), ['a']],
    ['NaN', Float64Array.of(Number.NaN), ['a']],
  ])('refuses %s', (_, scores, clipIds) => {
    expect(() => fuseByMean(scores, clipIds)).toThrow(expect.objectContaining({ code: 'SCORES_INVALID' }));
  });
});
