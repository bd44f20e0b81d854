/** Galleries in PostgreSQL: on the server of this machine, or in PGlite where there is none. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoPhoto } from '@isoface/testkit/node';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type RunningPostgres, startPostgres } from '../../../scripts/postgres.mjs';
import { type CliRun, ENGINE, parseDocument, runInProcess } from './support/run-in-process.ts';

vi.mock('pg', async () => ({ default: { Pool: (await import('./support/pg.ts')).PgPool } }));

let folder: string;
let server: RunningPostgres | undefined;
let place: string;

const run = (...argv: string[]): Promise<CliRun> => runInProcess([...argv, '--gallery', place, '--json'], { cwd: folder });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-cli-database-'));
  await sharp(demoPhoto('sample1.jpg')).extract({ left: 1360, top: 120, width: 420, height: 420 }).toFile(join(folder, 'ada.jpg'));
  server = await startPostgres();
  place = server === undefined ? 'pglite:people' : urlOf(server, server.password);
}, 180_000);
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

function urlOf({ user, host, port }: RunningPostgres, password: string): string {
  return `postgres://${user}:${encodeURIComponent(password)}@localhost:${port}/postgres?host=${encodeURIComponent(host)}&schema=my%20people`;
}

it('enrols into a database, finds there, and removes', async () => {
  const none = await run('gallery', 'list');
  expect(none.exitCode).toBe(2);
  expect(parseDocument(none)).toMatchObject({ error: { code: 'IO_FAILED', message: expect.stringContaining('isoface enrol makes one') } });

  const enrolled = await run('enrol', 'ada', 'ada.jpg', ...ENGINE);
  expect(enrolled.exitCode, enrolled.stderr + enrolled.stdout).toBe(0);
  expect(parseDocument(enrolled)).toMatchObject({ status: 'enrolled', gallery: { identities: 1, pack: 'starter' } });
  const found = await run('identify', 'ada.jpg', ...ENGINE);
  expect(found.exitCode, found.stderr + found.stdout).toBe(0);
  expect(parseDocument(found)).toMatchObject({ images: [{ candidates: [{ id: 'ada', similarity: expect.closeTo(1, 6) }] }] });
  expect(parseDocument(await run('gallery', 'verify'))).toMatchObject({ identities: 1, damage: [], gallery: { readOnly: true } });
  expect(parseDocument(await run('gallery', 'remove', 'ada', 'bea'))).toMatchObject({ removed: ['ada'], unknown: ['bea'] });
  expect(parseDocument(await run('gallery', 'list'))).toMatchObject({ identities: [] });
  const said = [none, enrolled, found].map(({ stdout, stderr }) => stdout + stderr).join('');
  expect(said).not.toContain(server?.password ?? 'password');
});

it('keeps a password that is wrong to itself', async () => {
  if (server === undefined) return;
  const wrong = urlOf(server, 'wrong but secret');
  const refused = await runInProcess(['gallery', 'list', '--gallery', wrong], { cwd: folder });
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
  expect(refused.stderr).toMatch(
    /^isoface: IO_FAILED: Cannot open the gallery postgres:\/\/isoface@localhost:5432\/postgres\?schema=my people: .*password/,
  );
  expect(refused.stderr).not.toMatch(/wrong.*secret/);
});
