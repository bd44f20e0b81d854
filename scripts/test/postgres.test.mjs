import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPostgres, startPostgres } from '../postgres.mjs';

let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'isoface-find-postgres-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A folder with programs that answer as PostgreSQL's do. */
function makeServer(major) {
  const bin = join(root, 'bin');
  mkdirSync(bin);
  const answer = `case "$1" in --version) echo "PostgreSQL ${major}.3 (Debian)";; *) echo "${root}/share";; esac`;
  for (const name of ['initdb', 'postgres', 'pg_config']) writeFileSync(join(bin, name), `#!/bin/sh\n${answer}\n`, { mode: 0o755 });
  return bin;
}

describe('the search for a PostgreSQL server', () => {
  it.each([
    ['without pgvector', [], undefined],
    ['with pgvector of the distribution', ['share/extension/vector.control'], 'installed'],
    ['with pgvector that was compiled for it', ['cache/17/vector.so'], 'built'],
    ['with pgvector that was compiled for another', ['cache/15/vector.so'], undefined],
  ])('finds one %s', (_, files, vector) => {
    const bin = makeServer(17);
    for (const file of files) {
      mkdirSync(join(root, file, '..'), { recursive: true });
      writeFileSync(join(root, file), '');
    }
    expect(findPostgres({ env: { ISOFACE_POSTGRES: bin }, cache: join(root, 'cache') })).toEqual({ bin, major: '17', vector });
  });

  it.each([
    ['nothing is wanted', 'none'],
    ['the folder holds none', '/usr/share'],
  ])('finds nothing where %s', (_, folder) => {
    expect(findPostgres({ env: { ISOFACE_POSTGRES: folder } })).toBeUndefined();
  });
});

describe.runIf(findPostgres()?.vector !== undefined)('a server of its own', () => {
  it('leaves nothing behind', async () => {
    const server = await startPostgres();
    expect(existsSync(join(server.host, '.s.PGSQL.5432'))).toBe(true);
    await server.stop();
    expect(existsSync(server.host)).toBe(false);
  });
});
