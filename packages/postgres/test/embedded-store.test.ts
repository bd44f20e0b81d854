import { describeGalleryStore } from '@isoface/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbedded, openUnderTest } from './support/databases.ts';
import { HEADER, person } from './support/gallery-data.ts';
import { describePostgresStore } from './support/store-cases.ts';

let database: Awaited<ReturnType<typeof openEmbedded>>;
beforeAll(async () => {
  database = await openEmbedded();
});
afterAll(() => database.close());

describeGalleryStore('PostgreSQL embedded (PGlite)', () => openUnderTest(database), { writers: 'many', hasRawBytes: false });

describePostgresStore('PGlite', () => database);

describe('files of an embedded gallery', () => {
  /** Names of the files in which the eight bytes are. */
  const holders = async (needle: Buffer): Promise<string[]> => {
    const tar = Buffer.from(await (await database.client.dumpDataDir('none')).arrayBuffer());
    const names: string[] = [];
    for (let at = 0; at + 512 <= tar.length; ) {
      const [name = ''] = tar.toString('latin1', at, at + 100).split('\0');
      if (name === '') break;
      const size = Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8) || 0;
      if (tar.subarray(at + 512, at + 512 + size).includes(needle)) names.push(name);
      at += 512 + Math.ceil(size / 512) * 512;
    }
    return names;
  };
  const marked = (id: string, mark: number) => person(id, [0.1234567 * mark, 0.7654321, mark, 0.5]);
  const bytesOf = (mark: number): Buffer => Buffer.from(Float32Array.of(0.1234567 * mark, 0.7654321).buffer);

  it.each([
    ['after compact', 11, {}],
    ['at once, if it is told so', 21, { eraseAtOnce: true }],
  ])('hold nothing of what was removed or replaced, log included, %s', async (_, mark, options) => {
    const { store, destroy } = await openUnderTest(database, options);
    await store.rewrite(HEADER, [marked('stays', mark), marked('old', mark + 1)]);
    await store.write([{ type: 'put', identity: marked('gone', mark + 2) }]);
    expect(await holders(bytesOf(mark + 2)), 'the search itself works').not.toEqual([]);
    await store.write([
      { type: 'remove', id: 'gone' },
      { type: 'put', identity: marked('old', mark + 3) },
    ]);
    if (!('eraseAtOnce' in options)) {
      // Deleted rows are only marked as such, and the log keeps what was written.
      expect((await holders(bytesOf(mark + 2))).some((name) => name.includes('pg_wal'))).toBe(true);
      await store.compact?.();
    }
    expect(await holders(bytesOf(mark + 1))).toEqual([]);
    expect(await holders(bytesOf(mark + 2))).toEqual([]);
    for (const kept of [mark, mark + 3]) expect(await holders(bytesOf(kept))).not.toEqual([]);
    await destroy();
  });
});
