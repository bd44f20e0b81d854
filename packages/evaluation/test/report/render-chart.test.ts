import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { Axis, Chart, LineChart } from '../../src/report/chart.ts';
import { renderChart } from '../../src/report/render-chart.ts';
import { parseXml } from './support/parse-xml.ts';
import { SAMPLE_CHARTS, SAMPLE_HISTOGRAM, SAMPLE_INTERVALS, SAMPLE_LINES } from './support/sample-charts.ts';

describe.each(SAMPLE_CHARTS.map((chart) => [chart.kind, chart] as const))('a chart of kind %s', (_, chart) => {
  it('is an SVG file with a name and a description', async () => {
    const svg = renderChart(chart);
    await parseXml(svg);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" class="chart" role="img" aria-labelledby="chart-title/);
    expect(svg).toContain(`<title id="chart-title">${chart.title}</title>`);
    expect(svg.includes('<desc id="chart-description">')).toBe(chart.description !== undefined);
    expect(svg).toContain(`>${chart.x.label}</text>`);
  });

  it('draws something in each colour that its series have', async () => {
    const { data } = await sharp(Buffer.from(renderChart(chart)))
      .flatten({ background: '#fff' })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const count = countPixels(data, [0x0b, 0x55, 0x9f]);
    expect(count).toBeGreaterThan(100);
    if (chart.kind !== 'intervals') expect(countPixels(data, [0xd9, 0x5f, 0x02])).toBeGreaterThan(100);
  });
});

describe('parseXml', () => {
  it.each(['<b>', '<b></i>', '<b a=1></b>', '<b>&nbsp;</b>', '<b>\u0001</b>', '<b a="1" a="2"></b>'])('rejects %j', async (markup) => {
    await expect(parseXml(markup)).rejects.toThrow();
  });
});

describe('lines', () => {
  it('are dotted towards zero, which a probit axis cannot show, with a triangle at its end and a word on it', () => {
    const svg = renderChart(SAMPLE_LINES);
    expect(svg.match(/class="curve c0 d0 beyond"/g)).toHaveLength(1);
    // FNMR is 0 at the first point, FMR at the last.
    expect(svg.match(/class="point c0 d0"/g)).toHaveLength(2);
    expect(svg).toContain('Dotted, from a triangle on');
    expect(svg).not.toContain('curve c1 d1 beyond');
  });

  it('are not dotted where an axis shows zero', () => {
    const axis: Axis = { label: 'x', scale: 'linear' };
    const svg = renderChart({ ...SAMPLE_LINES, x: axis, y: axis });
    expect(svg).not.toContain('beyond"');
    expect(svg).not.toContain('Dotted');
  });

  it('count the points that are not numbers', () => {
    const series = [{ name: 'x', points: [[0, 1] as const, [1, Number.NaN] as const, [2, 3] as const] }];
    const chart: LineChart = { ...SAMPLE_LINES, x: { label: 'x', scale: 'linear' }, y: { label: 'y', scale: 'linear' }, marks: [], series };
    expect(renderChart(chart)).toContain('not numbers: 1 point.');
    expect(renderChart(SAMPLE_LINES)).not.toContain('not numbers');
  });

  it('are thinned: many points make a small file', () => {
    const points = Array.from({ length: 200_000 }, (_, i) => [i / 2e5, Math.sqrt(i / 2e5)] as const);
    const chart: LineChart = {
      ...SAMPLE_LINES,
      x: { label: 'x', scale: 'linear' },
      y: { label: 'y', scale: 'linear' },
      series: [{ name: 'x', points }],
    };
    expect(renderChart(chart).length).toBeLessThan(12_000);
  });

  it('of noise keep to 600 points', () => {
    let state = 1;
    const random = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647;
    };
    const points = Array.from({ length: 20_000 }, (_, i) => [i, random()] as const);
    const chart: LineChart = {
      ...SAMPLE_LINES,
      x: { label: 'x', scale: 'linear' },
      y: { label: 'y', scale: 'linear' },
      marks: [],
      series: [{ name: 'x', points }],
    };
    const path = / d="(M[^"]*)"/.exec(renderChart(chart).split('class="curve c0 d0"').at(-1) ?? '')?.[1] ?? '';
    const corners = path.split('L').length;
    expect(corners).toBeGreaterThan(100);
    expect(corners).toBeLessThanOrEqual(600);
  });
});

describe('histograms', () => {
  it('tell how many comparisons each class has', () => {
    const svg = renderChart(SAMPLE_HISTOGRAM);
    expect(svg).toContain('impostor (n = 550)');
    expect(svg).toContain('genuine (n = 81)');
    expect(svg).toContain('>FMR 1e-3</text>');
  });

  it('say what lies in bins that have no end', () => {
    const series = [{ name: 'impostor', edges: [-Infinity, 0, 1], counts: [1200, 5] }];
    expect(renderChart({ ...SAMPLE_HISTOGRAM, series })).toContain('Not drawn: 1,200 of impostor, in bins without a finite width.');
  });

  it('show tails on a logarithmic axis', () => {
    expect(renderChart({ ...SAMPLE_HISTOGRAM, logCounts: true })).toContain('Density, logarithmic');
  });
});

describe('intervals', () => {
  it('have a row without a dot where there is no value, and a triangle where the whisker leaves the axis', () => {
    const svg = renderChart(SAMPLE_INTERVALS);
    expect(svg.match(/<circle/g)).toHaveLength(2);
    expect(svg).toContain('no value');
    expect(svg.match(/v8z/g)).toHaveLength(1);
  });

  it('show a value of zero on a logarithmic axis as a triangle at its end', () => {
    const rows = [{ label: 'x', value: 0, ci95: [0, 0.01] as const, n: 10 }];
    const svg = renderChart({ ...SAMPLE_INTERVALS, x: { label: 'FNMR', scale: 'log', min: 1e-4, max: 1 }, rows });
    expect(svg).not.toContain('<circle');
    expect(svg.match(/v8z/g)).toHaveLength(1);
  });
});

describe('whatever the numbers', () => {
  // More weight on what divides by zero, overflows or cannot be shown.
  const number = fc.oneof(
    { weight: 2, arbitrary: fc.double() },
    { weight: 2, arbitrary: fc.double({ min: 0, max: 1 }) },
    fc.constantFrom(0, -0, 1, Number.NaN, Infinity, -Infinity, 5e-324, 1.7e308, -1.7e308, 1e-100, 1e100, 1 - 2 ** -53),
  );
  const axis: fc.Arbitrary<Axis> = fc.record({
    label: fc.constant('axis'),
    scale: fc.constantFrom('linear' as const, 'log' as const, 'probit' as const),
    min: fc.option(number, { nil: undefined }),
    max: fc.option(number, { nil: undefined }),
    format: fc.constantFrom(undefined, 'number' as const, 'percent' as const, 'rate' as const),
  });
  const points = fc.array(fc.tuple(number, number), { maxLength: 12 });
  const band = fc.option(fc.record({ lower: points, upper: points }), { nil: undefined });
  const marks = fc.array(fc.record({ x: number, y: number, label: fc.constant('mark') }), { maxLength: 3 });
  const bins = fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 8 });
  const chart: fc.Arbitrary<Chart> = fc.oneof(
    fc.record({
      kind: fc.constant('line' as const),
      title: fc.constant('title'),
      description: fc.constant('description'),
      x: axis,
      y: axis,
      series: fc.array(fc.record({ name: fc.constant('series'), points, band }), { maxLength: 3 }),
      marks,
      diagonal: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('histogram' as const),
      title: fc.constant('title'),
      description: fc.constant('description'),
      x: axis,
      series: fc.array(
        bins.map((pairs) => ({ name: 'series', edges: pairs.map(([edge]) => edge), counts: pairs.slice(1).map(([, count]) => count) })),
        { maxLength: 3 },
      ),
      marks,
      logCounts: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('intervals' as const),
      title: fc.constant('title'),
      x: axis,
      rows: fc.array(fc.record({ label: fc.constant('row'), value: number, ci95: fc.tuple(number, number), n: number }), { maxLength: 4 }),
      marks,
    }),
    fc.record({
      kind: fc.constant('heatMap' as const),
      title: fc.constant('title'),
      description: fc.constant('description'),
      columns: fc.constant(['a', 'b', 'c']),
      rows: fc.array(fc.record({ label: fc.constant('row'), values: fc.tuple(number, number, number) }), { maxLength: 4 }),
      value: fc.record({ label: fc.constant('value'), scale: fc.constantFrom('linear' as const, 'log' as const) }),
    }),
  );

  it('gives a drawing without NaN or Infinity, all of it near the picture', () => {
    fc.assert(
      fc.property(chart, (any) => {
        const svg = renderChart(any);
        expect(svg).not.toMatch(/NaN|Infinity|undefined|null/);
        for (const [, path = ''] of svg.matchAll(/ (?:d|x|y|cx|cy|x1|x2|y1|y2)="([^"]*)"/g)) {
          for (const [text] of path.matchAll(/-?[\d.]+(?:e[-+]?\d+)?/g)) expect(Math.abs(Number(text))).toBeLessThan(5000);
        }
      }),
      { numRuns: 300 },
    );
  });
});

function countPixels(data: Buffer, [red, green, blue]: readonly [number, number, number]): number {
  let count = 0;
  for (let i = 0; i < data.length; i += 3) {
    if (data[i] === red && data[i + 1] === green && data[i + 2] === blue) count++;
  }
  return count;
}
