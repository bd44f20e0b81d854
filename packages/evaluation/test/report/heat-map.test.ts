import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { HeatMapChart } from '../../src/report/chart.ts';
import { PALETTES } from '../../src/report/chart-style.ts';
import { renderChart } from '../../src/report/render-chart.ts';
import { renderReportPage } from '../../src/report/report-page.ts';
import { parseXml } from './support/parse-xml.ts';
import { SAMPLE_HEAT_MAP } from './support/sample-charts.ts';

/** Opacities of the cells in the order of the picture, without those of the legend. */
function shades(svg: string): number[] {
  return [...svg.matchAll(/<g><title>[^<]*<\/title><rect class="cell c0" fill-opacity="([\d.]+)"/g)].map(([, opacity]) => Number(opacity));
}

function withValues(values: readonly number[], scale: 'linear' | 'log' = 'linear'): HeatMapChart {
  return {
    ...SAMPLE_HEAT_MAP,
    columns: values.map((_, i) => `c${i}`),
    rows: [{ label: 'row', values }],
    value: { label: 'ms', scale },
  };
}

describe('a heat map', () => {
  it('is an SVG file with a name, a description and all labels', async () => {
    const svg = renderChart(SAMPLE_HEAT_MAP);
    await parseXml(svg);
    for (const text of ['Stages', 'Median time of each stage in each runtime.']) expect(svg).toContain(`>${text}</`);
    for (const text of ['detect', 'align', 'match', 'node-cpu', 'web-wasm', 'Median, ms']) expect(svg).toContain(`>${text}</text>`);
  });

  it('writes each value in its cell, in full in its title, and a dash where there is none', () => {
    const svg = renderChart({ ...withValues([12.3456, Number.NaN]), columns: ['detect', 'match'] });
    expect(svg).toContain('<title>row, detect: 12.346</title>');
    expect(svg).toContain('>12.3</text>');
    expect(svg).toContain('<title>row, match: n/a</title>');
    expect(svg).toContain('>–</text>');
    expect(shades(svg)).toHaveLength(1);
  });

  it.each([
    ['linear', [0, 50, 100], [0.06, 0.28, 0.5]],
    ['log', [1, 10, 100], [0.06, 0.28, 0.5]],
    // What a logarithm cannot show looks like the smallest.
    ['log', [-1, 0, 10, 1000], [0.06, 0.06, 0.06, 0.5]],
    // A single value is neither small nor large.
    ['linear', [7], [0.28]],
    ['linear', [0, 1, Infinity], [0.06, 0.5, 0.5]],
  ] as const)('shades by a %s scale: %j', (scale, values, expected) => {
    expect(shades(renderChart(withValues(values, scale)))).toEqual(expected);
  });

  it('says where its scale starts and ends', () => {
    const svg = renderChart(withValues([0.51234, 2048.3]));
    expect(svg).toContain('>0.512</text>');
    expect(svg).toContain('>2,050</text>');
  });

  it('slants labels that are wider than their columns, and leaves out values that do not fit', () => {
    expect(renderChart(SAMPLE_HEAT_MAP)).not.toContain('rotate(');
    const many = renderChart(withValues(Array.from({ length: 40 }, (_, i) => 1000 + i)));
    expect(many).toContain('rotate(');
    expect(many).not.toContain('>1,010</text>');
    expect(shades(many)).toHaveLength(40);
  });

  it('without rows or columns is empty', async () => {
    for (const chart of [
      { ...SAMPLE_HEAT_MAP, rows: [] },
      { ...SAMPLE_HEAT_MAP, columns: [], rows: [{ label: 'row', values: [] }] },
    ])
      await parseXml(renderChart(chart));
  });

  it('refuses a row with too few values', () => {
    const rows = [{ label: 'node-cpu', values: [1] }];
    expect(() => renderChart({ ...SAMPLE_HEAT_MAP, rows })).toThrow(/Expected 3 values in every row of "Stages", got 1 in "node-cpu"/);
  });

  it('stands on a page in both widths', async () => {
    const html = renderReportPage({ title: 'Page', facts: [], sections: [{ heading: 'Stages', charts: [SAMPLE_HEAT_MAP] }] });
    await parseXml(html.replace('<!DOCTYPE html>', ''));
    expect(html.match(/<svg class="chart (?:wide|narrow)"/g)).toHaveLength(2);
  });

  it('draws shades of one colour that differ', async () => {
    const chart = { ...SAMPLE_HEAT_MAP, value: { label: 'ms', scale: 'log' as const } };
    const { data } = await sharp(Buffer.from(renderChart(chart)))
      .flatten({ background: PALETTES.light.ground })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const colours = new Map<number, number>();
    for (let i = 0; i < data.length; i += 3) {
      const colour = ((data[i] ?? 0) << 16) | ((data[i + 1] ?? 0) << 8) | (data[i + 2] ?? 0);
      colours.set(colour, (colours.get(colour) ?? 0) + 1);
    }
    // Ground, and a cell's area of each of the values 0.1, 1, 10 (twice) and 100.
    const areas = [...colours.values()].filter((count) => count > 1000);
    expect(areas.length).toBeGreaterThanOrEqual(5);
  });
});
