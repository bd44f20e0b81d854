/** Program of a child process: writes one file into a cache again and again, until it is killed. */

import { readFile } from 'node:fs/promises';
import { createFileCache } from '../../../src/models/file-cache.ts';

const { file, cacheDir, contentPath } = JSON.parse(process.argv[2] ?? '{}');
const cache = createFileCache(cacheDir);
const bytes = new Uint8Array(await readFile(contentPath));
console.log('ready');
for (;;) {
  await cache.remove(file);
  await cache.write(file, bytes);
}
