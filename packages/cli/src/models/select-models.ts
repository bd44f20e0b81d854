/** Models by the names that users know: of a pack, or of the model itself. */

import { FaceError, isFaceError, type ModelManifest, type PackManifest } from '@isoface/core';
import { builtinModels, builtinPacks, getModel, getPack } from '@isoface/models';

/** The models of a pack, in the order of the pipeline. */
export function listPackModels({ detector, landmarker, embedder }: PackManifest): ModelManifest[] {
  return [detector, landmarker, embedder].filter((model) => model !== undefined);
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
export function selectModels(names: readonly string[]): ModelManifest[] {
  const models = names.map(findManifest).flatMap((manifest) => ('detector' in manifest ? listPackModels(manifest) : [manifest]));
  return Array.from(new Map(models.map((model) => [model.id, model])).values());
}
