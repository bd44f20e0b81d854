import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { computeTemplates } from '../../src/templates/compute-templates.ts';
import { openTemplateCache } from '../../src/templates/template-cache.ts';
import { createMadeSource, type MadeSet, makeSet } from '../support/made-source.ts';

let set: MadeSet;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-templates-'));
  set = await makeSet([
    { path: 'ada/1', template: [1, 0] },
    { path: 'ada/2', template: null },
    { path: 'bob/1', template: 'damaged' },
    { path: 'bob/2', template: [0, 1] },
  ]);
});
afterEach(async () => {
  await set.remove();
  await rm(folder, { recursive: true, force: true });
});

describe('computeTemplates', () => {
  it('tells apart images without a face, images that cannot be read, and images that are not there', async () => {
    const images = [...set.images, { path: join(set.directory, 'gone'), relativePath: 'gone' }];
    const cache = await openTemplateCache(folder, 'print');
    const table = await computeTemplates(images, createMadeSource(2), { cache });
    await cache.close();
    expect([...table.rows]).toEqual([0, -1, -1, 1, -1]);
    expect([...table.matrix]).toEqual([1, 0, 0, 1]);
    expect(table.failuresToAcquire).toBe(1);
    expect(table.problems.map(({ path, code }) => [path, code])).toEqual([
      ['gone', 'unreadable'],
      ['bob/1', 'unreadable'],
    ]);
  });

  it('asks the source once for each content, and never again with a cache', async () => {
    const source = createMadeSource(2);
    const first = await openTemplateCache(folder, 'print');
    const before = await computeTemplates(set.images, source, { cache: first });
    await first.close();
    expect(source.seen).toHaveLength(4);
    const second = await openTemplateCache(folder, 'print');
    const after = await computeTemplates(set.images, source, { cache: second });
    await second.close();
    // What could not be read is tried again: the file may have been on a disk that was away.
    expect(source.seen.slice(4)).toEqual([set.images[2]?.path]);
    expect(after.matrix).toEqual(before.matrix);
    expect(after.imagesFromCache).toBe(3);
    expect(after.imagesPerSecond).toBeGreaterThan(0);
  });

  it('goes on after an abort where it was', async () => {
    const controller = new AbortController();
    const source = createMadeSource(2);
    const cache = await openTemplateCache(folder, 'print');
    const interrupted = computeTemplates(set.images, source, {
      cache,
      signal: controller.signal,
      onProgress: (done) => {
        if (done === 2) controller.abort(new Error('enough'));
      },
    });
    await expect(interrupted).rejects.toThrow('enough');
    await cache.close();
    const again = await openTemplateCache(folder, 'print');
    expect(again.size).toBe(2);
    const table = await computeTemplates(set.images, source, { cache: again });
    await again.close();
    expect(table.imagesFromCache).toBe(2);
    expect([...table.rows]).toEqual([0, -1, -1, 1]);
  });

  it('says how many images fit where templates are long', async () => {
    const images = Array.from({ length: 60_000 }, () => set.images[0] as (typeof set.images)[0]);
    await expect(computeTemplates(images, createMadeSource(20_736))).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('at most 51781 images'),
    });
  });

  it('passes on what is no fault of an image', async () => {
    const source = createMadeSource(2, {
      async *sight() {
        yield { index: 0, error: new TypeError('a bug') };
      },
    });
    await expect(computeTemplates(set.images, source)).rejects.toThrow('a bug');
  });
});
