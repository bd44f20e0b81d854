/** Command line of the benchmarks: `npm run -s bench -- <suite>`. */

import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultCacheDirectory } from '@isoface/runtime-node';
import { Command, CommanderError } from 'commander';
import { collectThresholds, measureAccuracy } from './accuracy.ts';
import { renderAccuracyPage, replaceSummary } from './accuracy-page.ts';
import { benchAnnotator, fitAnnotator } from './annotator.ts';
import { benchPreprocessor } from './preprocessor.ts';
import { benchRecognizers } from './recognizers.ts';
import { recordSelfTest } from './record-self-test.ts';
import { addRunCommands } from './run/run-commands.ts';
import { addSuiteCommands, type CommandContext } from './run/suite-command.ts';
import { benchSearchFaces } from './suites/search/search-faces.ts';
import { SUITES } from './suites/suites.ts';
import { benchUnlinkability } from './unlinkability/bench-unlinkability.ts';

/** Of the repository: this file is built into benchmarks/dist. */
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const cwd = process.env['ISOFACE_CWD'] ?? process.cwd();
const abort = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => abort.abort(new Error(`Interrupted by ${name}.`)));

const context: CommandContext = {
  cwd,
  signal: abort.signal,
  print: (text) => process.stdout.write(text.endsWith('\n') ? text : `${text}\n`),
  note: (text) => console.error(text),
};

const program = new Command('bench').description('Benchmarks and calibration of isoface.').showHelpAfterError().exitOverride();

addSuiteCommands(program, SUITES, context);
addRunCommands(program, ROOT, context);

program
  .command('preprocessor')
  .description('the SIMD preprocessor beside plain TypeScript')
  .option('--rounds <n>', 'counted rounds', Number, 40)
  .action(async ({ rounds }: { rounds: number }) => console.table((await benchPreprocessor(rounds, abort.signal)).rows));

program
  .command('record-self-test')
  .description('print what a pack gives on the drawn face, for its manifest')
  .requiredOption('--pack <name>')
  .option('--models-dir <dir>', 'folder with model files')
  .action(async (options: { pack: string; modelsDir?: string }) => {
    const modelsDir = options.modelsDir && resolve(cwd, options.modelsDir);
    process.stdout.write(`${JSON.stringify(await recordSelfTest(options.pack, modelsDir))}\n`);
  });

program
  .command('recognizers')
  .description('templates and comparisons per second of the classical recognizers beside pack embedders')
  .option('--rounds <n>', 'counted rounds', Number, 20)
  .option('--models-dir <dir>', 'folder with model files')
  .action(async ({ rounds, modelsDir }: { rounds: number; modelsDir?: string }) => {
    const report = await benchRecognizers(rounds, abort.signal, { modelsDir: modelsDir && resolve(cwd, modelsDir) });
    console.table(report.rows);
  });

program
  .command('annotator')
  .description('errors of dataset annotate, on labelled photos and on faces that were covered on purpose')
  .requiredOption('--data <dir>', 'folder with lfw, fddb-single-face and widerface-train-subset')
  .requiredOption('--models-dir <dir>', 'folder with the models of the packs, the face mesh and the other pose estimator')
  .option('--fit', 'fit the weights of the occlusion model instead, and write them', false)
  .option('--out <file>', 'write the JSON to a file instead of standard output')
  .action(async (options: { data: string; modelsDir: string; fit: boolean; out?: string }) => {
    const annotatorOptions = {
      data: resolve(cwd, options.data),
      modelsDir: resolve(cwd, options.modelsDir),
      signal: abort.signal,
      onProgress: (message: string) => console.error(message),
    };
    const result = options.fit ? await fitAnnotator(annotatorOptions) : await benchAnnotator(annotatorOptions);
    const json = `${JSON.stringify(result, undefined, 1)}\n`;
    if (options.out === undefined) process.stdout.write(json);
    else await writeFile(resolve(cwd, options.out), json);
  });

program
  .command('unlinkability')
  .description('whether protected templates of the same people can be linked across keys, on labelled photos')
  .requiredOption('--data <dir>', 'folder with lfw')
  .option('--packs <names>', 'packs, separated by commas', 'starter,standard')
  .option('--people <n>', 'at most so many people, two photos of each', Number, 1000)
  .option('--models-dir <dir>', 'folder with model files')
  .option('--out <file>', 'write the JSON to a file instead of standard output')
  .action(async (options: { data: string; packs: string; people: number; modelsDir?: string; out?: string }) => {
    const report = await benchUnlinkability({
      data: resolve(cwd, options.data),
      packs: options.packs.split(','),
      modelsDir: options.modelsDir && resolve(cwd, options.modelsDir),
      people: options.people,
      cache: join(defaultCacheDirectory(), 'evaluation'),
      signal: abort.signal,
      onProgress: (message) => console.error(message),
    });
    const json = `${JSON.stringify(report, undefined, 1)}\n`;
    if (options.out === undefined) process.stdout.write(json);
    else await writeFile(resolve(cwd, options.out), json);
  });

program
  .command('search-faces')
  .description('searches among templates of labelled photos: with bytes in a first pass and without, results and time')
  .requiredOption('--data <dir>', 'folder with lfw')
  .option('--pack <name>', 'pack that makes the templates', 'starter')
  .option('--photos <n>', 'at most so many photos', Number, 2000)
  .option('--rounds <n>', 'counted rounds', Number, 50)
  .option('--models-dir <dir>', 'folder with model files')
  .action(async (options: { data: string; pack: string; photos: number; rounds: number; modelsDir?: string }) => {
    const report = await benchSearchFaces({
      ...options,
      data: resolve(cwd, options.data),
      modelsDir: options.modelsDir && resolve(cwd, options.modelsDir),
      cache: join(defaultCacheDirectory(), 'evaluation'),
      signal: abort.signal,
      onProgress: (message) => console.error(message),
    });
    process.stdout.write(`${JSON.stringify(report, undefined, 1)}\n`);
  });

program
  .command('accuracy')
  .description('error rates of packs, recognizers and detectors; the thresholds of the packs and docs/accuracy.md follow from them')
  .option(
    '--data <dir>',
    'folder with lfw, cmu-mit-faces, fddb-single-face and widerface-train-subset; without it only the page is written',
  )
  .option('--only <names>', 'measurements, separated by commas: names as of their files, or verify, calibrate, liveness, detect')
  .option('--models-dir <dir>', 'folder with model files')
  .action(async ({ data, only, modelsDir }: { data?: string; only?: string; modelsDir?: string }) => {
    const results = join(ROOT, 'benchmarks/results/accuracy');
    if (data !== undefined) {
      await measureAccuracy({
        data: resolve(cwd, data),
        modelsDir: modelsDir && resolve(cwd, modelsDir),
        results,
        cache: join(defaultCacheDirectory(), 'evaluation'),
        only: only?.split(','),
        signal: abort.signal,
        onProgress: (message) => console.error(message),
      });
      // Intervals on one line, as the formatter has them.
      const thresholds = `${JSON.stringify(await collectThresholds(results), undefined, 2)}\n`.replace(
        /\[\s+([^\s[{]+)\s+([^\s[{]+)\s+\]/g,
        '[$1 $2]',
      );
      await writeFile(join(ROOT, 'packages/models/src/packs/thresholds.json'), thresholds);
    }
    await writeFile(join(ROOT, 'docs/accuracy.md'), renderAccuracyPage(results));
    const readme = join(ROOT, 'README.md');
    await writeFile(readme, replaceSummary(await readFile(readme, 'utf8'), results));
  });

try {
  await program.parseAsync();
} catch (error) {
  // The parser has said what is wrong by itself; help that was asked for arrives here too.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = abort.signal.aborted ? 130 : 2;
  }
}
