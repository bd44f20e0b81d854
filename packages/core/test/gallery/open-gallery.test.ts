/** What a gallery makes of the index that its runtime gives it. */

import { createFaceEngine, type Embedding, FaceError } from '@isoface/core';
import { createMemoryStore, createTemplateIndex, type GalleryOptions, type IndexSpec, type TemplateIndex } from '@isoface/core/gallery';
import { createFakeParts, fakePack } from '@isoface/testkit';
import { expect, it } from 'vitest';
import { openGallery } from '../../src/gallery/open-gallery.ts';

/** A gallery whose threads are indexes in this thread, with a way to break them. */
async function setUp(options: GalleryOptions = {}, breakIndex: (index: TemplateIndex) => TemplateIndex = (index) => index) {
  const engine = await createFaceEngine(createFakeParts());
  const opened: IndexSpec[] = [];
  const disposed: IndexSpec[] = [];
  const gallery = await openGallery(
    {
      info: () => engine.info,
      pack: fakePack,
      imagesUnderWay: 1,
      now: () => 0,
      analyze: engine.analyze,
      importEmbedding: engine.importEmbedding,
      async openIndex(spec) {
        opened.push(spec);
        const index = await createTemplateIndex(spec);
        const watched: TemplateIndex = {
          ...index,
          async dispose() {
            disposed.push(spec);
            await index.dispose();
          },
        };
        return breakIndex(watched);
      },
    },
    options,
  );
  const embed = (...values: readonly number[]): Embedding => ({
    vector: Float32Array.from({ length: 12 }, (_, i) => values[i] ?? 0),
    contract: engine.info.contract as string,
    provenance: { flipAveraging: false },
  });
  return { gallery, embed, opened, disposed };
}

it.each([
  ['auto', 0],
  ['caller', 0],
  ['thread', 1],
] as const)('searches a small gallery where it is told to: %s', async (searchOn, threads) => {
  const { gallery, embed, opened } = await setUp({ searchOn });
  await gallery.enrol('ada', embed(1));
  expect(opened).toHaveLength(threads);
  expect(await gallery.identify(embed(1))).toMatchObject({ decision: { id: 'ada' } });
});

it('begins on a thread when the store holds much', async () => {
  const store = createMemoryStore();
  const { opened } = await setUp({ store: { ...store, stats: async () => ({ identities: 1, templates: 1_000_000 }) } });
  expect(opened).toHaveLength(1);
});

it('fills a new index from the store when the thread of the old one ends', async () => {
  let isBroken = false;
  const { gallery, embed, opened, disposed } = await setUp({ searchOn: 'thread' }, (index) => {
    let hasEnded = false;
    return {
      ...index,
      search: async (probes, options) => {
        if (isBroken) hasEnded = true;
        isBroken = false;
        if (hasEnded) throw new FaceError('WORKER_CRASHED', 'The thread has ended.');
        return index.search(probes, options);
      },
    };
  });
  await gallery.enrol('ada', embed(1));
  await gallery.enrol('bob', embed(0, 1));
  isBroken = true;
  const results = await Promise.all([gallery.identify(embed(1)), gallery.identify(embed(0, 1)), gallery.enrol('cy', embed(0, 0, 1))]);
  expect(results).toMatchObject([{ decision: { id: 'ada' } }, { decision: { id: 'bob' } }, { status: 'enrolled' }]);
  expect(await gallery.identify(embed(0, 0, 1))).toMatchObject({ decision: { id: 'cy', gallerySize: 3 } });
  expect(opened).toHaveLength(2);
  expect(disposed).toHaveLength(1);
  await gallery.close();
  expect(disposed).toHaveLength(2);
});

it('finds the right people while keys change and others are enrolled', async () => {
  const { gallery, embed } = await setUp();
  await gallery.enrol('ada', embed(1, 0.2));
  await gallery.enrol('bob', embed(0, 1, 0.3));
  const keysOf = (round: number) => ({ transform: new Uint8Array(32).fill(round) });
  const work = Array.from({ length: 12 }, (_, round) => [
    gallery.identify(embed(1, 0.2)).then((result) => expect(result).toMatchObject({ decision: { id: 'ada' } })),
    gallery.changeKeys(round % 4 === 2 ? {} : keysOf(round)),
    gallery.enrol(`guest ${round}`, embed(...Array.from({ length: 12 }, (_, i) => (i === round ? 1 : -0.1))), { duplicates: 'ignore' }),
    gallery
      .identifyMany([embed(0, 1, 0.3), embed(1, 0.2)])
      .then((results) => expect(results).toMatchObject([{ decision: { id: 'bob' } }, { decision: { id: 'ada' } }])),
  ]).flat();
  await Promise.all(work);
  for (let round = 2; round < 12; round++) {
    const probe = embed(...Array.from({ length: 12 }, (_, i) => (i === round ? 1 : -0.1)));
    expect(await gallery.identify(probe)).toMatchObject({
      candidates: [{ id: `guest ${round}`, similarity: expect.closeTo(1, 6) }, {}, {}, {}, {}],
    });
  }
  expect((await gallery.verify()).damage).toEqual([]);
});

it('gives the store back when the index cannot be filled', async () => {
  const store = createMemoryStore();
  let closed = 0;
  const failing = {
    ...store,
    // biome-ignore lint/correctness/useYield: it fails before.
    async *read(): AsyncGenerator<never> {
      throw new FaceError('IO_FAILED', 'The disk is gone.');
    },
    async close() {
      closed++;
    },
  };
  await expect(setUp({ store: failing, searchOn: 'thread' })).rejects.toMatchObject({ code: 'IO_FAILED' });
  expect(closed).toBe(1);
});

it('says that it was closed to whoever was searching, not that nobody was found', async () => {
  const { gallery, embed } = await setUp({ searchOn: 'thread' }, (index) => ({
    ...index,
    async search() {
      void gallery.close();
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new FaceError('DISPOSED', 'The index was disposed.');
    },
  }));
  await gallery.enrol('ada', embed(1), { duplicates: 'ignore' });
  await expect(gallery.identify(embed(1))).rejects.toMatchObject({ code: 'DISPOSED' });
});

it('reports progress while it reads the store', async () => {
  const store = createMemoryStore();
  const first = await setUp({ store: { ...store, close: async () => {} } });
  for (let i = 0; i < 3; i++) await first.gallery.enrol(`person ${i}`, first.embed(i === 0 ? 1 : 0, i === 1 ? 1 : 0, i === 2 ? 1 : 0));
  const events: unknown[] = [];
  await setUp({ store, onProgress: (event) => events.push(event) });
  expect(events).toEqual([1, 2, 3].map((done) => ({ phase: 'open', done, total: 3 })));
});
