/** `isoface models list`: what there is, and what of it is here. */

import type { ModelManifest } from '@isoface/core';
import { builtinModels, builtinPacks } from '@isoface/models';
import { defaultCacheDirectory } from '@isoface/runtime-node';
import type { Command } from 'commander';
import { addModelPlaceOptions, addOutputOptions, type EngineCliOptions } from '../engine/engine-options.ts';
import { describeModel } from '../models/describe-model.ts';
import { type FoundFile, listLocalSources, locateModel } from '../models/locate-model.ts';
import { listOptionalModels, listPackModels } from '../models/select-models.ts';
import { formatTable } from '../output/text-table.ts';
import type { CommandResult, RunCommand, Session } from '../session.ts';

/** A model with the place where it is, if it is on this machine. */
interface LocatedModel {
  readonly model: ModelManifest;
  readonly place: FoundFile | undefined;
}

/** Adds the command. */
export function addModelsListCommand(models: Command, run: RunCommand): void {
  const command = models.command('list').description('packs and single models: task, size, licence, and whether they are on this machine');
  addOutputOptions(addModelPlaceOptions(command)).action((options: EngineCliOptions) =>
    run(options, (session) => listModels(options, session)),
  );
}

async function listModels({ modelsDir }: EngineCliOptions, session: Session): Promise<CommandResult> {
  const sources = listLocalSources(modelsDir === undefined ? undefined : session.resolvePath(modelsDir));
  const models: LocatedModel[] = [];
  for (const model of builtinModels) models.push({ model, place: await locateModel(model, sources, session.signal) });
  const packs = builtinPacks.map((pack) => {
    const ids = listPackModels(pack).map(({ id }) => id);
    const optionalIds = listOptionalModels(pack).map(({ id }) => id);
    const missing = models.filter(({ place }) => place === undefined).map(({ model }) => model.id);
    return {
      id: pack.id,
      title: pack.title,
      models: ids,
      optionalModels: optionalIds,
      calibratedRates: toRates(pack.thresholds),
      isPresent: !ids.some((id) => missing.includes(id)),
      missingOptionalModels: optionalIds.filter((id) => missing.includes(id)),
    };
  });

  session.print('Packs');
  session.print(
    formatTable(packs.map(({ id, title, isPresent }) => [`  ${id}`, isPresent ? 'ready' : 'not here: isoface models pull', title])),
  );
  for (const { id, missingOptionalModels } of packs) {
    if (missingOptionalModels.length > 0)
      session.print(`  ${id} has no passive liveness here: ${missingOptionalModels.join(', ')} missing`);
  }
  session.print('\nModels');
  session.print(
    formatTable(models.map(({ model, place }) => [`  ${describeModel(model)[0]}`, ...describeModel(model).slice(1), describePlace(place)])),
  );
  session.print(`\nCache: ${defaultCacheDirectory()}`);
  return { document: { packs, models: models.map(toModelData), cacheDirectory: defaultCacheDirectory() } };
}

function toRates(thresholds: readonly { readonly fmr: number }[]): number[] {
  return Array.from(new Set(thresholds.map(({ fmr }) => fmr)));
}

function describePlace(place: FoundFile | undefined): string {
  return place === undefined ? 'not here' : place.source;
}

function toModelData({ model, place }: LocatedModel) {
  const { id, title, task, origin, license, file } = model;
  const { sha256, bytes, urls } = file;
  return {
    id,
    title,
    task,
    bytes,
    sha256,
    license,
    origin,
    urls,
    isPresent: place !== undefined,
    source: place?.source,
    location: place?.location,
  };
}
