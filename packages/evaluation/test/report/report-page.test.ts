import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Chart } from '../../src/report/chart.ts';
import { escapeMarkup } from '../../src/report/markup.ts';
import { type ReportPage, renderReportPage } from '../../src/report/report-page.ts';
import { parseXml } from './support/parse-xml.ts';
import { SAMPLE_CHARTS, SAMPLE_HISTOGRAM, SAMPLE_INTERVALS, SAMPLE_LINES } from './support/sample-charts.ts';

const PAGE: ReportPage = {
  title: 'Verification',
  subtitle: 'Synthetic scores',
  facts: [{ label: 'Pack', value: 'standard' }],
  notes: ['12 images without a face.'],
  sections: [
    {
      heading: 'Error rates',
      text: 'First\nparagraph.\n\nSecond.',
      charts: SAMPLE_CHARTS,
      tables: [
        {
          caption: 'Working points',
          columns: [{ label: 'FMR' }, { label: 'threshold' }, { label: 'n' }],
          rows: [
            ['1e-3', 0.3396, 3000],
            ['1e-4', undefined, 12],
          ],
          note: 'Not held out.',
        },
      ],
    },
  ],
};

/** The page without its doctype, which is not XML. */
const toXml = (html: string) => html.replace('<!DOCTYPE html>', '');

describe('renderReportPage', () => {
  it('is well-formed', async () => {
    const html = renderReportPage(PAGE);
    expect(html.startsWith('<!DOCTYPE html>\n<html lang="en">')).toBe(true);
    await parseXml(toXml(html));
  });

  it('loads and runs nothing, and says so to the browser', () => {
    const html = renderReportPage(PAGE);
    expect(html).not.toMatch(/<script|<link|<img|<iframe|<object|<form|\ssrc=|\sstyle=|\son\w+=|@import|url\(|javascript:/i);
    expect(html.match(/\bhttps?:/g)).toBeNull();
    const style = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(html).toContain(`content="default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;;`);
    expect(html.match(/<style>/g)).toHaveLength(1);
  });

  it('has headings, paragraphs, facts and notes', () => {
    const html = renderReportPage(PAGE);
    expect(html).toContain('<h1>Verification</h1><p class="subtitle">Synthetic scores</p>');
    expect(html).toContain('<dt>Pack</dt><dd>standard</dd>');
    expect(html).toContain('<li>12 images without a face.</li>');
    expect(html).toContain('<section aria-labelledby="section-1"><h2 id="section-1">Error rates</h2><p>First paragraph.</p><p>Second.</p>');
  });

  it('has tables with a caption, a scope for every heading and numbers at the right', () => {
    const html = renderReportPage(PAGE);
    expect(html).toContain('<caption id="section-1-table-1">Working points</caption>');
    expect(html).toContain('<th scope="col">FMR</th><th scope="col" class="right">threshold</th><th scope="col" class="right">n</th>');
    expect(html).toContain('<tr><th scope="row">1e-3</th><td class="right">0.3396</td><td class="right">3,000</td></tr>');
    expect(html).toContain('<tr><th scope="row">1e-4</th><td class="right">–</td><td class="right">12</td></tr>');
    expect(html).toContain('<p class="note">Not held out.</p>');
  });

  it('has figures with a caption, each drawn for wide and for narrow screens', () => {
    const html = renderReportPage(PAGE);
    expect(html.match(/<figure><figcaption><strong>/g)).toHaveLength(3);
    expect(html.match(/<svg class="chart (wide|narrow)" role="img" aria-labelledby=/g)).toHaveLength(6);
  });

  it('names everything once that is named', () => {
    const html = renderReportPage({ ...PAGE, sections: [...PAGE.sections, ...PAGE.sections, ...PAGE.sections, ...PAGE.sections] });
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const references = [...html.matchAll(/ (?:aria-labelledby|href)="#?([^"]*)"/g)].flatMap(([, names = '']) => names.split(' '));
    expect(references.length).toBeGreaterThan(20);
    for (const name of references) expect(ids).toContain(name);
  });

  it('has contents from four sections on', () => {
    const [section] = PAGE.sections;
    const sections = (count: number) => Array.from({ length: count }, (_, i) => ({ ...section, heading: `Part ${i + 1}` }));
    expect(renderReportPage({ ...PAGE, sections: sections(3) })).not.toContain('<nav');
    expect(renderReportPage({ ...PAGE, sections: sections(4) })).toContain('<li><a href="#section-4">Part 4</a></li>');
  });

  it('stays small: ten charts of three long curves', () => {
    const points = Array.from({ length: 20_000 }, (_, i) => [(i + 1) / 2e4, 0.5 - 0.49 * ((i + 1) / 2e4) ** 0.3] as const);
    const chart: Chart = { ...SAMPLE_LINES, series: ['a', 'b', 'c'].map((name) => ({ name, points })) };
    const html = renderReportPage({ ...PAGE, sections: [{ heading: 'x', charts: Array.from({ length: 10 }, () => chart) }] });
    expect(html.length).toBeLessThan(500_000);
  });

  it('refuses a row of another length', () => {
    const tables = [{ caption: 'T', columns: [{ label: 'a' }], rows: [['1', '2']] }];
    expect(() => renderReportPage({ ...PAGE, sections: [{ heading: 'x', tables }] })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});

describe('text from outside', () => {
  const HOSTILE = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    ']]><svg onload=alert(1)>',
    '<!-- comment',
    '</title></style></svg>',
    '&lt;&amp;&#0;',
    'ada\u202Egpj.exe',
    'עדה\u200F.jpg',
    'two\nlines\r\tand a tab',
    'null\u0000bell\u0007escape\u001b[2Jdelete\u007f\u0085',
    'half \ud800 a pair, \uffff no character',
    'line\u2028separator',
  ];

  it.each(HOSTILE)('stays text wherever it stands: %j', async (text) => {
    const lines: Chart = {
      ...SAMPLE_LINES,
      title: text,
      description: text,
      x: { ...SAMPLE_LINES.x, label: text },
      y: { ...SAMPLE_LINES.y, label: text },
      series: SAMPLE_LINES.series.map((series) => ({ ...series, name: text })),
      marks: [{ x: 0.01, y: 0.02, label: text }],
    };
    const histogram: Chart = {
      ...SAMPLE_HISTOGRAM,
      series: [{ name: text, edges: [-Infinity, 0, 1], counts: [1, 1] }],
      marks: [{ x: 0.5, label: text }],
    };
    const intervals: Chart = {
      ...SAMPLE_INTERVALS,
      description: text,
      rows: [{ label: text.repeat(5), value: 0.01, ci95: [0, 0.02], n: 1 }],
    };
    const html = renderReportPage({
      title: text,
      subtitle: text,
      facts: [{ label: text, value: text }],
      notes: [text],
      sections: [
        {
          heading: text,
          text,
          charts: [lines, histogram, intervals],
          tables: [{ caption: text, columns: [{ label: text }], rows: [[text]], note: text }],
        },
      ],
    });
    await parseXml(toXml(html));
    expect(html).not.toMatch(/<script|<img|<!--|\]\]>/);
    // Attributes that run something: only the names of our own are there.
    const attributes = new Set(
      [...html.matchAll(/<\w+((?: [\w:-]+="[^"]*")*)\/?>/g)].flatMap(([, all = '']) =>
        [...all.matchAll(/ ([\w:-]+)="/g)].map(([, name]) => name),
      ),
    );
    expect([...attributes].filter((name) => /^on|style|src/.test(name ?? ''))).toEqual([]);
    expect(html.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\p{Cs}|\p{Zl}|[\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u);
    expect(html).toContain(`<th scope="row">${escapeMarkup(text)}</th>`);
  });

  it.each([
    [`<a b="c" d='e'>&`, '&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;'],
    ['ada\u202Egpj', 'ada[U+202E]gpj'],
    ['a\nb\tc\u0000', 'a[U+000A]b[U+0009]c[U+0000]'],
    ['a\u007fb\u0085c', 'a[U+007F]b[U+0085]c'],
    ['a\u2028b', 'a[U+2028]b'],
    ['\ud800 😀 \uffff', '[U+D800] 😀 [U+FFFF]'],
    ['עדה\u200F', 'עדה\u200F'],
  ])('%j is written as %j', (text, escaped) => {
    expect(escapeMarkup(text)).toBe(escaped);
  });
});
