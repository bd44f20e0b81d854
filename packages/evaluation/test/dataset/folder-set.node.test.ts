import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readFolderSet, toFolderSet } from '../../src/dataset/folder-set.ts';
import { makeFolder, makePictures } from './support/temp-folder.ts';

it('groups images by the folder of the person', async () => {
  const directory = makeFolder({ ...(await makePictures(['bob/1.png', 'ada/2.png', 'ada/1.png', 'loose.png'])), 'bob/notes.txt': 'text' });
  const { images, identities, identityOf, problems } = await readFolderSet({ directory });
  expect(images).toEqual(
    ['ada/1.png', 'ada/2.png', 'bob/1.png'].map((relativePath) => ({
      path: join(directory, relativePath),
      relativePath,
      identity: relativePath.slice(0, 3),
    })),
  );
  expect(identities).toEqual(['ada', 'bob']);
  expect(identityOf).toEqual(Uint32Array.of(0, 0, 1));
  expect(problems.map(({ path, code }) => [path, code])).toEqual([
    ['bob/notes.txt', 'unsupported'],
    ['loose.png', 'no-identity'],
  ]);
});

it('takes the people of an index as they are', () => {
  const facts = { width: 1, height: 1, bytes: 1, sha256: '0'.repeat(64) };
  const set = toFolderSet('/root', [
    { path: '1.png', identity: '__proto__', ...facts },
    { path: '2.png', ...facts },
    { path: '3.png', identity: 'ada', ...facts },
  ]);
  expect(set.identities).toEqual(['__proto__', 'ada']);
  expect(set.images.map(({ relativePath }) => relativePath)).toEqual(['1.png', '3.png']);
  expect(set.identityOf).toEqual(Uint32Array.of(0, 1));
});
