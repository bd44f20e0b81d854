/** Where the page of the suite lies: beside `src` and `dist`. */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Finds the folder `page` of this package, from its sources as from its build. */
export function findPageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'page/index.html'))) {
    if (dirname(folder) === folder) throw new Error('Expected the folder "page" of the benchmarks beside their build, found none.');
    folder = dirname(folder);
  }
  return join(folder, 'page');
}
