/** Program of a child process: opens a gallery for writing at a given moment, says whether it got it, and keeps it until it is killed. */

import { writeSync } from 'node:fs';
import { openFileStore } from '../../../src/gallery/file-store.ts';

const { path, atMs } = JSON.parse(process.argv[2] ?? '{}') as { path: string; atMs: number };
// Several of them at the same moment, as exactly as it goes.
while (Date.now() < atMs);
const outcome = await openFileStore(path).then(
  () => 'open',
  (error: { code: string; details: { pid: number } }) => `${error.code} ${error.details.pid}`,
);
writeSync(1, `${outcome}\n`);
setInterval(() => {}, 1_000);
