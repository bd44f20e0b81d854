/** `isoface models verify`: are the model files still what they were? */

import { FaceError } from '@isoface/core';
import { builtinModels } from '@isoface/models';
import { defaultCacheDirectory } from '@isoface/runtime-node';
import type { Command } from 'commander';
import { addModelPlaceOptions, addOutputOptions, type EngineCliOptions } from '../engine/engine-options.ts';
import { type FoundFile, listGivenSources, listModelFiles, locateFile } from '../models/locate-model.ts';
import { scanCache } from '../models/scan-cache.ts';
import { toErrorData } from '../output/describe-error.ts';
import { countOf } from '../output/face-text.ts';
import { type CommandResult, EXIT, type RunCommand, type Session } from '../session.ts';

const HELP = `
Hashes every file of the cache and every bundled model. Damaged files of the cache are replaced by the next pull.
Exit codes: 0 all files are intact, 2 some are damaged.`;

interface CheckedFile {
  readonly source: string;
  readonly path: string;
  readonly isIntact: boolean;
}

/** Adds the command. */
export function addModelsVerifyCommand(models: Command, run: RunCommand): void {
  const command = models.command('verify').description('hash all model files on this machine again').addHelpText('after', HELP);
  addOutputOptions(addModelPlaceOptions(command)).action((options: EngineCliOptions) =>
    run(options, (session) => verifyFiles(options, session)),
  );
}

async function verifyFiles({ modelsDir }: EngineCliOptions, session: Session): Promise<CommandResult> {
  const { signal, print, note } = session;
  const sources = listGivenSources(modelsDir === undefined ? undefined : session.resolvePath(modelsDir));
  const named = await Promise.all(builtinModels.flatMap(listModelFiles).map((file) => locateFile(file, sources, signal)));
  const cache = await scanCache(defaultCacheDirectory(), signal);
  const files: CheckedFile[] = [
    ...named.flat().map(toCheckedFile),
    ...cache.files.map(({ path, isIntact }) => ({ source: 'cache', path, isIntact })),
  ];

  const damaged = files.filter(({ isIntact }) => !isIntact);
  for (const { source, path, isIntact } of files) print(`${isIntact ? 'intact ' : 'DAMAGED'}  ${source.padEnd(7)}  ${path}`);
  print(`${countOf(files.length, 'file')} checked, ${damaged.length} damaged`);
  if (cache.unfinished.length > 0) note(`${countOf(cache.unfinished.length, 'unfinished download')}; the next pull goes on with them.`);
  if (damaged.length === 0) return { document: { files, unfinished: cache.unfinished, damaged: 0 } };

  const advice = 'Delete them and run `isoface models pull`; reinstall @isoface/models if a bundled file is damaged.';
  const paths = damaged.map(({ path }) => path);
  const error = new FaceError('MODEL_INTEGRITY', `${countOf(damaged.length, 'model file')} damaged. ${advice}`, { paths });
  note(error.message);
  return { document: { files, unfinished: cache.unfinished, damaged: damaged.length, error: toErrorData(error) }, exitCode: EXIT.error };
}

function toCheckedFile({ file, source, location, isIntact }: FoundFile): CheckedFile {
  return { source, path: location === undefined ? file : `${location}/${file}`, isIntact };
}
