/** Real models, photos and golden vectors that lie beside the repository and are never part of it. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const SHARED = process.env['ISOFACE_SHARED'] ?? join(REPOSITORY, '../shared');

/** Whether the shared data are here. Tests that need them skip only where this is false. */
export const hasSharedData: boolean = existsSync(join(SHARED, 'models/golden'));

/** Absolute path of a file in the shared data. */
export function sharedPath(...segments: string[]): string {
  return join(SHARED, ...segments);
}

/** A golden file as the shape that the test states. */
export function readGolden<T>(name: string): T {
  return JSON.parse(readFileSync(sharedPath('models/golden', name), 'utf8')) as T;
}

/** Absolute path of a demo photo of the face-api package, a development dependency. */
export function demoPhoto(name: string): string {
  return join(REPOSITORY, 'node_modules/@vladmandic/face-api/demo', name);
}
