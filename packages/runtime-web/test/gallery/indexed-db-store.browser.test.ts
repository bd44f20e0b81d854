import { isFaceError } from '@isoface/core';
import type { GalleryHeader, GalleryStore, StoredIdentity } from '@isoface/core/gallery';
import { describeGalleryStore } from '@isoface/testkit';
import { type IDBPDatabase, openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteIndexedDbGallery, openIndexedDbStore } from '../../src/gallery/indexed-db-store.ts';

let names = 0;

describeGalleryStore(
  'IndexedDB',
  async () => {
    const name = `contract ${names++}`;
    let store = await openIndexedDbStore(name);
    return {
      store,
      async reopen() {
        await store.close();
        store = await openIndexedDbStore(name);
        return store;
      },
      openSecond: () => openIndexedDbStore(name),
      async destroy() {
        await store.close();
        await deleteIndexedDbGallery(name);
      },
    };
  },
  { writers: 'one', hasRawBytes: false },
);

const HEADER: GalleryHeader = {
  formatVersion: 1,
  galleryId: '00112233445566778899aabbccddeeff',
  contract: 'c'.repeat(64),
  dimension: 4,
  metric: 'cosine',
  normalization: 'l2',
  pack: 'test',
  createdAtMs: 1_700_000_000_000,
};

const DETAILS = new TextEncoder().encode('{}');

function person(id: string, mark = 1): StoredIdentity {
  const vector = new Uint8Array(Float32Array.of(mark, 2, 3, 4).buffer);
  return { id, details: DETAILS, templates: [{ id: 1, vector, details: DETAILS }] };
}

const people = (count: number): StoredIdentity[] => Array.from({ length: count }, (_, i) => person(`person ${String(i).padStart(4, '0')}`));
const idsOf = (found: readonly StoredIdentity[]): string[] => found.map(({ id }) => id).sort();

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'none';
  } catch (error) {
    if (!isFaceError(error)) throw error;
    return error.code;
  }
}

describe('openIndexedDbStore', () => {
  let name: string;
  let store: GalleryStore;
  beforeEach(async () => {
    name = `store ${names++}`;
    store = await openIndexedDbStore(name);
  });
  afterEach(async () => {
    await store.close();
    await deleteIndexedDbGallery(name);
  });

  /** Looks at the database, or changes it, as other code of the page can. */
  const behind = async <T>(work: (db: IDBPDatabase) => Promise<T>): Promise<T> => {
    const db = await openDB(`isoface-gallery:${name}`);
    try {
      return await work(db);
    } finally {
      db.close();
    }
  };
  const reopen = async (): Promise<GalleryStore> => {
    await store.close();
    store = await openIndexedDbStore(name);
    return store;
  };

  it('names its database', () => {
    expect(store.location).toBe(`isoface-gallery:${name}`);
  });

  it.each([[''], ['  '], ['x'.repeat(257)], [7], [undefined]])('refuses the name %j', async (bad) => {
    expect(await codeOf(() => openIndexedDbStore(bad as string))).toBe('INVALID_OPTION');
    expect(await codeOf(() => deleteIndexedDbGallery(bad as string))).toBe('INVALID_OPTION');
  });

  it('keeps galleries of several names apart', async () => {
    const other = await openIndexedDbStore(`${name}, too`);
    await store.rewrite(HEADER, [person('ada')]);
    await other.rewrite(HEADER, [person('bob')]);
    expect(idsOf(await collect(store.read()))).toEqual(['ada']);
    expect(idsOf(await collect(other.read()))).toEqual(['bob']);
    await other.close();
    await deleteIndexedDbGallery(`${name}, too`);
  });

  it('does not write before there is a gallery', async () => {
    expect(await codeOf(() => store.write([{ type: 'put', identity: person('ada') }]))).toBe('INVALID_OPTION');
  });

  it('keeps bytes as they are, and not the memory around them', async () => {
    const memory = new Uint8Array(1_000_000).fill(7);
    const view = memory.subarray(500, 516);
    await store.rewrite(HEADER, [
      { id: 'ada', details: memory.subarray(0, 3), templates: [{ id: 1, vector: view, details: memory.subarray(9, 9) }] },
    ]);
    const [record] = (await behind((db) => db.getAll('identities'))) as StoredIdentity[];
    const bytes = [record?.details, record?.templates[0]?.vector, record?.templates[0]?.details];
    expect(bytes.map((part) => [part?.length, part?.buffer.byteLength])).toEqual([
      [3, 3],
      [16, 16],
      [0, 0],
    ]);
  });

  it('keeps its figures up to date', async () => {
    await store.rewrite(HEADER, people(3));
    await (await reopen()).stats();
    await store.write([
      { type: 'remove', id: 'person 0001' },
      { type: 'remove', id: 'nobody' },
      {
        type: 'put',
        identity: {
          ...person('person 0002'),
          templates: [1, 2].map((id) => ({ ...person('x').templates[0], id }) as StoredIdentity['templates'][number]),
        },
      },
      { type: 'put', identity: person('new') },
      { type: 'put', identity: person('brief') },
      { type: 'remove', id: 'brief' },
    ]);
    const expected = { identities: 3, templates: 4 };
    expect(await store.stats()).toEqual(expected);
    expect(await (await reopen()).stats()).toEqual(expected);
  });

  describe('a reading', () => {
    const COUNT = 160;
    const first = 'person 0000';
    const last = `person ${String(COUNT - 1).padStart(4, '0')}`;
    const changes: readonly (readonly [string, (target: GalleryStore) => Promise<void>])[] = [
      ['removes somebody', (target) => target.write([{ type: 'remove', id: last }])],
      ['removes somebody who was read', (target) => target.write([{ type: 'remove', id: first }])],
      ['adds somebody', (target) => target.write([{ type: 'put', identity: person('zoe') }])],
      [
        'adds somebody and removes them',
        (target) =>
          target.write([
            { type: 'put', identity: person('zoe') },
            { type: 'remove', id: 'zoe' },
          ]),
      ],
      ['replaces somebody', (target) => target.write([{ type: 'put', identity: person(last, 99) }])],
      [
        'replaces somebody twice',
        async (target) => {
          await target.write([{ type: 'put', identity: person(last, 98) }]);
          await target.write([{ type: 'remove', id: last }]);
          await target.write([{ type: 'put', identity: person(last, 99) }]);
        },
      ],
      ['removes everybody', (target) => target.write(people(COUNT).map(({ id }) => ({ type: 'remove', id })))],
    ];
    it.each(changes)('sees what was there when it began, if a change meanwhile %s', async (_, change) => {
      const before = people(COUNT);
      // Within and around the first batch.
      for (const at of [0, 31, 32, 150]) {
        await store.rewrite(HEADER, before);
        const seen: StoredIdentity[] = [];
        for await (const identity of store.read()) {
          if (seen.length === at) await change(store);
          seen.push(identity);
        }
        expect(seen.map(({ id, templates }) => `${id} ${templates[0]?.vector}`).sort(), `at ${at}`).toEqual(
          before.map(({ id, templates }) => `${id} ${templates[0]?.vector}`),
        );
      }
    });

    it('fails if everything is replaced meanwhile', async () => {
      await store.rewrite(HEADER, people(COUNT));
      const reading = async (): Promise<void> => {
        let count = 0;
        for await (const _ of store.read()) if (count++ === 0) await store.rewrite(HEADER, [person('zoe')]);
      };
      await expect(reading()).rejects.toMatchObject({ code: 'IO_FAILED', message: expect.stringContaining('read it again') });
      expect(idsOf(await collect(store.read()))).toEqual(['zoe']);
    });

    it('fails if the store is closed meanwhile', async () => {
      await store.rewrite(HEADER, people(3));
      const reading = async (): Promise<void> => {
        for await (const _ of store.read()) await store.close();
      };
      expect(await codeOf(reading)).toBe('DISPOSED');
    });
  });

  describe('a rewrite', () => {
    it('that was interrupted leaves nothing behind', async () => {
      await store.rewrite(HEADER, [person('ada')]);
      // As a page that was closed in the middle leaves it.
      await behind(async (db) => {
        for (const generation of [0, 2, 7]) await db.put('identities', { ...person('eve'), generation });
      });
      expect(idsOf(await collect((await reopen()).read()))).toEqual(['ada']);
      expect(await behind((db) => db.getAllKeys('identities'))).toEqual([[1, 'ada']]);
    });

    it('that was the first and was interrupted leaves no gallery', async () => {
      await behind((db) => db.put('identities', { ...person('eve'), generation: 1 }));
      expect(await (await reopen()).readHeader()).toBeUndefined();
      await store.rewrite(HEADER, [person('ada')]);
      expect(idsOf(await collect(store.read()))).toEqual(['ada']);
    });

    it('that failed leaves nothing behind', async () => {
      await store.rewrite(HEADER, [person('ada')]);
      // More than one batch, so that some were written.
      const failing = function* (): Generator<StoredIdentity> {
        yield* people(1_500);
        throw new RangeError('The source broke.');
      };
      await expect(store.rewrite(HEADER, failing())).rejects.toThrow('The source broke.');
      expect(await behind((db) => db.getAllKeys('identities'))).toEqual([[1, 'ada']]);
    });

    it('removes what it replaces', async () => {
      await store.rewrite(HEADER, [person('ada')]);
      await store.rewrite(HEADER, [person('bob')]);
      expect(await behind((db) => db.getAllKeys('identities'))).toEqual([[2, 'bob']]);
    });

    it('during which the store is closed changes nothing', async () => {
      await store.rewrite(HEADER, [person('ada')]);
      const source = async function* (): AsyncGenerator<StoredIdentity> {
        yield* people(1_500);
        await store.close();
        yield person('zoe');
      };
      expect(await codeOf(() => store.rewrite(HEADER, source()))).toBe('DISPOSED');
      expect(idsOf(await collect((await reopen()).read()))).toEqual(['ada']);
      expect(await behind((db) => db.count('identities'))).toBe(1);
    });
  });

  describe('records that somebody changed', () => {
    const good = { ...person('eve'), generation: 1 };
    const [template] = good.templates;
    const bad: readonly (readonly [string, object, string])[] = [
      ['details that are no bytes', { ...good, details: '{}' }, 'details'],
      ['no templates', { ...good, templates: [] }, 'no templates'],
      ['templates that are no list', { ...good, templates: { 0: template } }, 'no templates'],
      ['a template that is null', { ...good, templates: [null] }, 'no object'],
      ['a template without bytes', { ...good, templates: [{ id: 1 }] }, 'no bytes'],
      ['a vector of other numbers', { ...good, templates: [{ ...template, vector: Float32Array.of(1, 2, 3, 4) }] }, 'no bytes'],
      ['a vector that is too short', { ...good, templates: [{ ...template, vector: new Uint8Array(12) }] }, '12 bytes'],
      ['templates out of order', { ...good, templates: [template, template] }, 'ascending'],
    ];
    it.each(bad)('are left out and told: %s', async (_, record, message) => {
      await store.rewrite(HEADER, [person('ada'), person('zoe')]);
      await behind((db) => db.put('identities', record));
      expect(idsOf(await collect((await reopen()).read()))).toEqual(['ada', 'zoe']);
      expect(await collect(store.list())).toHaveLength(2);
      expect(await store.get('eve')).toBeUndefined();
      expect(await store.stats()).toMatchObject({ identities: 2 });
      expect(store.damage).toEqual([{ where: 'record "eve"', message: expect.stringContaining(message), identity: 'eve' }]);
      await store.write([{ type: 'put', identity: person('eve') }]);
      expect(store.damage).toEqual([]);
      expect(await store.stats()).toMatchObject({ identities: 3 });
      expect(await store.get('eve')).toEqual(person('eve'));
    });

    it('are left out if their ids are none', async () => {
      await store.rewrite(HEADER, [person('ada')]);
      await behind(async (db) => {
        for (const id of [7, 'a\nb', new Date(0)]) await db.put('identities', { ...good, id });
      });
      expect(idsOf(await collect((await reopen()).read()))).toEqual(['ada']);
      expect(store.damage).toHaveLength(3);
    });

    it('do not make other records than those of the header', async () => {
      const sealed = { ...HEADER, encryption: { algorithm: 'AES-GCM-256', keyCheck: 'AAAA' } } as const;
      const identity = { ...person('ada'), templates: [{ id: 1, vector: new Uint8Array(45), details: DETAILS }] };
      await store.rewrite(sealed, [identity]);
      expect(await collect((await reopen()).read())).toEqual([identity]);
    });

    const heads: readonly (readonly [string, unknown, string])[] = [
      ['a later version', { generation: 1, header: { ...HEADER, formatVersion: 2 } }, 'GALLERY_UNSUPPORTED'],
      ['no header', { generation: 1 }, 'GALLERY_DAMAGED'],
      ['another header', { generation: 1, header: { ...HEADER, dimension: 'four' } }, 'GALLERY_DAMAGED'],
      ['no generation', { header: HEADER }, 'GALLERY_DAMAGED'],
      ['null', null, 'GALLERY_DAMAGED'],
    ];
    it.each(heads)('are refused as a head: %s', async (_, head, code) => {
      await store.rewrite(HEADER, [person('ada')]);
      await behind((db) => db.put('head', head, 'gallery'));
      expect(await codeOf(reopen)).toBe(code);
      // Nothing is thrown away that a newer version could read, and the lock is free again.
      expect(await behind((db) => db.count('identities'))).toBe(1);
      await behind((db) => db.put('head', { generation: 1, header: HEADER }, 'gallery'));
      expect(idsOf(await collect((await reopen()).read()))).toEqual(['ada']);
    });

    it('are refused as a database of a later version', async () => {
      await store.close();
      (await openDB(`isoface-gallery:${name}`, 2)).close();
      expect(await codeOf(reopen)).toBe('GALLERY_UNSUPPORTED');
    });

    it('are refused as a database of other tables', async () => {
      await store.close();
      await deleteIndexedDbGallery(name);
      (await openDB(`isoface-gallery:${name}`, 1)).close();
      expect(await codeOf(reopen)).toBe('GALLERY_DAMAGED');
    });
  });

  describe('deleting', () => {
    it('closes the store that has the gallery open', async () => {
      await store.rewrite(HEADER, [person('ada')]);
      await deleteIndexedDbGallery(name);
      expect(await codeOf(() => store.get('ada'))).toBe('DISPOSED');
      expect(await (await reopen()).readHeader()).toBeUndefined();
    });

    it('waits for a change under way', async () => {
      await store.rewrite(HEADER, []);
      const writing = codeOf(() => store.write(people(50).map((identity) => ({ type: 'put', identity }))));
      await deleteIndexedDbGallery(name);
      expect(['none', 'DISPOSED']).toContain(await writing);
      expect((await indexedDB.databases()).map((database) => database.name)).not.toContain(store.location);
    });

    it('does not mind a gallery that is not there', async () => {
      await deleteIndexedDbGallery('nobody made this one');
    });
  });

  it('stops waiting for the database when the signal says so', async () => {
    await store.close();
    // A connection that does not give way keeps a deletion waiting, and that keeps us waiting.
    const stubborn = await openDB(`isoface-gallery:${name}`);
    const deleting = deleteIndexedDbGallery(name);
    const controller = new AbortController();
    const opening = openIndexedDbStore(name, { signal: controller.signal });
    const reason = new Error('Enough.');
    setTimeout(() => controller.abort(reason), 50);
    await expect(opening).rejects.toBe(reason);
    await expect(openIndexedDbStore(name, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    stubborn.close();
    await deleting;
    await reopen();
  });

  describe('without what it needs', () => {
    const missing: readonly (readonly [string, object, string, PropertyDescriptor])[] = [
      ['Web Locks', navigator, 'locks', { value: undefined }],
      ['IndexedDB', globalThis, 'indexedDB', { value: undefined }],
      [
        'permission to store',
        IDBFactory.prototype,
        'open',
        {
          value: () => {
            throw new DOMException('Denied.', 'SecurityError');
          },
        },
      ],
    ];
    it.each(missing)('says so: %s', async (_, target, property, descriptor) => {
      await store.close();
      const own = Object.getOwnPropertyDescriptor(target, property);
      Object.defineProperty(target, property, { ...descriptor, configurable: true, writable: true });
      try {
        expect(await codeOf(() => openIndexedDbStore(name))).toBe('BACKEND_UNAVAILABLE');
      } finally {
        Reflect.deleteProperty(target, property);
        if (own !== undefined) Object.defineProperty(target, property, own);
      }
      await reopen();
    });
  });

  it('closes if the lock is taken away', async () => {
    await store.rewrite(HEADER, [person('ada')]);
    await navigator.locks.request(store.location, { steal: true }, async () => {});
    await expect.poll(() => codeOf(() => store.get('ada'))).toBe('DISPOSED');
    expect(idsOf(await collect((await reopen()).read()))).toEqual(['ada']);
  });
});
