import { type FaceError, isFaceError } from '@isoface/core';
import { createPostgresStore, type SqlClient } from '@isoface/postgres';
import { describe, expect, it } from 'vitest';
import { HEADER } from './support/gallery-data.ts';

const failing = (message: string, facts: Record<string, unknown> = {}): Error => Object.assign(new Error(message), facts);

/** An embedded database in which a statement that begins like this fails. */
function brokenClient(begins: string, error: unknown, rows: readonly unknown[] = [{ name: 'people' }]): SqlClient {
  const runner = {
    async query(statement: string) {
      if (statement.startsWith(begins)) throw error;
      return { rows: statement.includes('pg_extension e') ? [] : rows };
    },
  };
  return { ...runner, transaction: (work) => work(runner) };
}

async function failure(call: Promise<unknown>): Promise<FaceError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isFaceError(error)) throw new Error(`Expected a FaceError, got ${String(error)}.`);
  return error;
}

describe('errors of the database', () => {
  it.each([
    ['a full disk', failing('could not extend file', { code: '53100' }), 'STORAGE_FULL'],
    ['a full disk of an embedded database', failing('no space left', { code: 'ENOSPC' }), 'STORAGE_FULL'],
    ['a browser’s quota', failing('quota', { name: 'QuotaExceededError' }), 'STORAGE_FULL'],
    ['a lock that another one holds', failing('canceling statement due to lock timeout', { code: '55P03' }), 'GALLERY_LOCKED'],
    ['a role without rights', failing('permission denied for schema people', { code: '42501' }), 'IO_FAILED'],
    ['a server that does not answer', failing('connect ECONNREFUSED 127.0.0.1:5432', { code: 'ECONNREFUSED' }), 'IO_FAILED'],
    ['a broken pipe', failing('write EPIPE', { code: 'EPIPE' }), 'IO_FAILED'],
    ['something that is no error', 'no', 'IO_FAILED'],
  ])('tells %s', async (_, error, code) => {
    expect(await failure(createPostgresStore(brokenClient('SELECT', error)))).toMatchObject({ code });
  });

  it.each([
    ['the password of a URL', failing('Invalid URL: postgres://isoface:hunter2@db.example/people', { code: 'ERR_INVALID_URL' })],
    ['the password of a connection string', failing("bad option in host=db password='hunter2 ' user=isoface")],
    ['what was being stored', failing('invalid input syntax for type vector: "[hunter2]"', { code: '22P02', detail: 'hunter2' })],
    ['whose row it was', failing('duplicate key', { code: '23505', detail: 'Key (id)=(hunter2) already exists.' })],
  ])('does not give away %s', async (_, error) => {
    const { message, details, cause } = await failure(createPostgresStore(brokenClient('SELECT', error)));
    expect(`${message} ${JSON.stringify(details)}`).not.toContain('hunter2');
    expect(cause).toBeUndefined();
  });

  it.each([
    ['that the server has no pgvector', '0A000', /install pgvector/],
    ['that the role may not install pgvector', '42501', /administrator/],
  ])('says %s', async (_, code, advice) => {
    // Every state is asked for with LOCK first: there is no gallery yet.
    const missing = failing('relation does not exist', { code: '42P01' });
    const client = brokenClient('CREATE EXTENSION', failing('no', { code }));
    const store = await createPostgresStore(withFailure(client, 'LOCK', missing));
    const error = await failure(store.rewrite(HEADER, []));
    expect(error).toMatchObject({ code: 'BACKEND_UNAVAILABLE', message: expect.stringMatching(advice) });
  });

  it.each([
    ['40001', 'could not serialize access'],
    ['40P01', 'deadlock detected'],
  ])('tries a change again after %s, but not for ever', async (code, message) => {
    let attempts = 0;
    const client: SqlClient = {
      query: async () => ({ rows: [{ name: 'people' }] }),
      transaction: async (work) =>
        work({
          async query(statement) {
            if (!statement.startsWith('LOCK')) return { rows: [] };
            if (!statement.includes('ROW EXCLUSIVE')) throw failing('relation does not exist', { code: '42P01' });
            attempts++;
            throw failing(message, { code });
          },
        }),
    };
    const store = await createPostgresStore(client);
    expect(await failure(store.write([{ type: 'remove', id: 'ada' }]))).toMatchObject({ code: 'GALLERY_LOCKED' });
    expect(attempts).toBe(5);
  });
});

describe('options of the store', () => {
  const fine = brokenClient('LOCK', failing('relation does not exist', { code: '42P01' }));
  const pool = { connect: async () => undefined, options: { max: 2 } } as unknown as SqlClient;

  it.each([
    ['an empty schema', fine, { schema: '' }],
    ['a schema of the system', fine, { schema: 'pg_gallery' }],
    ['a schema that would be cut off', fine, { schema: 'ä'.repeat(32) }],
    ['a schema with a NUL', fine, { schema: 'a\0b' }],
    ['a search that is not known', fine, { search: 'fast' as 'exact' }],
    ['efSearch beyond what pgvector takes', fine, { efSearch: 1_001 }],
    ['probes of zero', fine, { probes: 0 }],
    ['a lock timeout of zero, which would mean for ever', fine, { lockTimeoutMs: 0 }],
    ['eraseAtOnce on a server', pool, { eraseAtOnce: true }],
    ['a single connection as client', pool, {}],
    ['a URL as client', 'postgres://localhost/people' as unknown as SqlClient, {}],
  ])('refuse %s', async (_, client, options) => {
    expect(await failure(createPostgresStore(client, options))).toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('make a schema a name, whatever it holds', async () => {
    const store = await createPostgresStore(fine, { schema: 'a"; DROP SCHEMA public; --' });
    expect(store.location).toBe('PGlite database "people", schema "a""; DROP SCHEMA public; --"');
  });
});

/** The same client with one more statement that fails. */
function withFailure(client: SqlClient, begins: string, error: unknown): SqlClient {
  if (!('transaction' in client)) throw new Error('Expected an embedded database.');
  return {
    query: (statement, parameters) => client.query(statement, parameters),
    transaction: (work) =>
      client.transaction((session) =>
        work({
          async query(statement, parameters) {
            if (statement.startsWith(begins)) throw error;
            return session.query(statement, parameters);
          },
        }),
      ),
  };
}
