/** Test data that is too large, or not ours to copy, for the repository. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DEFAULT_FOLDER = fileURLToPath(new URL('../../../../shared', import.meta.url));
const MODELS = join(process.env['ISOFACE_SHARED'] ?? DEFAULT_FOLDER, 'models');

/** Whether the folder named by `ISOFACE_SHARED` (default: `shared` beside the repository) is there; without it tests that compare with originals are skipped. */
export const hasSharedModels = existsSync(MODELS);

/** Content of a file below its `models` folder. */
export function readShared(...path: string[]): Uint8Array {
  return readFileSync(join(MODELS, ...path));
}

/** Parsed JSON of a file below its `models/golden` folder. The shape is the caller's promise: the files are fixed. */
export function readGolden<T>(name: string): T {
  return JSON.parse(new TextDecoder().decode(readShared('golden', name))) as T;
}
