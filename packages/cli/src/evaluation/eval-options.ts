/** The options that commands which measure recognizers have in common. */

import { join } from 'node:path';
import { defaultCacheDirectory } from '@isoface/runtime-node';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { addEngineSettings, addResultOptions, type EngineCliOptions, toWholeNumber } from '../engine/engine-options.ts';
import type { Session } from '../session.ts';
import type { ResultOptions } from './result-files.ts';

/** What the parser makes of them. */
export interface EvalCliOptions extends Omit<EngineCliOptions, 'json'>, ResultOptions {
  readonly data: string;
  readonly recognizer?: string | undefined;
  /** A folder, or `false` for `--no-cache`. */
  readonly cache?: string | false | undefined;
  readonly resume?: boolean | undefined;
  readonly seed?: number | undefined;
}

/** Adds the data set, the recognizer, the cache, everything of the engine, and the forms of the result. */
export function addEvalOptions(command: Command): Command {
  return addResultOptions(addSourceOptions(command));
}

/** Adds the data set, the recognizer, the cache and everything of the engine. */
export function addSourceOptions(command: Command): Command {
  command
    .requiredOption('--data <path>', 'the data set')
    .option(
      '--recognizer <which>',
      'pack (its own embedder), lbph, eigenfaces, eigenfaces:FILE (a trained model), or FILE.mjs (one of your own)',
      'pack',
    )
    .option('--seed <n>', 'seed of everything that is drawn', toWholeNumber, 1)
    .option('--cache <dir>', 'folder in which templates are kept between runs (default: evaluation in the cache folder of isoface)')
    .option('--no-cache', 'keep no templates')
    .option('--resume', 'go on with a run that was interrupted: fails if nothing of it was kept');
  return addEngineSettings(command);
}

/** The folder of the cache, or `undefined` if none is wanted. */
export function toCacheFolder({ cache }: EvalCliOptions, { resolvePath }: Session): string | undefined {
  if (cache === false) return undefined;
  return cache === undefined ? join(defaultCacheDirectory(), 'evaluation') : resolvePath(cache);
}

/** Parses rates separated by commas. */
export function toRates(text: string): number[] {
  const rates = text.split(',').map(Number);
  if (rates.length > 0 && rates.every((rate) => rate > 0 && rate < 1)) return rates.sort((a, b) => b - a);
  throw new InvalidArgumentError('Expected rates between 0 and 1, separated by commas, e.g. 1e-2,1e-3.');
}

/** An option that takes one of several words. */
export function choiceOption(flags: string, description: string, choices: readonly string[], standard: string): Option {
  return new Option(flags, description).choices([...choices]).default(standard);
}
