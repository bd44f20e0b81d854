/** Models by the names that users know: of a pack, or of the model itself. */

import { FaceError, isFaceError, type ModelManifest, type PackManifest } from '@isoface/core';
import { builtinModels, builtinPacks, getModel, getPack } from '@isoface/models';

/** A model that was named, or that a named pack has. */
export interface SelectedModel {
  readonly model: ModelManifest;
  /** Whether it was selected only as a part of packs that work without it. */
  readonly isOptional: boolean;
}

/** The models that a pack cannot do without, in the order of the pipeline. */
export function listPackModels({ detector, landmarker, embedder }: PackManifest): ModelManifest[] {
  return [detector, landmarker, embedder].filter((model) => model !== undefined);
}

/** The models of a pack that are loaded only where liveness is asked for. */
export function listOptionalModels({ liveness = [], mesh }: PackManifest): ModelManifest[] {
  return mesh === undefined ? [...liveness] : [...liveness, mesh];
}

/**
 * A built-in pack or model.
 *
 * @throws {FaceError} `PACK_UNKNOWN` or `INVALID_OPTION` with the nearest name.
 */
export function findManifest(name: string): PackManifest | ModelManifest {
  const manifest = [...builtinPacks, ...builtinModels].find(({ id }) => id === name);
  if (manifest !== undefined) return manifest;
  try {
    return getPack(name);
  } catch (error) {
    if (isFaceError(error, 'PACK_UNKNOWN') && error.details['nearest'] !== undefined) throw error;
  }
  try {
    return getModel(name);
  } catch (cause) {
    const packs = builtinPacks.map(({ id }) => id).join(', ');
    throw new FaceError(
      'INVALID_OPTION',
      `Expected one of the packs ${packs}, or a model. ${(cause as Error).message}`,
      { name },
      { cause },
    );
  }
}

/** The models that names stand for, each once. */
export function selectModels(names: readonly string[]): SelectedModel[] {
  const manifests = names.map(findManifest);
  const needed = manifests.flatMap((manifest) => ('detector' in manifest ? listPackModels(manifest) : [manifest]));
  const optional = manifests.flatMap((manifest) => ('detector' in manifest ? listOptionalModels(manifest) : []));
  const isNeeded = new Set(needed.map(({ id }) => id));
  const models = new Map([...needed, ...optional].map((model) => [model.id, model]));
  return Array.from(models.values(), (model) => ({ model, isOptional: !isNeeded.has(model.id) }));
}
