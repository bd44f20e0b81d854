/** Comparison of runs: what is called a change, and what is not. */

import { createRandom } from '@isoface/core/evaluation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjustPValues } from '../src/compare/adjust-p-values.ts';
import { createMedianBootstrap } from '../src/compare/bootstrap-median.ts';
import { compareRuns } from '../src/compare/compare-runs.ts';
import type { SeriesComparison, Verdict } from '../src/compare/comparison.ts';
import { renderComparisonMarkdown, renderComparisonPage } from '../src/compare/comparison-report.ts';
import type { PieceRecord } from '../src/run/run-record.ts';
import type { Series } from '../src/run/suite.ts';
import { medianOf } from '../src/statistics.ts';
import { createRecord, createRun, createSeries, drawSamples, type RecordChanges } from './support/run-records.ts';

/** The only row of comparing two series. */
function compareOne(a: Series, b: Series, changes: { readonly a?: RecordChanges; readonly b?: RecordChanges } = {}): SeriesComparison {
  const row = compareRuns(createRun('A', { ...changes.a, series: [a] }), createRun('B', { ...changes.b, series: [b] })).suites[0]
    ?.series[0];
  if (row === undefined) throw new Error('Expected a row, got none.');
  return row;
}

/** Rows of many series of `count` samples in each run; run B takes `factor` times as long. */
function compareMany(
  series: number,
  {
    count = 20,
    noise = 0.05,
    factor = 1,
    seed = 1,
    minEffect = 0.03,
    spike = 0,
  }: { count?: number; noise?: number; factor?: number; seed?: number; minEffect?: number; spike?: number },
): readonly SeriesComparison[] {
  const random = createRandom(seed);
  const draw = (centre: number, key: string): Series =>
    createSeries(
      drawSamples(random, count, { centre, noise }).map((value) => (random() < spike ? value * 3 : value)),
      { key },
    );
  const keys = Array.from({ length: series }, (_, i) => `series/${i}`);
  const a = createRun('A', { series: keys.map((key) => draw(100, key)) });
  const b = createRun('B', { series: keys.map((key) => draw(100 * factor, key)) });
  return compareRuns(a, b, { minEffect }).suites[0]?.series ?? [];
}

function shareOf(rows: readonly SeriesComparison[], ...verdicts: Verdict[]): number {
  return rows.filter(({ verdict }) => verdicts.includes(verdict)).length / rows.length;
}

const tenPercent = Array.from({ length: 20 }, (_, i) => 100 + (i % 5));

describe('equal runs', () => {
  it.each([
    ['quiet', { noise: 0.05 }],
    ['noisy', { noise: 0.3 }],
    ['with spikes', { noise: 0.05, spike: 0.15 }],
    ['of five samples', { noise: 0.1, count: 5 }],
    ['of two samples', { noise: 0.1, count: 2 }],
    ['where every effect counts', { noise: 0.05, minEffect: 0 }],
  ])('differ in 5 of 100 series at most: %s', (_, options) => {
    const rows = compareMany(100, options);
    expect(rows).toHaveLength(100);
    expect(shareOf(rows, 'better', 'worse')).toBeLessThanOrEqual(0.05);
  });

  it('differ in at most 5 % of the comparisons where a single series is compared and every effect counts', () => {
    // Nothing is adjusted here: this is the interval itself. 300 draws with probability 0.05 reach 9 % once in a thousand times.
    const random = createRandom(4);
    const draw = (): Series => createSeries(drawSamples(random, 20));
    const verdicts = Array.from({ length: 300 }, () => {
      const [a, b] = [createRun('A', { series: [draw()] }), createRun('B', { series: [draw()] })];
      return compareRuns(a, b, { minEffect: 0 }).suites[0]?.series[0]?.verdict;
    });
    expect(verdicts.filter((verdict) => verdict === 'better' || verdict === 'worse').length / 300).toBeLessThan(0.09);
  });

  it('are the same where the noise is small', () => {
    expect(shareOf(compareMany(100, { noise: 0.01 }), 'same')).toBeGreaterThan(0.95);
  });

  it('are the same to the last digit when compared twice', () => {
    expect(compareMany(5, {})).toEqual(compareMany(5, {}));
  });
});

describe('a change', () => {
  it('of 10 % is found in 20 samples with 5 % noise', () => {
    expect(shareOf(compareMany(100, { factor: 1.1 }), 'worse')).toBeGreaterThan(0.8);
    expect(shareOf(compareMany(100, { factor: 1 / 1.1 }), 'better')).toBeGreaterThan(0.8);
  });

  it('of 10 % in a few series is found among many that did not change, and little else', () => {
    const random = createRandom(9);
    const keys = Array.from({ length: 200 }, (_, i) => `series/${i}`);
    const draw = (factor: number, key: string): Series => createSeries(drawSamples(random, 40, { centre: 100 * factor }), { key });
    const a = createRun('A', { series: keys.map((key) => draw(1, key)) });
    const b = createRun('B', { series: keys.map((key, i) => draw(i < 10 ? 1.12 : 1, key)) });
    const { suites, tested, compared } = compareRuns(a, b);
    const worse = suites[0]?.series.filter(({ verdict }) => verdict !== 'same' && verdict !== 'unclear').map(({ key }) => key) ?? [];
    expect([tested, compared]).toEqual([200, 200]);
    const found = worse.filter((key) => keys.indexOf(key) < 10);
    expect(found.length).toBeGreaterThanOrEqual(8);
    expect(worse.length - found.length).toBeLessThanOrEqual(1);
  });

  it('lies in its interval as often as promised', () => {
    const rows = compareMany(300, { factor: 1.1, noise: 0.1 });
    const covered = rows.filter(({ ci95 }) => ci95[0] <= 1.1 && 1.1 <= ci95[1]).length / 300;
    // Percentile intervals of a median are a little too narrow or too wide for small samples.
    expect(covered).toBeGreaterThan(0.9);
    expect(covered).toBeLessThan(0.995);
  });

  it.each<[string, Partial<Series>, number, Verdict]>([
    ['a time that grew', { unit: 'ms', better: 'lower' }, 1.2, 'worse'],
    ['a time that shrank', { unit: 'ms', better: 'lower' }, 1 / 1.2, 'better'],
    ['a rate that grew', { unit: '1/s', better: 'higher' }, 1.2, 'better'],
    ['a rate that shrank', { unit: '1/s', better: 'higher' }, 1 / 1.2, 'worse'],
    ['too small an effect', { unit: 'ms', better: 'lower' }, 1.01, 'same'],
    ['memory that grew', { unit: 'MiB', better: 'lower' }, 1.2, 'worse'],
  ])('has a direction: %s', (_, changes, factor, verdict) => {
    const row = compareOne(
      createSeries(
        tenPercent.map((value) => value / 100),
        changes,
      ),
      createSeries(
        tenPercent.map((value) => (value * factor) / 100),
        changes,
      ),
    );
    expect(row).toMatchObject({ verdict, method: 'independent', samples: [20, 20] });
    expect(row.ratio).toBeCloseTo(factor, 10);
  });

  it('is the reverse of that of the runs in the other order', () => {
    const samples = fc.array(fc.double({ min: 50, max: 200, noNaN: true }), { minLength: 6, maxLength: 12 });
    const mirrored: Record<Verdict, Verdict> = { better: 'worse', worse: 'better', same: 'same', unclear: 'unclear' };
    fc.assert(
      fc.property(samples, samples, (a, b) => {
        const [there, back] = [compareOne(createSeries(a), createSeries(b)), compareOne(createSeries(b), createSeries(a))];
        expect(there.ratio * back.ratio).toBeCloseTo(1, 10);
        // Resamples are drawn anew: where an end of the interval touches a limit, one of the two may be unclear.
        if (there.verdict !== 'unclear' && back.verdict !== 'unclear') expect(back.verdict).toBe(mirrored[there.verdict]);
      }),
      { numRuns: 50 },
    );
  });
});

describe('single figures', () => {
  it.each<[string, Partial<Series>, number, number, Verdict]>([
    ['a file that grew', { unit: 'bytes' }, 1000, 1100, 'worse'],
    ['a file that stayed', { unit: 'bytes' }, 1000, 1000, 'same'],
    ['a share that grew', { unit: 'ratio', better: 'higher' }, 0.5, 0.9, 'better'],
    ['errors where there were none', { unit: 'ratio' }, 0, 0.1, 'worse'],
    ['no errors any more', { unit: 'ratio' }, 0.1, 0, 'better'],
    ['nothing then and now', { unit: 'ratio' }, 0, 0, 'same'],
  ])('are compared exactly: %s', (_, changes, before, after, verdict) => {
    const row = compareOne(createSeries([before], changes), createSeries([after], changes));
    expect(row).toMatchObject({ verdict, method: 'exact', pValue: undefined });
    expect(row.ci95).toEqual([row.ratio, row.ratio]);
  });

  it.each<[string, number[], number[], Partial<Series>, RegExp]>([
    ['negative figures', [-1, 2], [3, 4], {}, /above 0/],
    ['other units', [1, 2], [3, 4], { unit: 'bytes' }, /Unit/],
    ['no samples', [], [1], {}, /No samples/],
    ['too few samples', [100, 101, 99], [200, 201, 199], {}, /Too few/],
    ['one against many', [100], tenPercent, {}, /Too few/],
    ['four against many, for they are one moment', [200, 201, 202, 203], tenPercent, {}, /Too few/],
  ])('and what cannot be compared is unclear: %s', (_, before, after, changes, note) => {
    const row = compareOne(createSeries(before), createSeries(after, changes));
    expect(row.verdict).toBe('unclear');
    expect(row.note).toMatch(note);
  });
});

describe('paired samples', () => {
  const ids = Array.from({ length: 20 }, (_, i) => `image-${i}`);
  /** Pictures differ tenfold in their time. */
  const times = ids.map((_, i) => 10 * 10 ** (i / 19));

  it('show a small change that the differences between pictures would hide', () => {
    const noisy = drawSamples(createRandom(2), 20, { centre: 1, noise: 0.01 });
    const after = times.map((value, i) => value * 1.08 * (noisy[i] ?? 1));
    expect(compareOne(createSeries(times, { ids }), createSeries(after, { ids }))).toMatchObject({ method: 'paired', verdict: 'worse' });
    expect(compareOne(createSeries(times), createSeries(after))).toMatchObject({ method: 'independent', verdict: 'unclear' });
  });

  it('are matched by id, in any order, with repetitions', () => {
    const reversed = ids.toReversed().flatMap((id) => [id, id, id]);
    const after = times.toReversed().flatMap((value) => [value * 1.2, value * 1.2, value * 9]);
    const row = compareOne(createSeries([...times, 1], { ids: [...ids, 'only-in-a'] }), createSeries(after, { ids: reversed }));
    expect(row).toMatchObject({ verdict: 'worse', samples: [20, 20] });
    expect(row.ratio).toBeCloseTo(1.2, 10);
    expect(row.note).toMatch(/^1 ids are in one/);
  });

  it('say where a few of them changed more than most', () => {
    const after = times.map((value, i) => (i >= 18 ? value * 3 : value));
    const row = compareOne(createSeries(times, { ids }), createSeries(after, { ids }));
    expect(row).toMatchObject({ verdict: 'same', ratio: 1 });
    expect(row.note).toMatch(/sums changed by \+\d/);
  });

  it('without a common id are unclear', () => {
    const row = compareOne(createSeries([1], { ids: ['a'] }), createSeries([1, 1], { ids: ['b', 'c'] }));
    expect(row).toMatchObject({ verdict: 'unclear', method: 'none' });
  });

  it('of equal runs differ in at most 5 % of the series', () => {
    const random = createRandom(3);
    const draw = (key: string): Series =>
      createSeries(
        drawSamples(random, 20, { centre: 1 }).map((value, i) => value * (times[i] ?? 1)),
        { key, ids },
      );
    const keys = Array.from({ length: 200 }, (_, i) => `series/${i}`);
    const rows =
      compareRuns(createRun('A', { series: keys.map(draw) }), createRun('B', { series: keys.map(draw) })).suites[0]?.series ?? [];
    expect(shareOf(rows, 'better', 'worse')).toBeLessThanOrEqual(0.05);
  });
});

describe('the machine', () => {
  const slower = tenPercent.map((value) => value * 1.1);
  const [a, b] = [createSeries(tenPercent), createSeries(slower)];

  it.each<[string, number, Verdict]>([
    ['that stayed as it was', 5, 'worse'],
    ['that became 10 % slower', 5.5, 'unclear'],
    ['that became 10 % faster', 4.5, 'worse'],
  ])('%s makes of a time 10 % longer', (_, yardstick, verdict) => {
    expect(compareOne(a, b, { a: { yardstickMs: [5] }, b: { yardstickMs: [yardstick] } }).verdict).toBe(verdict);
  });

  it.each<[string, Partial<Series>, number, Verdict]>([
    ['rates, the other way round', { unit: '1/s', better: 'higher' }, 1 / 1.1, 'unclear'],
    ['rates that rose all the same', { unit: '1/s', better: 'higher' }, 1.1, 'better'],
    ['no sizes', { unit: 'bytes' }, 1.1, 'worse'],
    ['no ratios', { unit: 'ratio' }, 1.1, 'worse'],
  ])('that became slower by a tenth excuses %s', (_, changes, factor, verdict) => {
    const after = createSeries(
      tenPercent.map((value) => value * factor),
      changes,
    );
    expect(compareOne(createSeries(tenPercent, changes), after, { b: { yardstickMs: [5.5] } }).verdict).toBe(verdict);
  });

  it('counts by its single pieces too, the worst tenth left out, the own one never', () => {
    const pieces = (slow: number): PieceRecord[] =>
      Array.from({ length: 20 }, (_, i) => ({
        name: i === 0 ? 'piece' : `other-${i}`,
        startedAt: '2026-03-01T10:00:00.000Z',
        seconds: 1,
        loadAverage: 0,
        yardstickMs: [i === slow ? 10 : 5],
      }));
    const before = { pieces: pieces(-1) };
    expect(compareOne(a, b, { a: before, b: { pieces: pieces(7) } }).verdict).toBe('worse');
    expect(compareOne(a, b, { a: before, b: { pieces: pieces(0) } }).verdict).toBe('unclear');
  });

  it('that is another one gives no verdict on times, and says so first', () => {
    const other = { machine: { cpu: 'Other CPU', cpuFlags: ['avx2', 'fma', 'avx512f'] } };
    const size = { key: 'size', unit: 'bytes' } as const;
    const comparison = compareRuns(
      createRun('A', { series: [a, createSeries([100], size)] }),
      createRun('B', { ...other, series: [b, createSeries([200], size)] }),
    );
    expect(comparison.suites[0]?.series).toMatchObject([
      { verdict: 'unclear', ratio: expect.closeTo(1.1, 10), note: expect.stringMatching(/different machines/) },
      { verdict: 'worse', method: 'exact' },
    ]);
    expect(comparison.suites[0]?.notes[0]).toMatch(/^DIFFERENT MACHINES: CPU Test CPU, then Other CPU; instructions avx512f only in B\./);
    expect(comparison.tested).toBe(0);
  });

  it.each<[string, RecordChanges, RegExp]>([
    ['options', { options: { quick: true, packs: ['starter'] } }, /quick false, then true; packs default, then starter/],
    ['Node', { machine: { node: '22.0.0' } }, /Node: 20.19.0, then 22.0.0/],
    ['a partial run', { status: 'partial' }, /B is partial: it has 1 piece\./],
    [
      'a busy machine',
      { pieces: [{ name: 'piece', startedAt: '', seconds: 1, loadAverage: 6, yardstickMs: [5] }] },
      /B was measured on a busy machine.*6 on 2 cores/,
    ],
  ])('is noted with what differs: %s', (_, changes, note) => {
    const { suites } = compareRuns(createRun('A', { series: [a] }), createRun('B', { ...changes, series: [a] }));
    expect(suites[0]?.notes.join('\n')).toMatch(note);
  });
});

describe('what only one run has', () => {
  it('is listed', () => {
    const first = {
      name: 'A',
      suites: [
        createRecord({ series: [createSeries([1], { key: 'x' }), createSeries([1], { key: 'y' })] }),
        createRecord({ suite: 'memory' }),
      ],
    };
    const second = {
      name: 'B',
      suites: [
        createRecord({ series: [createSeries([1], { key: 'y' }), createSeries([1], { key: 'z' })] }),
        createRecord({ suite: 'peers' }),
      ],
    };
    const { onlyInA, onlyInB, suites, compared } = compareRuns(first, second);
    expect({ onlyInA, onlyInB, compared }).toEqual({ onlyInA: ['memory'], onlyInB: ['peers'], compared: 1 });
    expect(suites).toMatchObject([{ onlyInA: ['x'], onlyInB: ['z'] }]);
  });
});

describe('the bootstrap of a median', () => {
  it.each([[1], [2], [5], [20]])('of %i samples draws what resampling draws', (count) => {
    const samples = drawSamples(createRandom(5), count);
    const random = createRandom(6);
    const draw = createMedianBootstrap(samples, random);
    const rounds = 20_000;
    const drawn = Array.from({ length: rounds }, draw);
    const resampled = Array.from({ length: rounds }, () => medianOf(samples.map(() => samples[Math.floor(random() * count)] ?? 0)));
    for (const sample of samples) {
      const [one, other] = [drawn, resampled].map((values) => values.filter((value) => value <= sample).length / rounds);
      // Two shares of 20,000 draws differ by 0.02 less than once in ten thousand times.
      expect(Math.abs((one ?? 0) - (other ?? 1))).toBeLessThan(0.02);
    }
    expect(drawn.every((value) => samples.includes(value))).toBe(true);
  });
});

describe('p-values of many comparisons', () => {
  it('are adjusted as in the textbook', () => {
    // Sorted, times n / rank: 0.005, 0.02, 0.065, 0.05125, 0.2; none may exceed one after it.
    expect(adjustPValues([0.2, 0.008, 0.001, 0.041, 0.039]).map((value) => Number(value.toFixed(5)))).toEqual([
      0.2, 0.02, 0.005, 0.05125, 0.05125,
    ]);
    expect(adjustPValues([])).toEqual([]);
  });

  it('keep their order, never shrink, never exceed 1', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (values) => {
        const adjusted = adjustPValues(values);
        for (const [i, value] of values.entries()) {
          expect(adjusted[i]).toBeGreaterThanOrEqual(value);
          expect(adjusted[i]).toBeLessThanOrEqual(1);
          for (const [j, other] of values.entries()) if (value < other) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j] ?? 0);
        }
      }),
    );
  });
});

describe('the text', () => {
  const comparison = compareRuns(
    createRun('before', {
      series: [createSeries(tenPercent), createSeries(tenPercent, { key: 'same' }), createSeries([100], { key: 'size', unit: 'bytes' })],
    }),
    createRun('after', {
      series: [
        createSeries(tenPercent.map((value) => value * 1.2)),
        createSeries(tenPercent, { key: 'same' }),
        createSeries([50], { key: 'size', unit: 'bytes' }),
      ],
    }),
  );

  it('says what changed first', () => {
    const text = renderComparisonMarkdown(comparison);
    expect(text.split('\n')[0]).toBe('after against before: 3 series in both. Worse: 1, better: 1, the same: 1, unclear: 0.');
    const rows = text.split('\n').filter((line) => line.startsWith('|'));
    expect(rows.map((line) => line.split('|')[2]?.trim())).toEqual(['Verdict', expect.stringMatching(/^-+$/), 'worse', 'better']);
    expect(rows[2]).toMatch(/\+20\.0 %.*\+1\d\.\d to \+2\d\.\d %.*\| +102 → 122\.4 ms \|/);
    expect(rows[3]).toMatch(/size.*-50\.0 % \| +exact/);
  });

  it('is a page as well', () => {
    const page = renderComparisonPage(comparison);
    expect(page).toContain('<h1>Benchmarks: after against before</h1>');
    expect(page).toContain('Drift of the machine, by a fixed piece of work');
    expect(page.match(/<svg/g)?.length).toBe(2);
  });

  it('of runs without anything in common says so', () => {
    const nothing = compareRuns(createRun('A', { suite: 'x' }), createRun('B', { suite: 'y' }));
    expect(renderComparisonMarkdown(nothing)).toMatch(/^B and A have no series in common/);
  });
});
