/** `bench browser` on the command line. */

import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { CONTENDER_NAMES } from './contenders.ts';
import { printBrowser, printSoak } from './print-browser.ts';

interface BrowserArguments {
  readonly rounds: number;
  readonly warmup: number;
  readonly starts: number;
  readonly soak?: number;
  readonly only?: readonly string[];
  readonly modelsDir?: string;
  readonly json: boolean;
  readonly out?: string;
}

/** Adds the command; relative paths are resolved against `cwd`. */
export function addBrowserCommand(program: Command, cwd: string, signal: AbortSignal): void {
  program
    .command('browser')
    .description('isoface beside other libraries in one browser page: downloads, first result, CPU, memory')
    .option('--only <names>', `contenders, separated by commas: ${CONTENDER_NAMES.join(', ')}`, (value) => value.split(','))
    .option('--rounds <n>', 'counted rounds over all pictures', parseCount, 20)
    .option('--warmup <n>', 'rounds before counting', parseCount, 6)
    .option('--starts <n>', 'counted starts with an empty profile', parseCount, 3)
    .option('--soak <n>', 'instead: memory over so many analyses, of the isoface contenders unless --only names others', parseCount)
    .option('--models-dir <dir>', 'folder with model files')
    .option('--json', 'print one JSON document', false)
    .option('--out <file>', 'write the JSON to a file too')
    .action(async (options: BrowserArguments) => {
      const modelsDir = options.modelsDir && resolve(cwd, options.modelsDir);
      const common = { only: options.only, modelsDir, signal, onProgress: (message: string) => console.error(message) };
      const { soak, rounds, warmup, starts } = options;
      // Loaded when asked for: Playwright takes 55 MB, which would count in the memory that other suites measure.
      const report =
        soak === undefined
          ? await (await import('./bench-browser.ts')).benchBrowser({ ...common, rounds, warmup, starts })
          : await (await import('./soak-browser.ts')).soakBrowser({ ...common, analyses: soak });
      const json = `${JSON.stringify(report, null, 2)}\n`;
      if (options.out !== undefined) await writeFile(resolve(cwd, options.out), json);
      if (options.json) process.stdout.write(json);
      else if (report.suite === 'browser') printBrowser(report);
      else printSoak(report);
    });
}

function parseCount(value: string): number {
  const count = Number(value);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError(`Expected a whole number of at least 1, got "${value}".`);
}
