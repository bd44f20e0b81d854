/** The packs that this package describes, by id. */

import { FaceError, type PackManifest } from '@isoface/core';
import { nearestName } from './nearest-name.ts';
import { sfacePack } from './sface.ts';
import { standardPack } from './standard.ts';
import { starterPack } from './starter.ts';

/** All built-in packs, the default one first. */
export const builtinPacks: readonly PackManifest[] = [starterPack, standardPack, sfacePack];

/**
 * Finds a built-in pack.
 *
 * @throws {FaceError} `PACK_UNKNOWN`; `details.known` lists the ids that exist.
 */
export function getPack(id: string): PackManifest {
  const pack = builtinPacks.find((candidate) => candidate.id === id);
  if (pack !== undefined) return pack;
  const known = builtinPacks.map((candidate) => candidate.id);
  const near = nearestName(id, known);
  const hint = near === undefined ? 'Pass a manifest of your own, made with definePack, for anything else.' : `Did you mean "${near}"?`;
  throw new FaceError('PACK_UNKNOWN', `Expected one of the packs ${known.join(', ')}, got ${JSON.stringify(id)}. ${hint}`, {
    id,
    known,
    nearest: near,
  });
}
