/** The suites on the command line. */

import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FaceError } from '@isoface/core';
import { resolvePack } from '@isoface/runtime-node';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { renderRunsMarkdown } from '../report/render-runs-markdown.ts';
import { renderRunsPage } from '../report/render-runs-page.ts';
import { RUNTIME_NAMES, type RuntimeName } from '../runtimes/runtime-name.ts';
import type { BenchOptions } from './bench-options.ts';
import { openRunFolder } from './run-folder.ts';
import { runSuites } from './run-suites.ts';
import type { Suite } from './suite.ts';

/** What the parser makes of the options. */
interface SuiteArguments {
  readonly runtime?: readonly RuntimeName[];
  readonly pack?: readonly string[];
  readonly dataset?: string;
  readonly data?: string;
  readonly modelsDir?: string;
  readonly rounds: number;
  readonly warmup: number;
  readonly quick: boolean;
  readonly minutes?: number;
  readonly run?: string;
  readonly resume: boolean;
  readonly json: boolean;
}

/** Where the commands read and write. */
export interface CommandContext {
  /** Folder that relative paths start from. */
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** A line of the result. */
  print(text: string): void;
  /** A remark about progress. */
  note(text: string): void;
}

/** Folder of the runs that were given none, below the folder in which the command was called. */
const RUNS_FOLDER = 'bench-runs';

const HELP = `
A run is a folder: a JSON record and a CSV file for each suite, and report.html. What was measured is kept at once; Ctrl-C leaves a partial record,
and --resume goes on. Two runs are compared with "bench compare A B".

Exit codes: 0 all was measured, 2 something failed (the rest is kept), 130 interrupted.`;

/** Adds a command for each suite, and \`all\`. */
export function addSuiteCommands(program: Command, suites: readonly Suite<unknown>[], context: CommandContext): void {
  for (const suite of suites) addSuiteCommand(program, suite.name, suite.description, [suite], context);
  const sum = (key: 'whole' | 'quick'): number => Math.ceil(suites.reduce((total, { minutes }) => total + minutes[key], 0));
  addSuiteCommand(
    program,
    'all',
    `every suite, one report: at most ${sum('whole')} minutes, ${sum('quick')} with --quick`,
    suites,
    context,
  );
}

function addSuiteCommand(
  program: Command,
  name: string,
  description: string,
  suites: readonly Suite<unknown>[],
  context: CommandContext,
): void {
  program
    .command(name)
    .description(description)
    .addOption(
      new Option('--runtime <names>', `separated by commas: ${RUNTIME_NAMES.join(', ')} (default: those this machine has)`).argParser(
        parseRuntimes,
      ),
    )
    .addOption(
      new Option('--pack <names>', 'separated by commas (default: starter, and standard where its files are)').argParser(parseNames),
    )
    .option('--dataset <index>', 'index of "isoface dataset index" (default: pictures made from demo photos)')
    .option('--data <dir>', 'folder with labelled photos (lfw), for statements about accuracy')
    .option('--models-dir <dir>', 'folder with model files under any names')
    .option('--rounds <n>', 'counted rounds', parseCount, 5)
    .option('--warmup <n>', 'rounds before counting', parseCountOrZero, 2)
    .option('--quick', 'a first impression: fewer points, fewer rounds', false)
    .option('--minutes <n>', 'time for everything (default: what each suite needs)', parseMinutes)
    .option('--run <dir>', `folder of the run (default: a new one in ${RUNS_FOLDER})`)
    .option('--resume', 'go on with an interrupted run: that of --run, or the last one', false)
    .option('--json', 'print the records as JSON', false)
    .addHelpText('after', HELP)
    .action((values: SuiteArguments) => measure(name, suites, values, context));
}

async function measure(name: string, suites: readonly Suite<unknown>[], values: SuiteArguments, context: CommandContext): Promise<void> {
  const { cwd, signal, print, note } = context;
  const toPath = (path: string | undefined): string | undefined => path && resolve(cwd, path);
  for (const pack of values.pack ?? []) resolvePack(pack);
  const options: BenchOptions = {
    runtimes: values.runtime,
    packs: values.pack,
    dataset: toPath(values.dataset),
    data: toPath(values.data),
    modelsDir: toPath(values.modelsDir),
    rounds: values.rounds,
    warmup: values.warmup,
    quick: values.quick,
  };
  const path = await findRunFolder(name, values, cwd);
  const folder = await openRunFolder(path, { format: 1, options: { suites: name, ...options } }, values.resume);
  const records = await runSuites(suites, { options, minutes: values.minutes, folder, signal, onProgress: note });
  const run = { name: path.replace(/^.*[\\/]/, ''), suites: records };
  await folder.writePage(renderRunsPage([run]));
  print(values.json ? JSON.stringify(run, undefined, 1) : renderRunsMarkdown([run]));
  note(`Written: ${join(path, 'report.html')}`);
  signal.throwIfAborted();
  const failed = records.filter(({ failures }) => failures.length > 0).map(({ suite }) => suite);
  if (failed.length === 0 && records.every(({ pieces }) => pieces.length === 0)) {
    const reasons = records.flatMap(({ notMeasured }) => notMeasured).map(({ name: what, reason }) => `${what}: ${reason}`);
    throw new FaceError('INVALID_OPTION', `Nothing was measured. ${reasons.join(' ')}`);
  }
  if (failed.length > 0) {
    throw new FaceError(
      'BACKEND_UNAVAILABLE',
      `Not everything could be measured: ${failed.join(', ')}. The failures are listed above and in the report.`,
    );
  }
}

async function findRunFolder(name: string, { run, resume }: SuiteArguments, cwd: string): Promise<string> {
  if (run !== undefined) return resolve(cwd, run);
  const parent = join(cwd, RUNS_FOLDER);
  if (!resume) return join(parent, `${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}-${name}`);
  const earlier = await readdir(parent).catch((): string[] => []);
  const last = earlier
    .filter((folder) => folder.endsWith(`-${name}`))
    .sort()
    .at(-1);
  if (last !== undefined) return join(parent, last);
  throw new FaceError('INVALID_OPTION', `Expected an interrupted run of "${name}" in ${parent}, found none; name it with --run.`);
}

function parseNames(value: string): string[] {
  const names = value.split(',').map((name) => name.trim());
  if (names.every((name) => name !== '')) return [...new Set(names)];
  throw new InvalidArgumentError('Expected names separated by commas.');
}

function parseRuntimes(value: string): RuntimeName[] {
  const names = parseNames(value);
  const unknown = names.find((name) => !(RUNTIME_NAMES as readonly string[]).includes(name));
  if (unknown === undefined) return names as RuntimeName[];
  throw new InvalidArgumentError(`Expected runtimes among ${RUNTIME_NAMES.join(', ')}, got "${unknown}".`);
}

function parseCount(value: string): number {
  const count = Number(value);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new InvalidArgumentError('Expected a whole number from 1.');
}

function parseCountOrZero(value: string): number {
  return value === '0' ? 0 : parseCount(value);
}

function parseMinutes(value: string): number {
  const minutes = Number(value);
  if (Number.isFinite(minutes) && minutes > 0) return minutes;
  throw new InvalidArgumentError('Expected minutes as a number above 0.');
}
