/** The options that all commands with an engine have in common. */

import type { NodeEngineOptions, NodeExecutionProvider } from '@isoface/runtime-node';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { OutputOptions, Session } from '../session.ts';
import { readPack } from './read-pack.ts';

/** What the parser makes of them. */
export interface EngineCliOptions extends OutputOptions {
  readonly pack?: string | undefined;
  readonly ep?: 'auto' | NodeExecutionProvider | undefined;
  readonly threads?: number | undefined;
  readonly flip?: boolean | undefined;
  readonly detectionSize?: number | undefined;
  readonly modelsDir?: string | undefined;
  readonly offline?: boolean | undefined;
}

/** Options that decide how two faces are compared. */
export interface DecisionOptions {
  readonly fmr?: number | undefined;
  readonly threshold?: number | undefined;
}

const ENGINE_GROUP = 'Engine options:';
const OUTPUT_GROUP = 'Output options:';

/** Adds `--json` and `--quiet`. */
export function addOutputOptions(command: Command): Command {
  return addQuietOption(
    command.addOption(new Option('--json', 'print one JSON document on standard output, errors included').helpGroup(OUTPUT_GROUP)),
  );
}

/** Adds `--json [file]`, `--csv`, `--html` and `--quiet`: for results that are kept. */
export function addResultOptions(command: Command): Command {
  command
    .addOption(
      new Option('--json [file]', 'write the result as JSON; without a file, to standard output, errors included').helpGroup(OUTPUT_GROUP),
    )
    .addOption(new Option('--csv <file>', 'write the table of rates as CSV').helpGroup(OUTPUT_GROUP))
    .addOption(new Option('--html <file>', 'write a report with charts, one file that needs no network').helpGroup(OUTPUT_GROUP));
  return addQuietOption(command);
}

function addQuietOption(command: Command): Command {
  return command.addOption(new Option('-q, --quiet', 'no remarks and no progress on standard error').helpGroup(OUTPUT_GROUP));
}

/** Adds `--models-dir` and `--offline`. */
export function addModelPlaceOptions(command: Command): Command {
  return command
    .addOption(new Option('--models-dir <dir>', 'folder with model files under any names').helpGroup(ENGINE_GROUP))
    .addOption(new Option('--offline', 'never touch the network').helpGroup(ENGINE_GROUP));
}

/**
 * Adds everything that configures the engine, and the output options.
 *
 * @param pack - The pack of those who name none.
 */
export function addEngineOptions(command: Command, pack?: string): Command {
  return addOutputOptions(addEngineSettings(command, pack));
}

/**
 * Adds everything that configures the engine.
 *
 * @param pack - The pack of those who name none.
 */
export function addEngineSettings(command: Command, pack: string = 'starter'): Command {
  command
    .addOption(new Option('--pack <name|file.json>', 'model pack, or a manifest of your own').default(pack).helpGroup(ENGINE_GROUP))
    .addOption(
      new Option('--ep <provider>', 'execution provider; a named one is strict')
        .choices(['auto', 'cpu', 'webgpu', 'cuda'])
        .default('auto')
        .helpGroup(ENGINE_GROUP),
    )
    .addOption(
      new Option('--threads <n>', 'worker threads (default: one per core, at most 8)').argParser(toWholeNumber).helpGroup(ENGINE_GROUP),
    )
    .addOption(
      new Option(
        '--flip',
        'average the embedding over the face and its mirror image: slower; more genuine pairs accepted at FMR 1e-2 and 1e-3',
      ).helpGroup(ENGINE_GROUP),
    )
    .addOption(
      new Option('--detection-size <n>', 'longer side of the detector input, pixels: larger finds smaller faces')
        .argParser(toWholeNumber)
        .helpGroup(ENGINE_GROUP),
    );
  return addModelPlaceOptions(command);
}

/** Adds `--fmr` and `--threshold`. */
export function addDecisionOptions(command: Command): Command {
  return command
    .addOption(new Option('--fmr <rate>', 'wanted false match rate, e.g. 1e-3 (default: 1e-3)').argParser(toRate))
    .addOption(new Option('--threshold <t>', 'similarity threshold of your own').argParser(toNumber).conflicts('fmr'));
}

/**
 * The options of the engine that the user asked for.
 *
 * @throws {FaceError} `IO_FAILED` or `MANIFEST_INVALID` for a pack file that cannot be read.
 */
export async function toEngineOptions(options: EngineCliOptions, session: Session): Promise<NodeEngineOptions> {
  return {
    pack: await readPack(options.pack ?? 'starter', session),
    executionProviders: options.ep ?? 'auto',
    threads: options.threads,
    flipAveraging: options.flip,
    detectionSize: options.detectionSize,
    modelsDir: options.modelsDir === undefined ? undefined : session.resolvePath(options.modelsDir),
    offline: options.offline,
  };
}

/** Parses a whole number of at least 1. */
export function toWholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError('Expected a whole number of at least 1.');
}

export function toNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('Expected a number.');
}

export function toRate(text: string): number {
  const value = Number(text);
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError('Expected a false match rate between 0 and 1, e.g. 1e-3.');
}
