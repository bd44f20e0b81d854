import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeGalleryStore } from '@isoface/testkit';
import { openFileStore } from '../../src/gallery/file-store.ts';

describeGalleryStore(
  'file',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'isoface-gallery-'));
    const path = join(folder, 'people.isogal');
    const store = await openFileStore(path);
    let current = store;
    return {
      store,
      async reopen() {
        await current.close();
        current = await openFileStore(path);
        return current;
      },
      async rawBytes() {
        const files = await readdir(folder);
        return new Uint8Array(Buffer.concat(await Promise.all(files.map((name) => readFile(join(folder, name))))));
      },
      openSecond: () => openFileStore(path),
      async destroy() {
        await current.close();
        await rm(folder, { recursive: true });
      },
    };
  },
  { writers: 'one', hasRawBytes: true },
);
