/** What every gallery store must do, whatever it keeps its bytes in. */

import { isFaceError } from '@isoface/core';
import type { GalleryChange, GalleryHeader, GalleryStore, StoredIdentity, StoredTemplate } from '@isoface/core/gallery';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** A store and what a test needs to look behind it. */
export interface StoreUnderTest {
  readonly store: GalleryStore;
  /** Closes the store and opens the same data again. Absent for stores that forget. */
  reopen?(): Promise<GalleryStore>;
  /** Every byte the store keeps, to be searched for deleted templates; absent where the system keeps them out of reach. */
  rawBytes?(): Promise<Uint8Array>;
  /** Opens a second writer on the same data while the first is open. */
  openSecond?(): Promise<GalleryStore>;
  /** Closes and deletes everything. */
  destroy(): Promise<void>;
}

/** What stores may differ in. */
export interface StoreTraits {
  /** Whether a second writer is refused, is welcome, or cannot exist because each object has data of its own. */
  readonly writers: 'one' | 'many' | 'unshared';
  /** Whether `rawBytes` tells everything that the store keeps. */
  readonly hasRawBytes: boolean;
}

const DIMENSION = 8;
/** The same in every run; what it says is not looked at by a store. */
const HEADER: GalleryHeader = {
  formatVersion: 1,
  galleryId: '00112233445566778899aabbccddeeff',
  contract: 'c'.repeat(64),
  dimension: DIMENSION,
  metric: 'cosine',
  normalization: 'l2',
  pack: 'test',
  createdAtMs: 1_700_000_000_000,
};
/** Ids that file names, SQL, JSON, sorting by locale or byte order would stumble over. */
const ODD_IDS = [
  'ada',
  'Ada',
  'ädä',
  '../../etc/passwd',
  'C:\\con',
  "Robert'); DROP TABLE identity;--",
  '"quoted" `ticks` $1 %s',
  '__proto__',
  'constructor',
  '张伟',
  'مريم',
  '👩‍🚀',
  '\u{10ffff}',
  '\uffee',
  '.',
  'x'.repeat(256),
];

/** Runs the suite for one kind of store. `open` gives an empty store that nothing else uses. */
export function describeGalleryStore(name: string, open: () => Promise<StoreUnderTest>, traits: StoreTraits): void {
  describe(`gallery store: ${name}`, () => {
    let under: StoreUnderTest;
    let store: GalleryStore;
    beforeEach(async () => {
      under = await open();
      store = under.store;
    });
    afterEach(() => under.destroy());

    const reopened = async (): Promise<GalleryStore> => {
      if (under.reopen !== undefined) store = await under.reopen();
      return store;
    };

    it('is empty at first, and says so', async () => {
      expect(await store.readHeader()).toBeUndefined();
      expect(store.readOnly).toBe(false);
      expect(store.damage).toEqual([]);
      expect(store.location).not.toBe('');
    });

    it('creates a gallery with a header and nobody in it', async () => {
      await store.rewrite(HEADER, []);
      const again = await reopened();
      expect(await again.readHeader()).toEqual(HEADER);
      expect(await collect(again.read())).toEqual([]);
      expect(await collect(again.list())).toEqual([]);
      expect(await again.get('ada')).toBeUndefined();
      expect(await again.stats()).toMatchObject({ identities: 0, templates: 0 });
    });

    it('keeps what the header says of protection', async () => {
      const header: GalleryHeader = {
        ...HEADER,
        encryption: { algorithm: 'AES-GCM-256', keyCheck: 'AAEC' },
        transform: { algorithm: 'orthonormal-1', keyCheck: '/+==' },
      };
      await store.rewrite(header, [identity('sealed', [1], { sealed: true })]);
      const again = await reopened();
      expect(await again.readHeader()).toEqual(header);
      expect(await again.get('sealed')).toEqual(identity('sealed', [1], { sealed: true }));
    });

    it('gives back what was put, byte for byte', async () => {
      await store.rewrite(HEADER, []);
      const ada = identity('ada', [1, 2, 7]);
      const bob = identity('bob', [1]);
      await store.write([put(ada), put(bob)]);
      const again = await reopened();
      expect(await again.get('ada')).toEqual(ada);
      expect(byId(await collect(again.read()))).toEqual([ada, bob]);
      expect(await collect(again.list())).toEqual([
        { id: 'ada', templates: 3 },
        { id: 'bob', templates: 1 },
      ]);
      expect(await again.stats()).toMatchObject({ identities: 2, templates: 4 });
    });

    it('keeps any id, and lists by code units', async () => {
      await store.rewrite(HEADER, []);
      for (const id of ODD_IDS) await store.write([put(identity(id, [1]))]);
      const again = await reopened();
      const sorted = [...ODD_IDS].sort((a, b) => (a < b ? -1 : 1));
      expect((await collect(again.list())).map(({ id }) => id)).toEqual(sorted);
      for (const id of ODD_IDS) expect(await again.get(id), id).toEqual(identity(id, [1]));
    });

    it('replaces an identity as a whole', async () => {
      await store.rewrite(HEADER, [identity('ada', [1, 2])]);
      const after = identity('ada', [2, 3], { salt: 9 });
      await store.write([put(after)]);
      const again = await reopened();
      expect(await again.get('ada')).toEqual(after);
      expect(await again.stats()).toMatchObject({ identities: 1, templates: 2 });
    });

    it('applies changes in their order', async () => {
      await store.rewrite(HEADER, [identity('bob', [1])]);
      const last = identity('ada', [5]);
      await store.write([put(identity('ada', [1])), remove('ada'), remove('bob'), put(identity('bob', [2])), put(last), remove('nobody')]);
      const again = await reopened();
      expect(byId(await collect(again.read()))).toEqual([last, identity('bob', [2])]);
    });

    it('does not care what the caller does with the bytes afterwards', async () => {
      await store.rewrite(HEADER, []);
      const ada = identity('ada', [1]);
      await store.write([put(ada)]);
      for (const bytes of [ada.details, ...ada.templates.flatMap((template) => [template.vector, template.details])]) bytes.fill(255);
      const first = await store.get('ada');
      first?.details.fill(7);
      expect(await store.get('ada')).toEqual(identity('ada', [1]));
    });

    it('replaces everything at once, also from itself', async () => {
      await store.rewrite(HEADER, [identity('ada', [1]), identity('bob', [1, 2])]);
      const header = { ...HEADER, pack: 'other' };
      const renamed = async function* (): AsyncGenerator<StoredIdentity> {
        for await (const { id, ...rest } of store.read()) yield { ...rest, id: `${id}-2` };
      };
      await store.rewrite(header, renamed());
      const again = await reopened();
      expect(await again.readHeader()).toEqual(header);
      expect((await collect(again.list())).map(({ id }) => id)).toEqual(['ada-2', 'bob-2']);
      expect(await again.get('ada')).toBeUndefined();
    });

    it('changes nothing if a rewrite fails half way', async () => {
      const before = [identity('ada', [1]), identity('bob', [1, 2])];
      await store.rewrite(HEADER, before);
      const failing = async function* (): AsyncGenerator<StoredIdentity> {
        yield identity('eve', [1]);
        yield identity('mallory', [1]);
        throw new RangeError('The source broke.');
      };
      await expect(store.rewrite({ ...HEADER, pack: 'other' }, failing())).rejects.toThrow(new RangeError('The source broke.'));
      const again = await reopened();
      expect(await again.readHeader()).toEqual(HEADER);
      expect(byId(await collect(again.read()))).toEqual(before);
      await again.write([put(identity('cy', [1]))]);
      expect(await again.stats()).toMatchObject({ identities: 3, templates: 4 });
    });

    it('refuses an identity that comes twice in a rewrite', async () => {
      await store.rewrite(HEADER, [identity('ada', [1])]);
      const twice = [identity('bob', [1]), identity('eve', [1]), identity('bob', [2])];
      expect(await failure(store.rewrite(HEADER, twice))).toMatchObject({ code: 'IDENTITY_EXISTS', details: { id: 'bob' } });
      expect(byId(await collect((await reopened()).read()))).toEqual([identity('ada', [1])]);
    });

    it('keeps many identities, and large ones', async () => {
      const many = Array.from({ length: 600 }, (_, i) => identity(`person ${i}`, [1]));
      const large = identity(
        'large',
        Array.from({ length: 300 }, (_, i) => i + 1),
        { detailBytes: 3_000 },
      );
      await store.rewrite(HEADER, [...many, large]);
      const again = await reopened();
      // As texts: comparing thousands of arrays number by number takes seconds.
      expect(byId(await collect(again.read())).map(toText)).toEqual(byId([...many, large]).map(toText));
      expect(await again.stats()).toMatchObject({ identities: 601, templates: 900 });
    });

    it('stops reading when the signal says so', async () => {
      await store.rewrite(
        HEADER,
        Array.from({ length: 50 }, (_, i) => identity(`person ${i}`, [1])),
      );
      const reason = new Error('Enough.');
      const readings: ((signal: AbortSignal) => AsyncIterable<unknown>)[] = [
        (signal) => store.read({ signal }),
        (signal) => store.list({ signal }),
      ];
      for (const read of readings) {
        const controller = new AbortController();
        const reading = (async () => {
          for await (const _ of read(controller.signal)) controller.abort(reason);
        })();
        await expect(reading).rejects.toBe(reason);
      }
    });

    it('can be left in the middle of reading', async () => {
      await store.rewrite(
        HEADER,
        Array.from({ length: 50 }, (_, i) => identity(`person ${i}`, [1])),
      );
      for await (const first of store.read()) {
        expect(first.templates).toHaveLength(1);
        break;
      }
      await store.write([remove('person 7')]);
      expect(await store.stats()).toMatchObject({ identities: 49 });
    });

    it('is compacted without a loss, where it offers that', async () => {
      await store.rewrite(HEADER, []);
      for (let i = 0; i < 5; i++) await store.write([put(identity('ada', [1], { salt: i })), put(identity(`guest ${i}`, [1]))]);
      await store.write([remove('guest 1')]);
      const before = byId(await collect(store.read()));
      await store.compact?.();
      const again = await reopened();
      expect(byId(await collect(again.read()))).toEqual(before);
      await again.write([put(identity('late', [1]))]);
      expect(await again.stats()).toMatchObject({ identities: before.length + 1 });
    });

    if (traits.hasRawBytes) {
      it('leaves no byte of what was removed or replaced', async () => {
        const readRaw = required(under.rawBytes);
        const [gone, old, replaced, stays] = [marked('gone', 1), marked('old', 2), marked('old', 3), marked('stays', 4)];
        await store.rewrite(HEADER, [stays.identity, old.identity]);
        await store.write([put(gone.identity)]);
        expect(holds(await readRaw(), gone.vector), 'the search itself works').toBe(true);
        await store.write([remove('gone'), put(replaced.identity)]);
        for (const state of ['open', 'compacted', 'reopened']) {
          if (state === 'compacted') await store.compact?.();
          if (state === 'reopened') await reopened();
          const raw = await readRaw();
          for (const bytes of [gone.vector, gone.details, old.vector, old.details]) expect(holds(raw, bytes), state).toBe(false);
          for (const bytes of [replaced.vector, stays.vector, stays.details]) expect(holds(raw, bytes), state).toBe(true);
        }
      });
    }

    it('fails with DISPOSED after it was closed, and closes twice', async () => {
      await store.rewrite(HEADER, [identity('ada', [1])]);
      await store.close();
      await store.close();
      const calls: (() => Promise<unknown>)[] = [
        () => store.readHeader(),
        () => store.get('ada'),
        () => store.write([remove('ada')]),
        () => store.stats(),
        () => store.rewrite(HEADER, []),
        () => collect(store.read()),
        () => collect(store.list()),
      ];
      for (const call of calls) expect(await failure(call())).toMatchObject({ code: 'DISPOSED' });
    });

    if (traits.writers === 'one') {
      it('refuses a second writer, until the first has closed', async () => {
        const openSecond = required(under.openSecond);
        await store.rewrite(HEADER, [identity('ada', [1])]);
        expect(await failure(openSecond())).toMatchObject({ code: 'GALLERY_LOCKED' });
        await store.write([put(identity('bob', [1]))]);
        await store.close();
        const second = await openSecond();
        expect(byId(await collect(second.read()))).toEqual([identity('ada', [1]), identity('bob', [1])]);
        await second.close();
      });
    } else if (traits.writers === 'many') {
      it('lets two writers work at the same time', async () => {
        const openSecond = required(under.openSecond);
        await store.rewrite(HEADER, []);
        const second = await openSecond();
        const writeTo = (target: GalleryStore, prefix: string): Promise<void>[] =>
          Array.from({ length: 10 }, (_, i) => target.write([put(identity(`${prefix} ${i}`, [1])), put(identity('both', [i + 1]))]));
        await Promise.all([...writeTo(store, 'a'), ...writeTo(second, 'b')]);
        await second.close();
        expect(await store.stats()).toMatchObject({ identities: 21, templates: 21 });
      });
    }
  });
}

interface Variation {
  /** Other bytes for the same names. */
  readonly salt?: number;
  readonly detailBytes?: number;
  /** Vectors that are no float32 numbers of the header's dimension. */
  readonly sealed?: boolean;
}

/** An identity whose bytes follow from its names. */
function identity(id: string, templates: readonly number[], variation: Variation = {}): StoredIdentity {
  return { id, details: bytesOf(`${id}/details`, variation), templates: templates.map((template) => templateOf(id, template, variation)) };
}

function templateOf(id: string, template: number, variation: Variation): StoredTemplate {
  const { salt = 0, sealed = false } = variation;
  const vector = Float32Array.from({ length: DIMENSION }, (_, i) => Math.sin(template * 31 + i * 7 + salt + id.length));
  const bytes = new Uint8Array(DIMENSION * 4 + (sealed ? 29 : 0));
  bytes.set(new Uint8Array(vector.buffer));
  return { id: template, vector: bytes, details: bytesOf(`${id}/${template}`, variation) };
}

/** JSON, as the gallery writes it. */
function bytesOf(name: string, { salt = 0, detailBytes = 0 }: Variation): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ name, salt, filler: 'f'.repeat(detailBytes) }));
}

/** An identity with bytes that occur nowhere else. */
function marked(
  id: string,
  mark: number,
): { readonly identity: StoredIdentity; readonly vector: Uint8Array; readonly details: Uint8Array } {
  const vector = new Uint8Array(Float32Array.from({ length: DIMENSION }, (_, i) => Math.fround(0.1234567 * mark + 0.0101 * i)).buffer);
  // No eight bytes in a row are those of another mark.
  const details = new TextEncoder().encode(JSON.stringify(Array.from({ length: 6 }, (_, i) => `m${mark}${i}`)));
  return { identity: { id, details, templates: [{ id: 1, vector, details }] }, vector, details };
}

/** Whether eight bytes in a row of `part` are somewhere in `whole`. */
function holds(whole: Uint8Array, part: Uint8Array): boolean {
  const text = toLatin1(whole);
  for (let at = 0; at + 8 <= part.length; at += 8) if (text.includes(toLatin1(part.subarray(at, at + 8)))) return true;
  return false;
}

function toText({ id, details, templates }: StoredIdentity): string {
  return [
    id,
    toLatin1(details),
    ...templates.map((template) => `${template.id} ${toLatin1(template.vector)} ${toLatin1(template.details)}`),
  ].join('\n');
}

/** The store's test promised it in its traits. */
function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('Expected what the traits of the store under test promise.');
  return value;
}

function toLatin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8_192) text += String.fromCharCode(...bytes.subarray(at, at + 8_192));
  return text;
}

function put(subject: StoredIdentity): GalleryChange {
  return { type: 'put', identity: subject };
}

function remove(id: string): GalleryChange {
  return { type: 'remove', id };
}

function byId(identities: readonly StoredIdentity[]): StoredIdentity[] {
  return [...identities].sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

async function failure(call: Promise<unknown>): Promise<{ readonly code: string; readonly message: string; readonly details: unknown }> {
  try {
    await call;
  } catch (error) {
    if (!isFaceError(error)) throw error;
    return error;
  }
  throw new Error('Expected the call to fail, and it did not.');
}
