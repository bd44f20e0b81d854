import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasSharedData, sharedPath } from '@isoface/testkit/node';
import { describe, expect, it } from 'vitest';
import type { DatasetProblem } from '../../src/dataset/dataset-entry.ts';
import { indexDirectory } from '../../src/dataset/index-directory.ts';
import { makeFolder, makePicture, makePictures } from './support/temp-folder.ts';

const codesByPath = (problems: readonly DatasetProblem[]): Record<string, string> =>
  Object.fromEntries(problems.map(({ path, code }) => [path, code]));

it('lists images by content with upright size, bytes, digest and identity', async () => {
  const jpeg = await makePicture(1, { format: 'jpeg', width: 20, height: 10 });
  const directory = makeFolder({ 'ada/2019/a.bin': jpeg, 'bob/b.png': await makePicture(2) });
  const { entries, problems } = await indexDirectory({ directory, identities: 'folder' });
  expect(entries).toEqual([
    {
      path: 'ada/2019/a.bin',
      identity: 'ada',
      width: 20,
      height: 10,
      bytes: jpeg.length,
      sha256: createHash('sha256').update(jpeg).digest('hex'),
    },
    expect.objectContaining({ path: 'bob/b.png', identity: 'bob', width: 12, height: 8 }),
  ]);
  expect(problems).toEqual([]);
});

it.each(['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const)('reads the size of %s', async (format) => {
  const directory = makeFolder({ a: await makePicture(1, { format, width: 64, height: 48 }) });
  const { entries } = await indexDirectory({ directory, identities: 'none' });
  expect(entries).toMatchObject([{ path: 'a', width: 64, height: 48 }]);
});

it.each([
  [1, 30, 20],
  [3, 30, 20],
  [5, 20, 30],
  [6, 20, 30],
  [8, 20, 30],
])('gives the upright size of a photo with orientation %d', async (orientation, width, height) => {
  const directory = makeFolder({ 'a.jpg': await makePicture(1, { format: 'jpeg', width: 30, height: 20, orientation }) });
  const { entries } = await indexDirectory({ directory, identities: 'none' });
  expect(entries).toMatchObject([{ width, height }]);
});

it('hashes files that are read in pieces like those that are read whole', async () => {
  // Behind the end of a JPEG anything may follow: here 6 MB.
  const bytes = Buffer.concat([await makePicture(1, { format: 'jpeg' }), Buffer.alloc(6_000_000, 7)]);
  const { entries } = await indexDirectory({ directory: makeFolder({ 'a.jpg': bytes }), identities: 'none' });
  expect(entries).toMatchObject([{ bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }]);
});

it('orders by code unit, whatever the order on the disk', async () => {
  const names = ['b.png', 'a.png', 'B.png', 'ä.png', 'a/z.png', 'a-/z.png', '10.png', '9.png'];
  const directory = makeFolder(await makePictures(names));
  const { entries } = await indexDirectory({ directory, identities: 'none' });
  expect(entries.map(({ path }) => path)).toEqual(['10.png', '9.png', 'B.png', 'a-/z.png', 'a.png', 'a/z.png', 'b.png', 'ä.png']);
});

describe('a sample', () => {
  const names = Array.from({ length: 40 }, (_, i) => `p${i % 7}/${i}.png`);
  const sample = async (directory: string, count: number, seed?: number): Promise<string[]> => {
    const { entries } = await indexDirectory({ directory, identities: 'none', count, seed });
    return entries.map(({ path }) => path);
  };

  it('is the same for the same seed, another for another, and sorted', async () => {
    const directory = makeFolder(await makePictures(names));
    const first = await sample(directory, 10, 1);
    expect(first).toHaveLength(10);
    expect(first).toEqual(first.toSorted());
    expect(await sample(directory, 10, 1)).toEqual(first);
    expect(await sample(directory, 10, 2)).not.toEqual(first);
    expect(await sample(directory, 10)).toEqual(await sample(directory, 10, 0));
  });

  it('contains every smaller one, also past files that are no images', async () => {
    const pictures = await makePictures(names);
    const directory = makeFolder({ ...pictures, 'p0/0.png': 'no image', 'p3/3.png': '', 'p5/5.png': '\x89PNG\r\n\x1a\nbroken' });
    let smaller: string[] = [];
    for (const count of [1, 5, 20, 37]) {
      const larger = await sample(directory, count, 3);
      expect(larger).toHaveLength(count);
      expect(larger).toEqual(expect.arrayContaining(smaller));
      smaller = larger;
    }
  });

  it('stays when other files come', async () => {
    const directory = makeFolder(await makePictures(names));
    const before = await sample(directory, 20, 4);
    writeFileSync(join(directory, 'new.png'), await makePicture(999));
    const after = await sample(directory, 20, 4);
    expect(after.filter((path) => path !== 'new.png').every((path) => before.includes(path))).toBe(true);
  });

  it('says when there are fewer images than asked for', async () => {
    const directory = makeFolder({ ...(await makePictures(['a.png', 'b.png'])), 'c.txt': 'text' });
    const { entries, problems } = await indexDirectory({ directory, identities: 'none', count: 5 });
    expect(entries).toHaveLength(2);
    expect(codesByPath(problems)).toEqual({ '.': 'too-few', 'c.txt': 'unsupported' });
  });

  it.each([
    ['count', { count: 0 }],
    ['count', { count: 2.5 }],
    ['count', { count: Number.NaN }],
    ['seed', { seed: 0.5 }],
  ])('refuses a %s of %o', async (option, options) => {
    await expect(indexDirectory({ directory: makeFolder(), identities: 'none', ...options })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      details: { option },
    });
  });
});

describe('what is not as it should be', () => {
  it('is reported by kind, and the rest is listed', async () => {
    const picture = await makePicture(1);
    const directory = makeFolder({
      'ada/good.png': picture,
      'ada/empty.jpg': '',
      'ada/text.jpg': 'not an image',
      'ada/drawing.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
      'ada/cut.png': picture.subarray(0, 20),
      'ada/folder.jpg/inner.png': await makePicture(2),
      'ada/.hidden.png': await makePicture(3),
      '.git/object.png': await makePicture(4),
      'loose.png': await makePicture(5),
    });
    const { entries, problems } = await indexDirectory({ directory, identities: 'folder' });
    expect(entries.map(({ path }) => path)).toEqual(['ada/folder.jpg/inner.png', 'ada/good.png', 'loose.png']);
    expect(codesByPath(problems)).toEqual({
      '.git': 'hidden',
      'ada/.hidden.png': 'hidden',
      'ada/cut.png': 'unreadable',
      'ada/drawing.svg': 'unsupported',
      'ada/empty.jpg': 'unreadable',
      'ada/text.jpg': 'unsupported',
      'loose.png': 'no-identity',
    });
  });

  it('the same bytes twice: kept, and a contradiction where the persons differ', async () => {
    const picture = await makePicture(1);
    const directory = makeFolder({ 'ada/1.png': picture, 'ada/2.png': picture, 'bob/1.png': picture });
    const { entries, problems } = await indexDirectory({ directory, identities: 'folder' });
    expect(entries).toHaveLength(3);
    expect(codesByPath(problems)).toEqual({ 'ada/2.png': 'duplicate-content', 'bob/1.png': 'contradiction' });
  });

  it('all images of one person: probably the folder above', async () => {
    const directory = makeFolder(await makePictures(['images/ada/1.png', 'images/bob/1.png']));
    const { problems } = await indexDirectory({ directory, identities: 'folder' });
    expect(codesByPath(problems)).toEqual({ images: 'single-identity' });
  });

  it('a folder that is not there, or is a file', async () => {
    const directory = makeFolder({ 'a.txt': 'text' });
    for (const path of ['none', 'a.txt']) {
      await expect(indexDirectory({ directory: join(directory, path), identities: 'none' })).rejects.toMatchObject({ code: 'IO_FAILED' });
    }
  });

  it('an empty folder has no entries', async () => {
    expect(await indexDirectory({ directory: makeFolder(), identities: 'none' })).toEqual({ entries: [], problems: [] });
  });
});

// Windows needs rights for links, and has neither pipes nor such names.
describe.skipIf(process.platform === 'win32')('on POSIX', () => {
  it('links are followed once: loops, second ways and dead ends are reported', async () => {
    const directory = makeFolder(await makePictures(['ada/1.png', 'bob/1.png']));
    const outside = makeFolder(await makePictures(['x/far.png']));
    const link = (target: string, path: string): void => symlinkSync(target, join(directory, path));
    link('..', 'ada/up');
    link('../bob', 'ada/bob');
    link('../ada', 'bob/ada');
    link('self', 'self');
    link('nowhere.png', 'dead.png');
    link('ada/1.png', 'z.png');
    link(outside, 'outside');
    link(outside, 'outside-again');
    const { entries, problems } = await indexDirectory({ directory, identities: 'none' });
    expect(entries.map(({ path }) => path)).toEqual(['ada/1.png', 'bob/1.png', 'outside/x/far.png', 'z.png']);
    expect(codesByPath(problems)).toEqual({
      'ada/bob': 'repeated-folder',
      'ada/up': 'repeated-folder',
      'bob/ada': 'repeated-folder',
      'dead.png': 'missing',
      'outside-again': 'repeated-folder',
      // Same bytes as ada/1.png, as the pictures made first.
      'outside/x/far.png': 'duplicate-content',
      self: 'unreadable',
      'z.png': 'duplicate-content',
    });
  });

  it('many folders that link to each other take no longer than they are many', async () => {
    const directory = makeFolder();
    const folders = Array.from({ length: 12 }, (_, i) => `d${i}`);
    for (const folder of folders) mkdirSync(join(directory, folder));
    for (const from of folders) for (const to of folders) symlinkSync(join(directory, to), join(directory, from, to));
    const { problems } = await indexDirectory({ directory, identities: 'none' });
    expect(problems).toHaveLength(folders.length ** 2);
    expect(problems.every(({ code }) => code === 'repeated-folder')).toBe(true);
  });

  it('pipes are not opened', async () => {
    const directory = makeFolder(await makePictures(['a.png']));
    execFileSync('mkfifo', [join(directory, 'pipe.png')]);
    symlinkSync('pipe.png', join(directory, 'link.png'));
    const { entries, problems } = await indexDirectory({ directory, identities: 'none' });
    expect(entries).toHaveLength(1);
    expect(codesByPath(problems)).toEqual({ 'link.png': 'unsupported', 'pipe.png': 'unsupported' });
  });

  it('strange names are survived', async () => {
    const directory = makeFolder(await makePictures(['ada\nbob/1\n2.png', 'tab\t.png', 'a\\b.png', '\u2028.png']));
    // Bytes that are no UTF-8.
    renameSync(join(directory, 'tab\t.png'), Buffer.concat([Buffer.from(`${directory}/bad-`), Buffer.from([0xff]), Buffer.from('.png')]));
    writeFileSync(join(directory, 'x\\..\\escape.png'), await makePicture(77));
    const { entries, problems } = await indexDirectory({ directory, identities: 'folder' });
    expect(entries.map(({ path }) => path)).toEqual(['a\\b.png', 'ada\nbob/1\n2.png', '\u2028.png']);
    expect(entries[1]?.identity).toBe('ada\nbob');
    expect(problems.filter(({ code }) => code === 'bad-name').map(({ path }) => path)).toEqual([
      'ada\nbob',
      'ada\nbob/1\n2.png',
      'bad-\ufffd.png',
      'x\\..\\escape.png',
    ]);
  });

  it('hard links are images of their own', async () => {
    const directory = makeFolder(await makePictures(['a.png']));
    linkSync(join(directory, 'a.png'), join(directory, 'b.png'));
    expect((await indexDirectory({ directory, identities: 'none' })).entries).toHaveLength(2);
  });
});

it('tells its progress file by file up to the total', async () => {
  const directory = makeFolder({ ...(await makePictures(['a.png', 'b.png', 'c.png'])), 'd.txt': 'text' });
  const events: [number, number][] = [];
  await indexDirectory({ directory, identities: 'none', onProgress: ({ done, total }) => events.push([done, total]) });
  expect(events).toEqual([
    [1, 4],
    [2, 4],
    [3, 4],
    [4, 4],
  ]);
});

it('leaves out what it was told to, without a word', async () => {
  const directory = makeFolder({ ...(await makePictures(['a.png'])), 'index.jsonl': '{}' });
  const { entries, problems } = await indexDirectory({ directory, identities: 'none', except: [join(directory, 'index.jsonl')] });
  expect(entries).toHaveLength(1);
  expect(problems).toEqual([]);
});

it.each([
  ['before it starts', 0],
  ['after the second file', 2],
])('can be aborted %s', async (_, after) => {
  const directory = makeFolder(await makePictures(Array.from({ length: 12 }, (_, i) => `${i}.png`)));
  const controller = new AbortController();
  const reason = new Error('enough');
  if (after === 0) controller.abort(reason);
  let last = 0;
  const work = indexDirectory({
    directory,
    identities: 'none',
    signal: controller.signal,
    onProgress: ({ done }) => {
      last = done;
      if (done === after) controller.abort(reason);
    },
  });
  await expect(work).rejects.toBe(reason);
  expect(last).toBeLessThan(12);
});

describe.skipIf(!hasSharedData || !existsSync(sharedPath('data/lfw/images')))('of LFW', () => {
  it('takes a sample of the right people', async () => {
    const { entries, problems } = await indexDirectory({
      directory: sharedPath('data/lfw/images'),
      identities: 'folder',
      count: 50,
      seed: 1,
    });
    expect(entries).toHaveLength(50);
    expect(problems).toEqual([]);
    expect(
      entries.every(({ path, identity, width, height }) => path.startsWith(`${identity}/${identity}_`) && width === 250 && height === 250),
    ).toBe(true);
  });
});
