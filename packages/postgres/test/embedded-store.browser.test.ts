import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { createPostgresStore } from '@isoface/postgres';
import { describeGalleryStore } from '@isoface/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HEADER, person } from './support/gallery-data.ts';

let client: PGlite;
beforeAll(async () => {
  client = await PGlite.create({ extensions: { vector } });
});
afterAll(() => client.close());

let count = 0;
describeGalleryStore(
  'PostgreSQL embedded (PGlite in a browser)',
  async () => {
    const schema = `gallery ${count++}`;
    const open = () => createPostgresStore(client, { schema });
    let store = await open();
    return {
      store,
      reopen: async () => {
        await store.close();
        store = await open();
        return store;
      },
      openSecond: open,
      destroy: async () => {
        await store.close();
        await client.query(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`);
      },
    };
  },
  { writers: 'many', hasRawBytes: false },
);

it('searches in a browser', async () => {
  const store = await createPostgresStore(client, { schema: 'searched' });
  await store.rewrite(HEADER, [person('ada', [1, 0, 0, 0]), person('bob', [0.6, 0.8, 0, 0], [0, 0, 1, 0])]);
  const found = (await store.search?.(Float32Array.of(0, 1, 0, 0), { identities: 1 })) ?? [];
  expect(found.map(({ id, template }) => `${id} ${template.id}`)).toEqual(['bob 1']);
  await store.close();
});
