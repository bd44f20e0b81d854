/** Where installed packages lie. */

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FaceError } from '@isoface/core';

const require = createRequire(import.meta.url);

/**
 * Folder of an installed package; not every package lets its package.json be resolved.
 *
 * @throws {FaceError} `BACKEND_UNAVAILABLE` if it is not installed.
 */
export function findPackage(name: string): string {
  for (const request of [`${name}/package.json`, name]) {
    try {
      let folder = dirname(require.resolve(request));
      while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
      return folder;
    } catch {
      // Node's own error names folders of this machine; reports are published.
    }
  }
  throw new FaceError(
    'BACKEND_UNAVAILABLE',
    `Expected the package ${name} to be installed, found none. Install the development dependencies of benchmarks, or "npm install -D ${name}".`,
    { name },
  );
}

/** Version of the package in a folder. */
export function readVersion(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}
