/** Runs as a page and as Markdown: everything that must be said is there, and what is not known is said too. */

import type { Chart } from '@isoface/evaluation';
import { describe, expect, it } from 'vitest';
import { renderRunsMarkdown } from '../src/report/render-runs-markdown.ts';
import { renderRunsPage } from '../src/report/render-runs-page.ts';
import { createRecord, createRun, createSeries, type RecordChanges } from './support/run-records.ts';

const chart: Chart = {
  kind: 'line',
  title: 'Time over size',
  description: 'A line.',
  x: { label: 'Size', scale: 'linear' },
  y: { label: 'ms', scale: 'linear' },
  series: [
    {
      name: 'one',
      points: [
        [0, 1],
        [1, 2],
      ],
    },
  ],
};

const report: RecordChanges = {
  series: [createSeries(Array.from({ length: 20 }, (_, i) => 200 + (i % 3)))],
  report: {
    findings: ['One analysis takes 21 ms.', 'Of these, decoding takes 4 ms.'],
    charts: [chart],
    tables: [{ caption: 'Stages', columns: [{ label: 'Stage' }, { label: 'ms' }], rows: [['decode', 4]], note: 'Medians.' }],
  },
};

const broken: RecordChanges = {
  ...report,
  status: 'partial',
  failures: [{ piece: 'web-wasm-starter', message: 'Expected <Chromium>, found none.' }],
  notMeasured: [{ name: 'pack standard', reason: 'Its files are not here.' }],
  pieces: [{ name: 'piece', startedAt: '2026-03-01T10:00:00.000Z', seconds: 130, loadAverage: 7.25, yardstickMs: [4, 5, 6] }],
};

/** What Markdown says of the broken one. */
const BROKEN = `CPU: Test CPU, 2 cores. Instructions: avx2, fma. Memory: 8 GiB. System: linux-x64, Node 20.19.0.

- Pipeline: PARTIAL. 1 piece was measured, the others are missing.
- Pipeline: 1 failure, listed there.
- Pipeline: the load average, the measurement included, was up to 7.3 on 2 cores.

## Pipeline (partial)

- One analysis takes 21 ms.
- Of these, decoding takes 4 ms.

Stages:

| Stage  |  ms |
| ------ | --: |
| decode |   4 |

Medians.

- Failed: web-wasm-starter. Expected \\<Chromium>, found none.
- Not measured: pack standard. Its files are not here.

Started: 2026-03-01 10:00 UTC. Pieces: 1 in 2.2 min. Load average: 7.3. Yardstick: 5.00 ms. Options: 5 rounds after 2; 6 min.
`;

/** Text of a page in reading order. */
function toText(html: string): string {
  return html
    .replace(/<(style|svg)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, '\n')
    .replace(/\n\s*/g, '\n');
}

describe('the page of one run', () => {
  const page = renderRunsPage([createRun('march', report)]);

  it('has facts first, then findings, charts and tables', () => {
    const text = toText(page);
    const order = [
      'Benchmarks: march',
      'Test CPU, 2 cores',
      'avx2, fma',
      '1, all complete',
      'In short',
      'One analysis takes 21 ms.',
      'decoding takes 4 ms',
      'Time over size',
      'Stages',
      'Conditions',
      'Load average',
    ];
    const places = order.map((part) => text.indexOf(part));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThanOrEqual(0);
    expect(page).not.toContain('PARTIAL');
    expect(page).not.toContain('Not measured');
  });

  it('marks what is missing', () => {
    const text = toText(renderRunsPage([createRun('march', broken)]));
    for (const part of [
      'Pipeline: PARTIAL. 1 piece was measured, the others are missing.',
      'Pipeline: the load average, the measurement included, was up to 7.3 on 2 cores.',
      '1, 1 of them PARTIAL',
      'PARTIAL, 1 failure, 1 not measured',
      'Pipeline (partial)',
      'web-wasm-starter',
      'Expected &lt;Chromium&gt;, found none.',
      'pack standard',
      'Its files are not here.',
      '1 in 2.2 min',
      '5.00 ms',
    ])
      expect(text).toContain(part);
  });

  it('is written of a run in which nothing was measured', () => {
    const empty = createRun('empty', { status: 'partial', pieces: [] });
    expect(toText(renderRunsPage([empty]))).toContain('No finding: see its tables.');
    expect(renderRunsPage([{ name: 'none', suites: [] }])).toContain('Benchmarks: none');
    expect(renderRunsMarkdown([empty])).toContain('PARTIAL');
  });
});

describe('a run of suites from different machines', () => {
  const run = {
    name: 'results',
    suites: [createRecord(report), createRecord({ suite: 'search', title: 'Search', machine: { cpu: 'Other CPU' } })],
  };

  it('describes the machine of each', () => {
    const text = renderRunsMarkdown([run]);
    expect(text.startsWith('## Pipeline')).toBe(true);
    expect(text.match(/CPU: (Test|Other) CPU/g)).toEqual(['CPU: Test CPU', 'CPU: Other CPU']);
    expect(toText(renderRunsPage([run])).match(/Other CPU, 2 cores\n/g)).toHaveLength(1);
  });
});

describe('the page of two runs', () => {
  const slower = { ...report, series: [createSeries(Array.from({ length: 20 }, (_, i) => 300 + (i % 3)))] };
  const first = { name: 'march', suites: [...createRun('march', report).suites, createRecord({ suite: 'search', title: 'Search' })] };
  const text = toText(renderRunsPage([first, createRun('april', slower), createRun('may', broken)]));

  it('has charts and tables of the same subject side by side', () => {
    const order = [
      'march: Time over size',
      'april: Time over size',
      'may: Time over size',
      'march: Stages',
      'april: Stages',
      'may: Stages',
      'Conditions',
    ];
    const places = order.map((part) => text.indexOf(part));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThanOrEqual(0);
  });

  it('compares each with the first', () => {
    expect(text).toContain('april against march: 1 series in both. Worse: 1, better: 0, the same: 0, unclear: 0.');
    expect(text).toContain('may against march: 1 series in both. Worse: 0,');
    expect(text).toContain('Suites only in march: search.');
    expect(text).toContain('Pipeline: may is partial: it has 1 piece.');
  });
});

describe('the Markdown', () => {
  it('has findings, tables and gaps of each suite', () => {
    expect(renderRunsMarkdown([createRun('march', broken)])).toBe(BROKEN);
  });

  it('compares several runs', () => {
    const text = renderRunsMarkdown([createRun('march', report), createRun('april', report)]);
    expect(text.match(/^##+ .*$/gm)).toEqual(['## march', '### Pipeline', '## april', '### Pipeline', '## april against march']);
    expect(text).toContain('april against march: 1 series in both. Worse: 0, better: 0, the same: 1, unclear: 0.');
    expect(text).toContain('Nothing changed for certain.');
  });
});
