/** The pictures that suites measure. */

import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { indexDirectory, writeDatasetIndex } from '@isoface/evaluation';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { placeCut } from '../src/run/demo-images.ts';
import { openImageSet } from '../src/run/image-set.ts';

const { signal } = new AbortController();

describe('made pictures', () => {
  it('are the same every time, several of each face, and gone afterwards', async () => {
    const sets = [await openImageSet({ dataset: undefined }, signal), await openImageSet({ dataset: undefined }, signal)];
    try {
      const [first, second] = sets;
      expect(first?.name).toMatch(/^made from the 6 demo photos .* \d+ faces, each cut out in 3 variants/);
      expect(first).toMatchObject({ hasIdentities: true, problems: [] });
      const images = first?.images ?? [];
      expect(second?.images.map(({ id }) => id)).toEqual(images.map(({ id }) => id));
      const whole = images.filter(({ identity }) => identity === undefined);
      expect(whole).toHaveLength(6);
      const people = new Set(images.flatMap(({ identity }) => identity ?? []));
      expect(people.size).toBeGreaterThan(5);
      expect(images).toHaveLength(people.size * 3 + 6);
      expect(new Set(images.map(({ id }) => id)).size).toBe(images.length);
      const [a, b] = await Promise.all(sets.map(({ images: [cut] }) => sharp(cut?.path).raw().toBuffer()));
      expect(a?.equals(b ?? Buffer.alloc(0))).toBe(true);
      const widths = await Promise.all(images.slice(0, 3).map(async ({ path }) => (await sharp(path).metadata()).width));
      expect(widths[1]).toBeLessThan(widths[0] ?? 0);
      expect(widths[2]).toBeGreaterThan(widths[0] ?? Infinity);
    } finally {
      for (const set of sets) await set.dispose();
      // Twice is no error.
      await sets[0]?.dispose();
    }
    expect(sets.some(({ images: [cut] }) => existsSync(dirname(cut?.path ?? '.')))).toBe(false);
  });

  it.each([
    ['in the middle', { x: 40, y: 50, width: 20, height: 10 }, { left: 30, top: 35, width: 40, height: 40 }],
    ['at an edge', { x: -5, y: 90, width: 20, height: 20 }, { left: 0, top: 80, width: 25, height: 20 }],
    ['outside', { x: 300, y: 300, width: 10, height: 10 }, { left: 99, top: 99, width: 1, height: 1 }],
  ])('are cut %s of a photo, as much as there is', (_, box, cut) => {
    expect(placeCut(box, { width: 100, height: 100 })).toEqual(cut);
  });
});

describe('pictures of an index', () => {
  let folder: string;
  let index: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isoface-set-'));
    index = join(folder, 'people.jsonl');
    for (const [i, name] of ['ann/1.png', 'ann/2.png', 'bob/1.png'].entries()) {
      await mkdir(dirname(join(folder, 'set', name)), { recursive: true });
      await sharp({ create: { width: 8 + i, height: 8, channels: 3, background: '#888' } }).toFile(join(folder, 'set', name));
    }
    const { entries } = await indexDirectory({ directory: join(folder, 'set'), identities: 'folder', signal });
    await writeDatasetIndex(index, entries, { root: join(folder, 'set'), identities: 'folder' }, signal);
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('have their identities', async () => {
    const set = await openImageSet({ dataset: index }, signal);
    expect(set).toMatchObject({ name: 'people.jsonl: 3 pictures of 2 identities', hasIdentities: true, problems: [] });
    expect(set.images).toEqual(
      [
        ['ann/1.png', 'ann'],
        ['ann/2.png', 'ann'],
        ['bob/1.png', 'bob'],
      ].map(([id = '', identity]) => ({ id, identity, path: join(folder, 'set', id) })),
    );
  });

  it('that are gone or changed are counted, not fatal', async () => {
    await rm(join(folder, 'set/ann/2.png'));
    await writeFile(join(folder, 'set/ann/1.png'), 'x');
    const set = await openImageSet({ dataset: index }, signal);
    expect(set.images.map(({ id }) => id)).toEqual(['bob/1.png']);
    expect(set.problems.map(({ name }) => name)).toEqual(['ann/1.png', 'ann/2.png']);
    // One picture of one person: there is nobody to be found.
    expect(set.hasIdentities).toBe(false);
  });

  it('of which none is left are an error', async () => {
    await rm(join(folder, 'set'), { recursive: true });
    await expect(openImageSet({ dataset: index }, signal)).rejects.toMatchObject({
      code: 'DATASET_INVALID',
      message: expect.stringMatching(/got 3 that are not: ann\/1\.png: There is no such file any more\. Index the folder again\./),
    });
  });

  it.each([
    ['is missing', undefined, 'IO_FAILED'],
    ['is none', 'hello', 'DATASET_INVALID'],
  ])('must be there: an index that %s', async (_, content, code) => {
    await (content === undefined ? rm(index) : writeFile(index, content));
    await expect(openImageSet({ dataset: index }, signal)).rejects.toMatchObject({ code });
  });
});
