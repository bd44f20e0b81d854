/** What must not work, and must say why, where, and nothing that is secret. */

import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { GalleryHeader, GalleryStore, StoredIdentity } from '@isoface/core/gallery';
import { openFileStore } from '@isoface/runtime-node';
import { demoPhoto } from '@isoface/testkit/node';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { printable } from '../src/output/printable.ts';
import { ENGINE, parseDocument, runInProcess } from './support/run-in-process.ts';

vi.mock('pg', async () => ({ default: { Pool: (await import('./support/pg.ts')).PgPool } }));

const HEADER: GalleryHeader = {
  formatVersion: 1,
  galleryId: '0123456789abcdef0123456789abcdef',
  contract: 'a'.repeat(64),
  dimension: 4,
  metric: 'cosine',
  normalization: 'l2',
  pack: 'made-up',
  createdAtMs: 1_700_000_000_000,
};
const SECRET = 'hunter2hunter2';

let folder: string;
let locked: GalleryStore;
const at = (name: string): string => join(folder, name);

function makeIdentity(id: string): StoredIdentity {
  const json = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const vector = new Uint8Array(new Float32Array([0.6, 0, 0.8, 0]).buffer);
  const details = json({ metadata: {}, createdAtMs: 1, updatedAtMs: 1, nextTemplate: 2 });
  return { id, details, templates: [{ id: 1, vector, details: json({ createdAtMs: 1, photos: 1, flipAveraging: false }) }] };
}

async function writeGallery(name: string, ...ids: string[]): Promise<void> {
  const store = await openFileStore(at(name));
  await store.rewrite(HEADER, ids.map(makeIdentity));
  await store.close();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-cli-gallery-errors-'));
  for (const name of ['foreign.gallery', 'locked.gallery', 'damaged.gallery', 'whole.gallery'])
    await writeGallery(name, 'ada', 'bea', 'cyd');
  locked = await openFileStore(at('locked.gallery'));
  const whole = await readFile(at('whole.gallery'));
  await writeFile(at('cut.gallery'), whole.subarray(0, whole.length - 7));
  const handle = await open(at('damaged.gallery'), 'r+');
  const place = whole.indexOf('bea');
  await handle.write(Buffer.from([(whole[place + 40] as number) ^ 0xff]), 0, 1, place + 40);
  await handle.close();
  // The version stands behind the eight bytes of the signature, and their checksum behind it.
  const future = Buffer.from(whole);
  future.writeUInt32LE(2, 8);
  future.writeUInt32LE(crc32(future.subarray(0, 12)), 12);
  await writeFile(at('future.gallery'), future);
  await writeFile(at('short.key'), 'abc');
  await writeFile(at('no-tabs.tsv'), 'ada\tada.jpg\nbea bea.jpg\n');
  await writeFile(at('people.jsonl'), '{"isoface":"no gallery"}\n');
});
afterAll(async () => {
  await locked.close();
  await rm(folder, { recursive: true, force: true });
});

const photo = demoPhoto('sample1.jpg');

describe('gallery commands', () => {
  it.each([
    [
      'a gallery that is not there',
      ['gallery', 'list', '--gallery', 'none.gallery'],
      'IO_FAILED',
      /none\.gallery.*isoface enrol makes one/,
    ],
    ['a probe for a gallery that is not there', ['identify', photo, '--gallery', 'none.gallery'], 'IO_FAILED', /isoface enrol makes one/],
    ['a gallery that is a photo', ['gallery', 'stats', '--gallery', photo], 'GALLERY_DAMAGED', /not a gallery file/],
    ['a gallery that is a folder', ['gallery', 'list', '--gallery', '.'], undefined, /director|folder|file/],
    ['a gallery from the future', ['gallery', 'list', '--gallery', 'future.gallery'], 'GALLERY_UNSUPPORTED', /newer isoface/],
    [
      'a gallery that another process writes',
      ['gallery', 'remove', 'ada', '--gallery', 'locked.gallery'],
      'GALLERY_LOCKED',
      /locked\.gallery/,
    ],
    ['a key for a gallery without one', ['gallery', 'list', '--gallery', 'whole.gallery', '--key-file', 'good.key'], 'KEY_WRONG', /key/],
    ['a key that is too short', ['gallery', 'list', '--gallery', 'whole.gallery', '--key-file', 'short.key'], 'INVALID_OPTION', /32 bytes/],
    ['a key that is not there', ['gallery', 'list', '--gallery', 'whole.gallery', '--key-file', 'no.key'], 'IO_FAILED', /no\.key/],
    ['an import that is a photo', ['gallery', 'import', photo, '--gallery', 'whole.gallery'], 'GALLERY_DAMAGED', /JPEG/],
    [
      'an import that is cut off',
      ['gallery', 'import', 'cut.gallery', '--existing', 'skip', '--gallery', 'whole.gallery'],
      'GALLERY_DAMAGED',
      /./,
    ],
    ['an import that is other JSON', ['gallery', 'import', 'people.jsonl', '--gallery', 'whole.gallery'], 'GALLERY_DAMAGED', /./],
    ['an import that is not there', ['gallery', 'import', 'none', '--gallery', 'whole.gallery'], 'IO_FAILED', /no such file/],
    ['standard output for both', ['gallery', 'export', '-', '--gallery', 'whole.gallery'], 'INVALID_OPTION', /--json/],
    ['no new key', ['gallery', 'rekey', '--gallery', 'whole.gallery'], 'INVALID_OPTION', /--new-key-file/],
    [
      'a template of several people',
      ['gallery', 'remove', 'a', 'b', '--template', '1', '--gallery', 'whole.gallery'],
      'INVALID_OPTION',
      /one name/,
    ],
    ['an URL of another kind', ['gallery', 'list', '--gallery', `mysql://me:${SECRET}@db/x`], 'INVALID_OPTION', /mysql/],
    ['a URL that cannot be read', ['gallery', 'list', '--gallery', `postgres://me:${SECRET}@h:99999999/x`], 'INVALID_OPTION', /%XX/],
    ['a schema for a file', ['gallery', 'list', '--gallery', 'whole.gallery', '--schema', 'x'], 'INVALID_OPTION', /--schema/],
    [
      'a database that is not there',
      ['gallery', 'list', '--gallery', `postgres://me:${SECRET}@127.0.0.1:1/x?schema=s`],
      'IO_FAILED',
      /me@127\.0\.0\.1:1\/x/,
    ],
    ['an embedded database that is not there', ['gallery', 'list', '--gallery', 'pglite:none'], 'IO_FAILED', /isoface enrol makes one/],
    ['no name', ['enrol', '--gallery', 'new.gallery'], 'INVALID_OPTION', /--from/],
    ['a name without photos', ['enrol', 'ada', '--gallery', 'new.gallery'], 'INVALID_OPTION', /photos/],
    ['a name with control characters', ['enrol', 'a\u001b[2Jda', photo, '--gallery', 'new.gallery'], 'INVALID_OPTION', /U\+001B/],
    ['a name of spaces', ['enrol', '  ', photo, '--gallery', 'new.gallery'], 'INVALID_OPTION', /spaces/],
    ['a name beside a folder', ['enrol', 'ada', '--from', '.', '--gallery', 'new.gallery'], 'INVALID_OPTION', /one of them/],
    [
      'metadata that are no object',
      ['enrol', 'ada', photo, '--metadata', '[1]', '--gallery', 'new.gallery'],
      'INVALID_OPTION',
      /JSON object/,
    ],
    [
      'a report of no known form',
      ['enrol', '--from', '.', '--report', 'r.txt', '--gallery', 'new.gallery'],
      'INVALID_OPTION',
      /\.csv or \.json/,
    ],
    ['a list without tabs', ['enrol', '--list', 'no-tabs.tsv', '--gallery', 'new.gallery'], 'DATASET_INVALID', /line 2/],
    ['a folder without people', ['enrol', '--from', '.', '--gallery', 'new.gallery'], 'DATASET_INVALID', /./],
    ['no probe', ['identify', '--gallery', 'whole.gallery'], 'INVALID_OPTION', /images/],
    [
      'a rate and a threshold',
      ['identify', photo, '--fpir', '1e-2', '--threshold', '1', '--gallery', 'whole.gallery'],
      'INVALID_OPTION',
      /cannot be used/,
    ],
    ['too many candidates', ['identify', photo, '--limit', '1001', '--gallery', 'whole.gallery'], 'INVALID_OPTION', /1000/],
    ['no gallery', ['identify', photo], 'INVALID_OPTION', /--gallery/],
  ])('refuse %s', async (_, argv, code, message) => {
    await writeFile(at('good.key'), '0'.repeat(64), { mode: 0o600 });
    const before = await readFile(at('whole.gallery'));
    const run = await runInProcess([...argv, '--json'], { cwd: folder });
    expect(run.exitCode, run.stdout).toBe(2);
    const { error } = parseDocument<{ error: { code: string; message: string } }>(run);
    if (code !== undefined) expect(error).toMatchObject({ code });
    expect(error.message).toMatch(message);
    expect(run.stdout + run.stderr).not.toContain(SECRET);
    expect(await readFile(at('whole.gallery'))).toEqual(before);
  });

  it('name a gallery of another pack before a photo is looked at', async () => {
    const run = await runInProcess(['identify', photo, '--gallery', 'foreign.gallery', ...ENGINE, '--json'], { cwd: folder });
    expect(run.exitCode).toBe(2);
    expect(parseDocument(run)).toMatchObject({ error: { code: 'CONTRACT_MISMATCH', message: expect.stringContaining('made-up') } });
  });

  it('read beside a writer', async () => {
    const run = await runInProcess(['gallery', 'list', '--gallery', 'locked.gallery', '--json'], { cwd: folder });
    expect(run.exitCode, run.stdout).toBe(0);
    expect(parseDocument(run)).toMatchObject({ identities: [{ id: 'ada' }, { id: 'bea' }, { id: 'cyd' }] });
  });

  it('say where a gallery is damaged, and keep the rest', async () => {
    const verify = await runInProcess(['gallery', 'verify', '--gallery', 'damaged.gallery'], { cwd: folder });
    expect(verify.exitCode).toBe(2);
    expect(verify.stdout).toMatch(/^DAMAGED {2}.*bytes? \d+/);
    expect(verify.stdout).toMatch(/^2 people with 2 templates are intact; 1 part damaged$/m);
    const json = await runInProcess(['gallery', 'verify', '--gallery', 'damaged.gallery', '--json'], { cwd: folder });
    expect(parseDocument(json)).toMatchObject({ damage: [{ where: expect.any(String) }], error: { code: 'GALLERY_DAMAGED' } });
    const list = await runInProcess(['gallery', 'list', '--gallery', 'damaged.gallery', '--json'], { cwd: folder });
    expect(parseDocument(list)).toMatchObject({ gallery: { damagedParts: 1 }, identities: [{ id: 'ada' }, { id: 'cyd' }] });
  });

  it.each(['list', 'show', 'remove', 'export', 'import', 'stats', 'verify', 'compact', 'keygen', 'rekey'])(
    'document their exit codes: gallery %s',
    async (command) => {
      const { exitCode, stdout } = await runInProcess(['gallery', command, '--help']);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/Exit codes:/);
    },
  );
});

it.each([
  ['plain names', 'Zoë Müller-Ø 李明 👩‍🚀', 'Zoë Müller-Ø 李明 👩‍🚀'],
  ['escapes of a terminal', 'a\u001b[2J\u0007\u009b1m', 'a\\u{1b}[2J\\u{7}\\u{9b}1m'],
  ['lines and tabs', 'a\nb\tc\u2028d', 'a\\u{a}b\\u{9}c\\u{2028}d'],
  ['turned writing', 'a\u202ecod.exe\u2066', 'a\\u{202e}cod.exe\\u{2066}'],
  ['half characters', 'a\ud800b', 'a\\u{d800}b'],
])('prints %s safely', (_, text, expected) => {
  expect(printable(text)).toBe(expected);
});
