import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/evaluation/random.ts';
import { computeUnlinkability } from '../../src/evaluation/unlinkability.ts';

const scores = (...numbers: number[]): Float64Array => Float64Array.from(numbers);
const spread = (count: number, from: number, to: number): Float64Array =>
  Float64Array.from({ length: count }, (_, index) => from + ((index + 0.5) * (to - from)) / count);

describe('unlinkability', () => {
  it.each([
    { name: 'the same scores', mated: spread(1000, 0, 1), nonMated: spread(1000, 0, 1), system: 0 },
    { name: 'scores that never meet', mated: spread(1000, 0.6, 1), nonMated: spread(1000, 0, 0.4), system: 1 },
    { name: 'mated scores below the others', mated: spread(1000, 0, 0.4), nonMated: spread(1000, 0.6, 1), system: 1 },
    { name: 'one score only', mated: scores(0.5, 0.5), nonMated: scores(0.5), system: 0 },
    // LR is 2 wherever mated scores are: D = 2 * 2/3 - 1.
    { name: 'mated scores in the upper half', mated: spread(1000, 0.5, 1), nonMated: spread(1000, 0, 1), system: 1 / 3 },
    // Half of the mated scores lie where no other is, the other half where LR is 1/2.
    { name: 'half of them apart', mated: spread(2000, 0, 2), nonMated: spread(1000, 0, 1), system: 1 / 2 },
  ])('of $name is $system', ({ mated, nonMated, system }) => {
    expect(computeUnlinkability(mated, nonMated).system).toBeCloseTo(system, 12);
  });

  it('says at which scores templates can be linked', () => {
    const { local, scores: middles } = computeUnlinkability(scores(1, 3), scores(0, 1, 1, 4), { bins: 4 });
    // Bins [0, 1), [1, 2), [2, 3), [3, 4]: mated 0 1/2 0 1/2, others 1/4 1/2 0 1/4.
    expect([...middles]).toEqual([0.5, 1.5, 2.5, 3.5]);
    expect([...local]).toEqual([0, 0, 0, 1 / 3]);
  });

  it('grows with the prior of mated comparisons', () => {
    const mated = spread(1000, 0, 1);
    const ratios = [0.5, 1, 3].map((priorRatio) => computeUnlinkability(mated, mated, { priorRatio }).system);
    // LR is 1 everywhere: D = 2 * 3/4 - 1 for a ratio of 3.
    expect(ratios.map((ratio) => Number(ratio.toFixed(12)))).toEqual([0, 0, 0.5]);
  });

  it('takes a weight for so many scores', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ score: fc.integer({ min: 0, max: 9 }), times: fc.nat(3) }), { minLength: 1 }), (rows) => {
        fc.pre(rows.some(({ times }) => times > 0));
        // Both ends are there, so that weights do not change the range.
        const nonMated = spread(40, -1, 11);
        const repeated = rows.flatMap(({ score, times }) => new Array<number>(times).fill(score));
        const weights = { mated: rows.map(({ times }) => times), nonMated: new Array<number>(40).fill(2) };
        const weighted = computeUnlinkability(
          Float64Array.from(rows, ({ score }) => score),
          nonMated,
          { bins: 8, weights },
        );
        expect(weighted.system).toBeCloseTo(computeUnlinkability(Float64Array.from(repeated), nonMated, { bins: 8 }).system, 12);
      }),
    );
  });

  it('stays in [0, 1], and near 0 for equal distributions of few scores', () => {
    const random = createRandom(5);
    const draw = (count: number): Float64Array => Float64Array.from({ length: count }, random);
    const systems = Array.from({ length: 50 }, () => computeUnlinkability(draw(500), draw(20_000)).system);
    // 50 bins of 10 mated scores, each off by about a third of itself: on average a D of 0.3 / 2 in half of them.
    for (const system of systems) expect(system).toBeLessThan(0.15);
    for (const system of systems) expect(system).toBeGreaterThan(0.02);
  });

  it.each([
    { name: 'no mated score', call: () => computeUnlinkability(scores(), scores(1)), code: 'SCORES_INVALID' },
    { name: 'no other score', call: () => computeUnlinkability(scores(1), scores()), code: 'SCORES_INVALID' },
    { name: 'NaN', call: () => computeUnlinkability(scores(Number.NaN), scores(1)), code: 'SCORES_INVALID' },
    { name: 'no bins', call: () => computeUnlinkability(scores(1), scores(1), { bins: 0 }), code: 'INVALID_OPTION' },
    { name: 'half a bin', call: () => computeUnlinkability(scores(1), scores(1), { bins: 0.5 }), code: 'INVALID_OPTION' },
    { name: 'a ratio of 0', call: () => computeUnlinkability(scores(1), scores(1), { priorRatio: 0 }), code: 'INVALID_OPTION' },
  ])('is refused for $name', ({ call, code }) => {
    expect(call).toThrow(expect.objectContaining({ code }));
  });
});
