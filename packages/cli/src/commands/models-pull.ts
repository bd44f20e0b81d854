/** `isoface models pull`: models into the cache, once. */

import { createNodeModelSource } from '@isoface/runtime-node';
import type { Command } from 'commander';
import { addModelPlaceOptions, addOutputOptions, type EngineCliOptions } from '../engine/engine-options.ts';
import { describeBytes, describeLicense } from '../models/describe-model.ts';
import { selectModels } from '../models/select-models.ts';
import { type ErrorData, toErrorData } from '../output/describe-error.ts';
import { type CommandResult, EXIT, type RunCommand, type Session } from '../session.ts';

const HELP = `
Examples:
  isoface models pull                             the standard pack
  isoface models pull sface scrfd-500m-kps        packs and single models

Every file is checked against its SHA-256 before it is kept. An interrupted download goes on where it stopped.
Exit codes: 0 all models are here, 2 some could not be had.`;

/** What became of one model. */
interface PulledModel {
  readonly id: string;
  readonly bytes: number;
  readonly license: string;
  readonly source?: string | undefined;
  readonly error?: ErrorData | undefined;
}

/** Adds the command. */
export function addModelsPullCommand(models: Command, run: RunCommand): void {
  const command = models
    .command('pull')
    .description('download models into the cache')
    .argument('[pack|model...]', 'names from `isoface models list`', ['standard'])
    .addHelpText('after', HELP);
  addOutputOptions(addModelPlaceOptions(command)).action((names: string[], options: EngineCliOptions) =>
    run(options, (session) => pull(names, options, session)),
  );
}

async function pull(names: readonly string[], { modelsDir, offline }: EngineCliOptions, session: Session): Promise<CommandResult> {
  const { signal, progress, print, note } = session;
  const selected = selectModels(names);
  const modelSource = createNodeModelSource({
    modelsDir: modelsDir === undefined ? undefined : session.resolvePath(modelsDir),
    offline,
    onWarning: ({ message }) => note(message),
  });
  const models: PulledModel[] = [];
  for (const model of selected) {
    let source = 'cache';
    const base = { id: model.id, bytes: model.file.bytes, license: describeLicense(model.license) };
    try {
      await modelSource.load(model, {
        signal,
        onProgress: (event) => {
          source = event.source;
          progress.model(event);
        },
      });
      models.push({ ...base, source });
      print(`${model.id}  ${describeBytes(model.file.bytes)}  ${base.license}  (${source})`);
      if (model.license.notice !== undefined) note(`${model.id}: ${model.license.notice}`);
    } catch (error) {
      signal.throwIfAborted();
      const failure = toErrorData(error);
      models.push({ ...base, error: failure });
      note(`${model.id}: ${failure.code}: ${failure.message}`);
    }
  }
  const error = models.find((model) => model.error !== undefined)?.error;
  return { document: { models, error }, exitCode: error === undefined ? EXIT.ok : EXIT.error };
}
