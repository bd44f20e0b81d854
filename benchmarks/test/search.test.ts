/** Suite `search`: the work that is timed, what is planned, and the report; figures are another matter. */

import { computeCosineSimilarity } from '@isoface/core';
import { createTemplateIndex } from '@isoface/core/gallery';
import { renderReportPage } from '@isoface/evaluation';
import { describe, expect, it } from 'vitest';
import { createSearchWork, fillUnitRows, plantMatch, readAll } from '../page/search-work.js';
import type { BenchOptions } from '../src/run/bench-options.ts';
import { planGalleries, planVariants } from '../src/suites/search/plan-galleries.ts';
import { measureSearchMemory } from '../src/suites/search/search-memory.ts';
import { SEARCH_VARIANTS, type SearchMemoryPiece, type SearchPiece, type SearchSamples } from '../src/suites/search/search-piece.ts';
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
  it('searches all rows but the probe, with every index alike', async () => {
    const [dimension, count] = [24, 300];
    const matrix = new Float32Array((count + 1) * dimension);
    fillUnitRows(matrix, dimension, { from: 0, to: count + 1, seed: 5 });
    plantMatch(matrix, dimension, { row: count, similarity: 0.9 });
    const work = await createSearchWork(createTemplateIndex, { matrix, dimension, count, limit: 4, variants: SEARCH_VARIANTS });
    const rowAt = (row: number): Float32Array => matrix.subarray(row * dimension, (row + 1) * dimension);
    const sorted = Array.from({ length: count }, (_, i) => ({ group: i + 1, similarity: computeCosineSimilarity(rowAt(0), rowAt(i + 1)) }));
    sorted.sort((a, b) => b.similarity - a.similarity);
    expect(sorted[0]?.group).toBe(count);
    for (const variant of Object.keys(SEARCH_VARIANTS)) {
      expect(await work.search(variant, false)).toMatchObject([sorted.slice(0, 4)]);
      expect(await work.search(variant, true)).toHaveLength(32);
      expect(await work.bytes(variant)).toBeGreaterThan(count * dimension * 4);
      expect(await work.timeBatch(variant, 1)).toBeGreaterThan(0);
    }
    await work.dispose();
  });

  it('reads every number', () => {
    expect(readAll(Float64Array.from({ length: 48 }, (_, i) => i))).toBe((47 * 48) / 2);
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
    expect(computeCosineSimilarity(matrix.subarray(0, dimension), matrix.subarray(13 * dimension, 14 * dimension))).toBeCloseTo(0.9, 5);
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
      copyMs: five,
      readMs: five,
    });
    const { searches } = value as SearchPiece;
    expect(searches.map(({ variant, isBatch }) => [variant, isBatch])).toEqual([
      ['float32', false],
      ['float32', true],
      ['int8', false],
      ['int8', true],
      ['javascript', false],
    ]);
    for (const samples of searches) expect(samples).toMatchObject({ wallMs: five, cpuMs: Array(5).fill(expect.any(Number)) });
    expect(JSON.parse(JSON.stringify(value))).toEqual(value);
  });

  it.each([
    [1_000, 512, ['float32', 'int8', 'javascript']],
    [1_000_000, 128, ['float32', 'int8']],
    [1_000_000, 256, ['float32']],
  ])('searches %d templates of %d numbers with indexes %j', (count, dimension, expected) => {
    expect(planVariants({ count, dimension })).toEqual(expected);
  });

  it('measures how a process grows', async () => {
    const piece = await measureSearchMemory({ count: 6_000, dimension: 64 });
    expect(piece).toMatchObject({ kind: 'memory', count: 6_000, dimension: 64 });
    expect(piece.indexBytes).toBeGreaterThan(6_000 * 64 * 4);
    expect(piece.peakBytes).toBeGreaterThan(piece.indexBytes);
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
  const piece = (platform: 'node' | 'web', count: number, searchMs: number[], copyMs: number[]): { name: string; value: SearchPiece } => {
    const samples = (variant: SearchSamples['variant'], isBatch: boolean, times: number): SearchSamples => {
      const wallMs = searchMs.map((ms) => ms * times);
      return { variant, isBatch, callsPerSample: 4, wallMs, cpuMs: platform === 'node' ? wallMs : [3] };
    };
    return {
      name: `${platform}-${count}x250`,
      value: {
        platform,
        engine: platform === 'node' ? 'Node 20' : 'Chromium 150',
        count,
        dimension: 250,
        prepareMs: { float32: 1, int8: 2 },
        indexBytes: { float32: 3e6, int8: 4e6 },
        searches: [samples('float32', false, 1), samples('int8', false, 0.25), samples('int8', true, 0.125)],
        copyMs,
        readMs: copyMs.map((ms) => ms / 2),
      },
    };
  };
  const small = piece('node', 1_000, [1, 2, 3], [1, 1, 1]);
  const large = piece('node', 100_000, [200, 400, 100], [50, 100, 50]);
  const web = piece('web', 100_000, [40], [10]);
  const memory: { name: string; value: SearchMemoryPiece } = {
    name: 'memory',
    value: {
      kind: 'memory',
      engine: 'Node 20',
      count: 1000,
      dimension: 250,
      beforeBytes: 50e6,
      peakBytes: 50e6 + 2 ** 20,
      indexBytes: 1e6,
    },
  };

  it('says what was measured', () => {
    const { series, findings, tables, charts, csv } = reportSearch([small, large, web, memory]);
    // 100 MB in 200 ms.
    expect(findings).toEqual([
      'Node 20: the 10 most similar of 100,000 templates of 250 numbers in 200 ms on one thread (median of 3 rounds), 0.5 GB/s; a search takes 4 times as long as a copy of the templates in memory.',
      'Node 20: with bytes in a first pass, 100,000 templates of 250 numbers take 50 ms, 4 times as fast as without; the results are the same, bit by bit.',
      'Chromium 150: the 10 most similar of 100,000 templates of 250 numbers in 40 ms on one thread (median of 1 round), 2.5 GB/s; a search takes 4 times as long as a copy of the templates in memory.',
      'Chromium 150: with bytes in a first pass, 100,000 templates of 250 numbers take 10 ms, 4 times as fast as without; the results are the same, bit by bit.',
      'Node 20: a process with 1,000 templates of 250 numbers (1 MB) grows from 50 to 51 MB at most; 1 MB are the memory of the index.',
    ]);
    expect(tables[0]?.rows[3]).toEqual(['Node 20', 100_000, 250, 'float32', 200, 400, 200, 4, 1, 3]);
    expect(tables[0]?.rows[5]).toEqual(['Node 20', 100_000, 250, 'int8, then float32, many probes', 25, 50, 25, 0.5, 8, 3]);
    expect(tables[1]?.rows[1]).toEqual(['Node 20', 100_000, 250, 100, 2, 4, 3, 4, 1, 2]);
    const samplesOf = (wanted: string): readonly number[] | undefined => series.find(({ key }) => key === wanted)?.samples;
    expect(samplesOf('node/100000x250/search/over-copy')).toEqual([4, 4, 2]);
    expect(samplesOf('node/100000x250/search-int8-batch/over-copy')).toEqual([0.5, 0.5, 0.25]);
    expect(samplesOf('node/1000x250/memory/growth')).toEqual([1]);
    // CPU time of the browser is one figure over all rounds, and no figure without noise.
    const withCpu = series.filter(({ key }) => key.endsWith('/cpu')).map(({ key }) => key.split('/')[0]);
    expect(withCpu).toEqual(Array(6).fill('node'));
    expect(new Set(series.map(({ key }) => key)).size).toBe(series.length);
    expect([...csv.rows]).toHaveLength(21);
    for (const row of csv.rows) expect(row).toHaveLength(csv.columns.length);
    expect(charts).toHaveLength(2);
    expect(renderReportPage({ title: 'Search', facts: [], sections: [{ heading: 'Search', charts, tables }] })).toContain('Chromium 150');
  });

  it('says of some pieces what follows from them, and nothing of none', () => {
    expect(reportSearch([web]).findings).toHaveLength(2);
    expect(reportSearch([memory]).findings).toHaveLength(1);
    expect(reportSearch([])).toMatchObject({ series: [], findings: [], charts: [], tables: [] });
  });
});
