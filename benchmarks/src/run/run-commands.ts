/** What is done with runs that are there: compare, report, publish. */

import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { writeFileAtomically } from '@isoface/evaluation';
import { type Command, InvalidArgumentError } from 'commander';
import { compareRuns } from '../compare/compare-runs.ts';
import { renderComparisonMarkdown } from '../compare/comparison-report.ts';
import { renderRunsPage } from '../report/render-runs-page.ts';
import { renderResultsPage, replaceReadmeCosts } from './results-page.ts';
import { readRun } from './run-record.ts';
import type { CommandContext } from './suite-command.ts';

const COMPARE_HELP = `
Figures are compared by the ratio of B to A with a 95 % interval (paired bootstrap). A figure counts as better or worse only beyond the noise of the
machine, which is known from a fixed piece of work that every run times beside its own.

Exit codes: 0 compared, 1 with --fail-on-worse if a figure is worse, 2 a run cannot be read.`;

/** Adds the commands; \`root\` is the folder of the repository. */
export function addRunCommands(program: Command, root: string, { cwd, signal, print, note }: CommandContext): void {
  program
    .command('compare')
    .description('what is better or worse in run B than in run A, beyond noise')
    .argument('<a>', 'folder of a run, or one of its JSON records')
    .argument('<b>', 'the run to compare with it')
    .option('--min-effect <share>', 'changes below this share are called the same', parseShare, 0.03)
    .option('--fail-on-worse', 'exit with 1 if a figure is worse', false)
    .option('--html <file>', 'write both runs and the comparison as one page')
    .option('--json', 'print the comparison as JSON', false)
    .addHelpText('after', COMPARE_HELP)
    .action(async (a: string, b: string, options: { minEffect: number; failOnWorse: boolean; html?: string; json: boolean }) => {
      const runs = [await readRun(resolve(cwd, a)), await readRun(resolve(cwd, b))] as const;
      const comparison = compareRuns(...runs, { minEffect: options.minEffect });
      if (options.html !== undefined) await writePage(options.html, renderRunsPage(runs));
      print(options.json ? toJson(comparison) : renderComparisonMarkdown(comparison));
      if (options.failOnWorse && comparison.suites.some(({ series }) => series.some(({ verdict }) => verdict === 'worse')))
        process.exitCode = 1;
    });

  program
    .command('report')
    .description('one HTML page about one run or more; each is compared with the first')
    .argument('<run...>', 'folders of runs, or JSON records')
    .requiredOption('--html <file>', 'the page to write')
    .action(async (paths: string[], { html }: { html: string }) => {
      const runs = [];
      for (const path of paths) runs.push(await readRun(resolve(cwd, path)));
      await writePage(html, renderRunsPage(runs));
    });

  program
    .command('publish')
    .description('take the suites of a run into benchmarks/results and write docs/benchmarks.md and the README; without a run only these')
    .argument('[run]', 'folder of a run')
    .action(async (path: string | undefined) => {
      const results = join(root, 'benchmarks/results');
      const suites = path === undefined ? [] : (await readRun(resolve(cwd, path))).suites;
      for (const record of suites) {
        await writeFileAtomically(join(results, `${record.suite}.json`), [`${JSON.stringify(record, undefined, 1)}\n`], signal);
        note(`Taken: ${record.suite}`);
      }
      await writeFile(join(root, 'docs/benchmarks.md'), await renderResultsPage(results));
      const readme = join(root, 'README.md');
      await writeFile(readme, await replaceReadmeCosts(await readFile(readme, 'utf8'), results));
    });

  async function writePage(file: string, html: string): Promise<void> {
    await writeFileAtomically(resolve(cwd, file), [html], signal);
    note(`Written: ${file}`);
  }
}

/** As JSON; maps become objects. */
function toJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (item instanceof Map ? Object.fromEntries(item) : item), 1);
}

function parseShare(value: string): number {
  const share = Number(value);
  if (Number.isFinite(share) && share >= 0 && share < 1) return share;
  throw new InvalidArgumentError('Expected a share from 0 to below 1, such as 0.03.');
}
