/** Suite `search`: the work that is timed, what is planned, and the report; figures are another matter. */

import { createTemplateScorer } from '@isoface/core/recognizers';
import { renderReportPage } from '@isoface/evaluation';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillUnitRows, plantMatch, searchBest } from '../page/search-work.js';
import type { BenchOptions } from '../src/run/bench-options.ts';
import { planGalleries } from '../src/suites/search/plan-galleries.ts';
import type { SearchPiece } from '../src/suites/search/search-piece.ts';
import { reportSearch } from '../src/suites/search/search-report.ts';
import { searchSuite } from '../src/suites/search/search-suite.ts';

const options: BenchOptions = {
  runtimes: ['node-cpu'],
  packs: undefined,
  dataset: undefined,
  data: undefined,
  modelsDir: undefined,
  rounds: 2,
  warmup: 1,
  quick: true,
};

describe('the work', () => {
  it('finds what sorting finds', () => {
    // Few different values: equals must be kept in the order of their rows.
    const similarities = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(similarities, fc.integer({ min: 1, max: 12 }), (values, limit) => {
        const { rows, similarities: best } = searchBest((_, row) => values[row - 1] ?? Number.NaN, values.length, limit);
        const sorted = values.map((value, i) => ({ row: i + 1, value })).sort((a, b) => b.value - a.value || a.row - b.row);
        const kept = sorted.slice(0, limit);
        const missing = Math.max(0, limit - values.length);
        expect([...rows]).toEqual([...kept.map(({ row }) => row), ...Array(missing).fill(-1)]);
        expect([...best]).toEqual([...kept.map(({ value }) => value), ...Array(missing).fill(Number.NEGATIVE_INFINITY)]);
      }),
    );
  });

  it('fills rows of length 1 that do not depend on where filling began', () => {
    const dimension = 24;
    const whole = new Float32Array(50 * dimension);
    fillUnitRows(whole, dimension, { from: 0, to: 50, seed: 7 });
    const parts = new Float32Array(50 * dimension);
    fillUnitRows(parts, dimension, { from: 31, to: 50, seed: 7 });
    fillUnitRows(parts, dimension, { from: 0, to: 31, seed: 7 });
    expect(parts).toEqual(whole);
    const rows = Array.from({ length: 50 }, (_, row) => whole.subarray(row * dimension, (row + 1) * dimension));
    for (const row of rows) expect(Math.hypot(...row)).toBeCloseTo(1, 5);
    expect(new Set(rows.map((row) => row.join())).size).toBe(50);
  });

  it('plants a match of a given similarity', () => {
    const dimension = 64;
    const matrix = new Float32Array(20 * dimension);
    fillUnitRows(matrix, dimension, { from: 0, to: 20, seed: 1 });
    plantMatch(matrix, dimension, { row: 13, similarity: 0.9 });
    const score = createTemplateScorer('cosine', matrix, dimension);
    expect(score(0, 13)).toBeCloseTo(0.9, 5);
    expect(searchBest(score, 19, 3).rows[0]).toBe(13);
    expect(Math.hypot(...matrix.subarray(13 * dimension, 14 * dimension))).toBeCloseTo(1, 5);
  });
});

describe('the plan', () => {
  it.each([
    ['all where memory is', false, 64e9, 12, []],
    ['what fits, and why the rest does not', false, 4e9, 11, ['1,000,000 templates of 512 numbers']],
    ['few where a first impression is enough', true, 64e9, 6, ['more than 10,000 templates']],
    ['nothing without memory', true, 0, 0, ['1,000 templates of 128 numbers', 'more than 10,000 templates']],
  ])('has %s', (_, quick, available, count, missing) => {
    const { galleries, notMeasured } = planGalleries(quick, available);
    expect(galleries).toHaveLength(count);
    expect(notMeasured.map(({ name }) => name)).toEqual(expect.arrayContaining(missing));
    const listed = notMeasured.filter(({ name }) => !name.startsWith('more'));
    expect(galleries.length + listed.length).toBe(quick ? 6 : 12);
  });

  it('measures a gallery in Node', async () => {
    const plan = await searchSuite.plan(options, new AbortController().signal);
    expect(plan.pieces.map(({ name }) => name)).toEqual(
      ['1000x128', '1000x256', '1000x512', '10000x128', '10000x256', '10000x512'].map((gallery) => `node-${gallery}`),
    );
    const [piece] = plan.pieces;
    // No time is left: the least number of rounds is made.
    const value = await piece?.measure({ signal: new AbortController().signal, timeLeftMs: () => -1, progress: () => {} });
    await plan.dispose?.();
    const positive = expect.toSatisfy((figure: unknown) => typeof figure === 'number' && figure > 0);
    const five = Array(5).fill(positive);
    expect(value).toMatchObject({
      platform: 'node',
      engine: `Node ${process.versions.node}`,
      count: 1000,
      dimension: 128,
      searchMs: five,
    });
    expect(value).toMatchObject({ copyMs: five, searchCpuMs: Array(5).fill(expect.any(Number)) });
    expect(JSON.parse(JSON.stringify(value))).toEqual(value);
  });

  it('stops when it is interrupted', async () => {
    const abort = new AbortController();
    const plan = await searchSuite.plan(options, abort.signal);
    const measuring = plan.pieces[0]?.measure({
      signal: abort.signal,
      timeLeftMs: () => 60_000,
      progress: () => abort.abort(new Error('Interrupted.')),
    });
    await expect(measuring).rejects.toThrow('Interrupted.');
  });
});

describe('the report', () => {
  const piece = (platform: 'node' | 'web', count: number, searchMs: number[], copyMs: number[]): { name: string; value: SearchPiece } => ({
    name: `${platform}-${count}x250`,
    value: {
      platform,
      engine: platform === 'node' ? 'Node 20' : 'Chromium 150',
      count,
      dimension: 250,
      prepareMs: 1,
      searchesPerSample: 4,
      copiesPerSample: 4,
      searchMs,
      searchCpuMs: platform === 'node' ? searchMs : [3],
      copyMs,
    },
  });
  const small = piece('node', 1_000, [1, 2, 3], [1, 1, 1]);
  const large = piece('node', 100_000, [200, 400, 100], [50, 100, 50]);
  const web = piece('web', 100_000, [40], [10]);

  it('says what was measured', () => {
    const { series, findings, tables, charts, csv } = reportSearch([small, large, web]);
    // 100 MB in 200 ms.
    expect(findings).toEqual([
      'Node 20: the 10 most similar of 100,000 templates of 250 numbers in 200 ms on one thread (median of 3 rounds), 0.5 GB/s; a search takes 4 times as long as a copy of the templates in memory.',
      'Chromium 150: the 10 most similar of 100,000 templates of 250 numbers in 40 ms on one thread (median of 1 round), 2.5 GB/s; a search takes 4 times as long as a copy of the templates in memory.',
    ]);
    expect(tables[0]?.rows[1]).toEqual(['Node 20', 100_000, 250, 200, 400, 200, 5, 3]);
    expect(tables[1]?.rows[1]).toEqual(['Node 20', 100_000, 250, 100, 0.5, 2, 4, 1]);
    expect(series.find(({ key }) => key === 'node/100000x250/search/over-copy')?.samples).toEqual([4, 4, 2]);
    // CPU time of the browser is one figure over all rounds, and no figure without noise.
    expect(series.filter(({ key }) => key.endsWith('/cpu')).map(({ key }) => key)).toEqual([
      'node/1000x250/search/cpu',
      'node/100000x250/search/cpu',
    ]);
    expect(new Set(series.map(({ key }) => key)).size).toBe(series.length);
    expect([...csv.rows]).toHaveLength(7);
    for (const row of csv.rows) expect(row).toHaveLength(csv.columns.length);
    expect(charts).toHaveLength(2);
    expect(renderReportPage({ title: 'Search', facts: [], sections: [{ heading: 'Search', charts, tables }] })).toContain('Chromium 150');
  });

  it('says of some pieces what follows from them, and nothing of none', () => {
    expect(reportSearch([web]).findings).toHaveLength(1);
    expect(reportSearch([])).toMatchObject({ series: [], findings: [], charts: [], tables: [] });
  });
});
