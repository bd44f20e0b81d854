/** `isoface models pull`: models into the cache, once. */

import type { ModelManifest } from '@isoface/core';
import { createNodeModelSource } from '@isoface/runtime-node';
import type { Command } from 'commander';
import { addModelPlaceOptions, addOutputOptions, type EngineCliOptions } from '../engine/engine-options.ts';
import { describeBytes, describeLicense } from '../models/describe-model.ts';
import { listModelFiles } from '../models/locate-model.ts';
import { selectModels } from '../models/select-models.ts';
import { type ErrorData, toErrorData } from '../output/describe-error.ts';
import { type CommandResult, EXIT, type RunCommand, type Session } from '../session.ts';

const HELP = `
Examples:
  isoface models pull                             the standard pack
  isoface models pull sface scrfd-500m-kps        packs and single models

Every file is checked against its SHA-256 before it is kept. An interrupted download goes on where it stopped.
Models of liveness are optional, and the MiniFASNets have no address: put their files into a folder and name it by ISOFACE_MODELS or --models-dir.
Exit codes: 0 all models are here but for optional ones that have no address, 2 some could not be had.`;

/** What became of one model. */
interface PulledModel {
  readonly id: string;
  readonly bytes: number;
  readonly license: string;
  /** Whether the packs that were asked for work without it. */
  readonly isOptional: boolean;
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
  let error: ErrorData | undefined;
  for (const { model, isOptional } of selected) {
    let source = 'cache';
    const base = { id: model.id, bytes: model.file.bytes, license: describeLicense(model.license), isOptional };
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
    } catch (cause) {
      signal.throwIfAborted();
      const failure = toErrorData(cause);
      models.push({ ...base, error: failure });
      if (isOptional && isLeftToUser(model, failure)) note(describeMissing(model));
      else {
        note(`${model.id}: ${failure.code}: ${failure.message}`);
        error ??= failure;
      }
    }
  }
  return { document: { models, error }, exitCode: error === undefined ? EXIT.ok : EXIT.error };
}

/** Nothing failed: the model is nowhere here, and there is no address to get it from. */
function isLeftToUser(model: ModelManifest, { code }: ErrorData): boolean {
  return code === 'MODEL_NOT_FOUND' && listModelFiles(model).every(({ urls }) => urls.length === 0);
}

function describeMissing({ id, title, file }: ModelManifest): string {
  return `${id}: optional and not here, and no address has exactly this file (${title}). The pack works without it. To have it, put ${file.name} into a folder and name the folder by ISOFACE_MODELS or --models-dir; isoface models show ${id} says where it comes from.`;
}
