/** `docs/benchmarks.md`: written from the published records, so that every figure in it was measured. */

import { toMarkdownTable } from '@isoface/evaluation';
import { builtinPacks } from '@isoface/models';
import { replaceReadmePart } from '../readme-part.ts';
import { renderRunsMarkdown } from '../report/render-runs-markdown.ts';
import { medianOf } from '../statistics.ts';
import { readRun, type SuiteRecord } from './run-record.ts';
import type { Series } from './suite.ts';

const INTRODUCTION = `# Benchmarks

Written by \`npm run -s bench -- publish <run>\` from the records in \`benchmarks/results\`; nothing here was typed in by hand.
[How it is measured](benchmarking.md) says what the words mean and how to measure on a machine of your own. Timings are those of one machine on
one day: ratios within a table hold better than times.`;

/** Order in which suites are read. */
const ORDER = ['peers', 'pipeline', 'threads', 'concurrency', 'memory', 'precision', 'search'];

/**
 * Writes the page.
 *
 * @param folder - Folder with one record for each suite.
 */
export async function renderResultsPage(folder: string): Promise<string> {
  const { name, suites } = await readRun(folder);
  const place = (suite: string): number => (ORDER.indexOf(suite) + ORDER.length) % ORDER.length;
  const ordered = suites.toSorted((a, b) => place(a.suite) - place(b.suite));
  return `${INTRODUCTION}\n\n${renderRunsMarkdown([{ name, suites: ordered }])}`;
}

/** Figures of the README's table: the end of a key of suite `peers`, and how its median is written. */
const COSTS: readonly (readonly [label: string, runtime: string, figure: string, write: (value: number) => string])[] = [
  ['Node: frame', 'node-cpu', 'frame/cpu', toMilliseconds],
  ['Node: photo', 'node-cpu', 'photo/cpu', toMilliseconds],
  ['page: frame', 'web-wasm', 'frame/cpu', toMilliseconds],
  ['page: photo', 'web-wasm', 'photo/cpu', toMilliseconds],
  ['page: download, gzip', 'web-wasm', 'download/gzip', (bytes) => `${(bytes / 1e6).toFixed(1)} MB`],
  ['page: first result', 'web-wasm', 'first-result/wall', (value) => `${(value / 1000).toFixed(1)} s`],
  ['page: memory', 'web-wasm', 'memory/warm', (value) => `${Math.round(value)} MiB`],
];

/** Puts what an analysis costs between its marks in the README. */
export async function replaceReadmeCosts(readme: string, folder: string): Promise<string> {
  const { suites } = await readRun(folder);
  const peers = suites.find(({ suite }) => suite === 'peers');
  if (peers === undefined) throw new Error(`Expected a record of suite "peers" in ${folder}, found none.`);
  const table = toMarkdownTable({
    caption: 'What an analysis costs',
    columns: [{ label: 'library' }, ...COSTS.map(([label]) => ({ label, align: 'right' as const }))],
    rows: listLibraries(peers).map((library) => [
      builtinPacks.some(({ id }) => id === library) ? `isoface, ${library}` : library,
      ...COSTS.map(([, runtime, figure, write]) => {
        const median = medianOf(findSeries(peers, `${runtime}/${library}/${figure}`)?.samples ?? []);
        return Number.isNaN(median) ? undefined : write(median);
      }),
    ]),
  });
  return replaceReadmePart(readme, 'costs', table);
}

/** Packs first, then the others, as the suite has them. */
function listLibraries({ report }: SuiteRecord): string[] {
  const keys = report.series.filter(({ key }) => key.endsWith('/frame/cpu')).map(({ key }) => key.split('/')[1] ?? '');
  return [...new Set(keys)];
}

function findSeries({ report }: SuiteRecord, key: string): Series | undefined {
  return report.series.find((series) => series.key === key);
}

function toMilliseconds(value: number): string {
  return `${value < 100 ? value.toFixed(1) : Math.round(value)} ms`;
}
