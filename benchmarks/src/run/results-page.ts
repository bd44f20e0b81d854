/** `docs/benchmarks.md`: written from the published records, so that every figure in it was measured. */

import { renderRunsMarkdown } from '../report/render-runs-markdown.ts';
import { readRun } from './run-record.ts';

const INTRODUCTION = `# Benchmarks

Written by \`npm run -s bench -- publish <run>\` from the records in \`benchmarks/results/suites\`; nothing here was typed in by hand.
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
