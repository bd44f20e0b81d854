/** Program of a child process: changes a gallery again and again, says what it is about to do and what is done, until it is killed. */

import { writeSync } from 'node:fs';
import { createRandom } from '@isoface/core/evaluation';
import type { GalleryChange } from '@isoface/core/gallery';
import { openFileStore } from '../../../src/gallery/file-store.ts';
import { createMarked, HEADER } from './marked-identities.ts';

const { path, seed, firstVersion } = JSON.parse(process.argv[2] ?? '{}') as { path: string; seed: number; firstVersion: number };
const random = createRandom(seed);
const below = (limit: number): number => Math.floor(random() * limit);
const say = (line: string): number => writeSync(1, `${line}\n`);

const store = await openFileStore(path).catch((error: { code: string }) => {
  say(`failed ${error.code}`);
  process.exit(3);
});
if ((await store.readHeader()) === undefined) await store.rewrite(HEADER, []);
say('ready');
let version = firstVersion;
for (;;) {
  // Several calls without waiting in between: they take effect in their order.
  const calls = Array.from({ length: 1 + below(3) }, () => {
    if (below(12) === 0) {
      const done = store.compact?.();
      say('will []');
      return done;
    }
    // At least one version is new in each change, so that the parent can tell whether it is there.
    const changes: GalleryChange[] = Array.from({ length: 1 + below(3) }, (_, i) => {
      const id = `person ${below(12)}`;
      if (i > 0 && below(2) === 0) return { type: 'remove', id };
      // Some are longer than a block of the disk.
      return { type: 'put', identity: createMarked(id, version++, below(6) === 0 ? 12_000 : 64) };
    });
    say(`will ${JSON.stringify(changes.map((change) => (change.type === 'put' ? [change.identity.id, versionIn(change)] : [change.id])))}`);
    return store.write(changes);
  });
  for (const call of calls) {
    await call;
    say('done');
  }
}

function versionIn(change: GalleryChange & { readonly type: 'put' }): number {
  return Number(Buffer.from(change.identity.details.subarray(2, 8)).toString('latin1'));
}
