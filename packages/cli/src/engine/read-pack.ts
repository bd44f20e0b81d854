/** `--pack`: a name, or the file of a manifest. */

import type { PackManifest } from '@isoface/core';
import { parsePackManifest } from '@isoface/models';
import type { Session } from '../session.ts';
import { readJsonFile } from './read-json-file.ts';

/**
 * The pack's name as it is, or the manifest in the file, checked.
 *
 * @throws {FaceError} `IO_FAILED` or `MANIFEST_INVALID`.
 */
export async function readPack(pack: string, { resolvePath, signal }: Session): Promise<string | PackManifest> {
  if (!pack.toLowerCase().endsWith('.json')) return pack;
  return parsePackManifest(await readJsonFile(resolvePath(pack), 'MANIFEST_INVALID', signal));
}
