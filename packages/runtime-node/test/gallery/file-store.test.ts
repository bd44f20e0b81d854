import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, link, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { computeCrc32, encodeFrame, type GalleryStore, type StoredIdentity } from '@isoface/core/gallery';
import { describeGalleryStore } from '@isoface/testkit';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openFileStore } from '../../src/gallery/file-store.ts';
import { nativeCrc32 } from '../../src/gallery/file-store-checksum.ts';
import { createIdentityTable } from '../../src/gallery/file-store-table.ts';
import { buildProgram } from '../models/support/child-process.ts';
import { createMarked, findVersions, HEADER, versionOf } from './support/marked-identities.ts';

let workspace = '';
let program = '';
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'isoface-gallery-'));
  program = await buildProgram(new URL('./support/lock-child.ts', import.meta.url), workspace);
});
afterAll(() => rm(workspace, { recursive: true, force: true }));

async function makePath(): Promise<string> {
  return join(await mkdtemp(join(workspace, 'files-')), 'people.isogal');
}

async function open(path: string, options?: { readOnly?: boolean }): Promise<GalleryStore> {
  const store = await openFileStore(path, options);
  onTestFinished(() => store.close());
  return store;
}

/** A gallery with one person for each version, called after it. */
async function create(versions: readonly number[], path?: string): Promise<{ path: string; store: GalleryStore }> {
  const where = path ?? (await makePath());
  const store = await open(where);
  await store.rewrite(
    HEADER,
    versions.map((version) => createMarked(`person ${version}`, version)),
  );
  return { path: where, store };
}

async function readVersions(source: GalleryStore | AsyncIterable<StoredIdentity>): Promise<number[]> {
  const versions: number[] = [];
  for await (const identity of Symbol.asyncIterator in source ? source : source.read()) versions.push(versionOf(identity));
  return versions.sort((a, b) => a - b);
}

const put = (version: number, id = `person ${version}`, bytes?: number) =>
  ({ type: 'put', identity: createMarked(id, version, bytes) }) as const;
const remove = (version: number) => ({ type: 'remove', id: `person ${version}` }) as const;

describeGalleryStore(
  'file',
  async () => {
    const path = await makePath();
    const store = await openFileStore(path);
    let current = store;
    return {
      store,
      async reopen() {
        await current.close();
        current = await openFileStore(path);
        return current;
      },
      async rawBytes() {
        const folder = join(path, '..');
        const files = await readdir(folder);
        return new Uint8Array(Buffer.concat(await Promise.all(files.map((name) => readFile(join(folder, name))))));
      },
      openSecond: () => openFileStore(path),
      destroy: () => current.close(),
    };
  },
  { writers: 'one', hasRawBytes: true },
);

describe('nativeCrc32', () => {
  it('is computeCrc32', () => {
    const bytes = Uint8Array.from({ length: 600 }, (_, i) => i * 53);
    for (let length = 0; length <= bytes.length; length++) {
      for (const previous of [undefined, 0, 0xdead_beef]) {
        const part = bytes.subarray(0, length);
        expect(nativeCrc32(part, previous)).toBe(computeCrc32(part, previous));
      }
    }
  });
});

describe('the table of identities', () => {
  it('stays small and in the order of the file while identities come and go', () => {
    const table = createIdentityTable();
    for (let i = 0; i < 20_000; i++) {
      table.put(`person ${i % 3_000}`, { start: i * 10, bytes: 10 }, 2);
      if (i % 5 === 0) table.remove(`person ${(i * 7) % 3_000}`);
    }
    const { starts, bytes } = table.snapshot();
    expect([starts.length, bytes.length]).toEqual([table.identities, table.identities]);
    expect([...starts].every((start, i) => i === 0 || start > (starts[i - 1] as number))).toBe(true);
    expect([table.templates, table.bytes]).toEqual([table.identities * 2, table.identities * 10]);
    for (const id of table.ids()) expect(table.idAt(table.find(id)?.start ?? -1)).toBe(id);
    expect(table.idAt(5)).toBeUndefined();
  });
});

describe('readings', () => {
  it('see everybody as of the moment of the call, whatever changes meanwhile', async () => {
    const { path, store } = await create([1, 2, 3, 4]);
    const reading = store.read();
    const never = store.read();
    const iterator = store.read()[Symbol.asyncIterator]();
    expect(versionOf((await iterator.next()).value)).toBe(1);
    await store.write([put(11, 'person 1'), put(12, 'person 2'), remove(3), put(13, 'person 5')]);
    await store.write([remove(2)]);
    expect([...findVersions(await readFile(path))].sort()).toEqual([11, 13, 4]);
    expect(await readVersions(reading)).toEqual([1, 2, 3, 4]);
    await store.compact?.();
    expect(await readVersions({ [Symbol.asyncIterator]: () => iterator })).toEqual([2, 3, 4]);
    expect(await readVersions(never)).toEqual([1, 2, 3, 4]);
    expect(await readVersions(store)).toEqual([4, 11, 13]);
    await store.close();
    expect(await readdir(join(path, '..'))).toEqual(['people.isogal']);
  });

  it('end with DISPOSED when the store is closed', async () => {
    const { store } = await create([1, 2, 3]);
    const iterator = store.read()[Symbol.asyncIterator]();
    await iterator.next();
    await store.close();
    await expect(iterator.next()).rejects.toMatchObject({ code: 'DISPOSED' });
  });
});

describe('read-only', () => {
  it('needs no lock, changes nothing, and follows the writer', async () => {
    const { path, store } = await create([1, 2, 3]);
    const reader = await open(path, { readOnly: true });
    expect(reader.readOnly).toBe(true);
    for (const change of [() => reader.write([remove(1)]), () => reader.rewrite(HEADER, []), () => reader.compact?.()]) {
      await expect(change()).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    }
    const begun = reader.read()[Symbol.asyncIterator]();
    expect(versionOf((await begun.next()).value)).toBe(1);
    await store.write([put(12, 'person 2'), remove(3)]);
    expect(versionOf((await reader.get('person 2')) as StoredIdentity)).toBe(12);
    expect(await reader.get('person 3')).toBeUndefined();
    // What it holds in memory is the state from before or after.
    expect([[2, 3], [12]]).toContainEqual(await readVersions({ [Symbol.asyncIterator]: () => begun }));
    await store.write([put(5)]);
    await store.compact?.();
    expect(versionOf((await reader.get('person 2')) as StoredIdentity)).toBe(12);
    expect(await readVersions(reader)).toEqual([1, 5, 12]);
    expect(reader.damage).toEqual([]);
  });

  it('refuses a file that is not there, and makes none', async () => {
    const path = await makePath();
    await expect(open(path, { readOnly: true })).rejects.toMatchObject({ code: 'IO_FAILED', message: expect.stringContaining('ENOENT') });
    expect(await readdir(join(path, '..'))).toEqual([]);
  });
});

describe('the lock', () => {
  it('goes to exactly one of several processes that start at once, also when a dead one left it', async () => {
    const path = await makePath();
    await (await create([1], path)).store.close();
    for (const round of ['free', 'dead']) {
      const atMs = Date.now() + 700;
      const children = Array.from({ length: 4 }, () => spawn(process.execPath, [program, JSON.stringify({ path, atMs })]));
      const outcomes = await Promise.all(children.map(async (child) => String((await once(child.stdout, 'data'))[0]).trim()));
      const winners = children.filter((_, i) => outcomes[i] === 'open');
      expect(winners, `${round}: ${outcomes}`).toHaveLength(1);
      expect(
        outcomes.filter((outcome) => outcome.startsWith('GALLERY_LOCKED')),
        round,
      ).toHaveLength(3);
      if (round === 'free') {
        const message = new RegExp(`open for writing by process ${winners[0]?.pid}: .*readOnly`);
        await expect(open(path)).rejects.toMatchObject({ code: 'GALLERY_LOCKED', message: expect.stringMatching(message) });
      }
      for (const child of children) {
        child.kill('SIGKILL');
        await once(child, 'close');
      }
      expect(await readdir(join(path, '..')), round).toContain('people.isogal.lock');
    }
    const store = await open(path);
    expect(await readVersions(store)).toEqual([1]);
    await store.close();
    expect(await readdir(join(path, '..'))).toEqual(['people.isogal']);
  });

  it('holds for every way to name the file', async () => {
    const { path } = await create([1]);
    const other = join(path, '../..', `link-${Math.random()}`);
    await symlink(path, other);
    for (const name of [path, other, relative(process.cwd(), path), join(path, '..', '.', 'people.isogal')]) {
      await expect(open(name), name).rejects.toMatchObject({ code: 'GALLERY_LOCKED', message: expect.stringContaining('by this process') });
    }
  });

  it('is made beside the file that a link leads to, also one that is not there yet', async () => {
    const path = await makePath();
    const alias = `${path}.link`;
    await symlink('people.isogal', alias);
    const { store } = await create([1], alias);
    expect(store.location).toBe(path);
    expect((await readdir(join(path, '..'))).sort()).toEqual(['people.isogal', 'people.isogal.link', 'people.isogal.lock']);
  });

  const mine = { pid: process.pid, host: hostname(), boot: 'an earlier one', started: '1', token: '0123456789abcdef' };
  it.each<[string, object | string, string | undefined]>([
    ['of another machine', { ...mine, host: 'elsewhere' }, 'by process .* on elsewhere.*if that machine is gone, delete'],
    ['that says nothing', '', 'did not say who it is.*delete'],
    ['of no known form', { hello: 1 }, 'did not say who it is'],
    ['from before the machine was started', mine, undefined],
  ])('%s', async (_, holder, message) => {
    const path = await makePath();
    await (await create([1], path)).store.close();
    await writeFile(`${path}.lock`, typeof holder === 'string' ? holder : JSON.stringify(holder));
    if (message === undefined) expect(await readVersions(await open(path))).toEqual([1]);
    else await expect(open(path)).rejects.toMatchObject({ code: 'GALLERY_LOCKED', message: expect.stringMatching(message) });
  });

  it('of a process whose number belongs to another one now is taken over', async () => {
    const { path, store } = await create([1]);
    const holder = JSON.parse(await readFile(`${path}.lock`, 'utf8')) as { started: string };
    await store.close();
    await writeFile(`${path}.lock`, JSON.stringify({ ...holder, started: `${Number(holder.started) - 1}` }));
    if (holder.started !== '') expect(await readVersions(await open(path))).toEqual([1]);
  });
});

describe('paths', () => {
  it.each<[string, (path: string) => Promise<string>, RegExp]>([
    ['a directory', async (path) => mkdir(path).then(() => path), /a directory/],
    ['a named pipe', makePipe, /a named pipe/],
    ['a device', async () => '/dev/null', /a device/],
    ['a missing folder', async (path) => join(path, 'x'), /ENOENT.*create the directory/],
    ['a folder that is a file', async (path) => writeFile(path, '').then(() => join(path, 'x')), /ENOTDIR/],
    ['a loop of links', async (path) => symlink('people.isogal', path).then(() => path), /ELOOP/],
  ])('%s is refused', async (_, make, message) => {
    const path = await make(await makePath());
    for (const readOnly of [false, true]) {
      await expect(open(path, { readOnly })).rejects.toMatchObject({ code: 'IO_FAILED', message: expect.stringMatching(message) });
    }
  });

  it.each(['', 'a\0b', undefined, 7])('%j is no path', async (path) => {
    await expect(openFileStore(path as string)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  it.each([
    ['no bytes', ''],
    ['another file', 'id,name\n1,Ada\n'],
  ])('a file with %s is left alone', async (_, content) => {
    const path = await makePath();
    await writeFile(path, content);
    await expect(open(path)).rejects.toMatchObject({ code: 'GALLERY_DAMAGED', message: expect.stringContaining('not a gallery file') });
    expect(await readFile(path, 'utf8')).toBe(content);
    expect(await readdir(join(path, '..'))).toEqual(['people.isogal']);
  });

  it('a file that appeared meanwhile is not overwritten', async () => {
    const path = await makePath();
    const store = await open(path);
    await writeFile(path, 'mine');
    await expect(store.rewrite(HEADER, [])).rejects.toMatchObject({ code: 'IO_FAILED', message: expect.stringContaining('EEXIST') });
    expect(await readFile(path, 'utf8')).toBe('mine');
  });
});

describe('files', () => {
  it('are for their owner alone, unless they were opened to others', async () => {
    const { path, store } = await create([1]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await chmod(path, 0o640);
    await store.compact?.();
    expect((await stat(path)).mode & 0o777).toBe(0o640);
  });

  it('are exports: what encodeFrame made can be opened and changed', async () => {
    const path = await makePath();
    const frames = [encodeFrame({ kind: 'header', header: HEADER }), encodeFrame({ kind: 'put', identity: createMarked('person 1', 1) })];
    await writeFile(path, Buffer.concat([...frames, encodeFrame({ kind: 'end', identities: 1 })]));
    const store = await open(path);
    await store.write([put(2)]);
    expect([await readVersions(store), store.damage]).toEqual([[1, 2], []]);
  });

  it('say what compaction would give back', async () => {
    const { store } = await create([1, 2]);
    expect(await store.stats()).toMatchObject({ identities: 2, templates: 2, reclaimableBytes: 0 });
    const { bytes = 0 } = await store.stats();
    await store.write([put(3, 'person 1')]);
    await store.write([remove(2)]);
    expect((await store.stats()).reclaimableBytes).toBeGreaterThan(bytes / 4);
    await store.compact?.();
    expect(await store.stats()).toMatchObject({ identities: 1, reclaimableBytes: 0 });
  });

  it('that were copied by hard links are not overwritten by compaction', async () => {
    const { path, store } = await create([1, 2]);
    await link(path, `${path}.backup`);
    await store.compact?.();
    expect(await readVersions(await open(`${path}.backup`, { readOnly: true }))).toEqual([1, 2]);
  });

  it('take no change before there is a gallery', async () => {
    const store = await open(await makePath());
    await expect(store.write([put(1)])).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    expect(await store.stats()).toMatchObject({ identities: 0 });
  });

  it('refuse an identity that the format cannot hold, and change nothing', async () => {
    const { path, store } = await create([1]);
    const before = await readFile(path);
    const good = createMarked('person 2', 2);
    await expect(store.write([put(3), { type: 'put', identity: { ...good, templates: [] } }])).rejects.toMatchObject({
      code: 'INVALID_OPTION',
    });
    expect(Buffer.compare(await readFile(path), before)).toBe(0);
  });
});

describe('damage', () => {
  /** Flips a byte in the vector of a version. */
  async function damage(path: string, version: number): Promise<void> {
    const bytes = await readFile(path);
    const at = bytes.indexOf(`<V${String(version).padStart(6, '0')}`);
    expect(at).toBeGreaterThan(0);
    bytes[at + 1] = 0x58;
    await writeFile(path, bytes);
  }

  async function createDamaged(): Promise<string> {
    const { path, store } = await create([1, 2, 3]);
    await store.write([put(4)]);
    await store.close();
    await damage(path, 2);
    return path;
  }

  it('is told with place and person; the person can be enrolled again or removed', async () => {
    for (const change of [put(12, 'person 2'), remove(2)]) {
      const path = await createDamaged();
      const store = await open(path);
      expect(store.damage).toMatchObject([{ where: expect.stringMatching(/^bytes \d+ to \d+$/), identity: 'person 2' }]);
      expect(await readVersions(store)).toEqual([1, 3, 4]);
      expect(await store.get('person 2')).toBeUndefined();
      await store.write([change]);
      expect(store.damage).toEqual([]);
      await store.close();
      const again = await open(path);
      expect([await readVersions(again), again.damage]).toEqual([change.type === 'put' ? [1, 3, 4, 12] : [1, 3, 4], []]);
      expect(findVersions(await readFile(path))).not.toContain(2);
    }
  });

  it('that comes while the file is open is found by reading', async () => {
    const { path, store } = await create([1, 2, 3]);
    await damage(path, 2);
    expect(store.damage).toEqual([]);
    await expect(store.get('person 2')).rejects.toMatchObject({ code: 'GALLERY_DAMAGED', details: { identity: 'person 2' } });
    expect(await readVersions(store)).toEqual([1, 3]);
    expect(store.damage).toMatchObject([{ identity: 'person 2' }]);
  });

  it('is kept aside when the file is rewritten', async () => {
    const path = await createDamaged();
    const store = await open(path);
    await store.compact?.();
    expect(store.damage).toMatchObject([{ identity: 'person 2', message: expect.stringContaining(`${path}.damaged`) }]);
    expect([...findVersions(await readFile(`${path}.damaged`))]).toEqual([2]);
    expect((await stat(`${path}.damaged`)).mode & 0o777).toBe(0o600);
    await store.close();
    const again = await open(path);
    expect([await readVersions(again), again.damage]).toEqual([[1, 3, 4], []]);
  });

  it('by a cut before the end frame is told, and the file can be gone on with', async () => {
    const { path, store } = await create([1, 2, 3]);
    await store.close();
    await truncate(path, (await stat(path)).size - 700);
    for (const versions of [[1], [1, 7]]) {
      const again = await open(path);
      expect(await readVersions(again)).toEqual(versions);
      expect(again.damage.at(-1)?.message).toContain('no end frame');
      await again.write([put(7)]);
      await again.close();
    }
  });

  it('of the header costs nothing, for there is a second one', async () => {
    const { path, store } = await create([1, 2]);
    await store.close();
    const bytes = await readFile(path);
    for (const at of [3, 9, 30, 100]) {
      await writeFile(path, Buffer.from(bytes).fill(0x55, at, at + 1));
      const again = await open(path);
      expect([await again.readHeader(), await readVersions(again), again.damage.length]).toEqual([HEADER, [1, 2], 1]);
      await again.close();
    }
    await writeFile(
      path,
      Buffer.from(bytes)
        .fill(0x55, 30, 31)
        .fill(0x55, bytes.length - 30),
    );
    await expect(open(path)).rejects.toMatchObject({ code: 'GALLERY_DAMAGED', message: expect.stringContaining('neither of its copies') });
  });
});

describe.skipIf(!canMount())('a full disk (needs the right to mount)', () => {
  it('loses nothing, says STORAGE_FULL, and goes on when there is room', async () => {
    const folder = join(await makePath(), '..', 'mount');
    await mkdir(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder]);
    onTestFinished(() => {
      execFileSync('umount', ['-l', folder]);
    });
    const path = join(folder, 'people');
    const { store } = await create([1], path);
    const full = { code: 'STORAGE_FULL', message: expect.stringMatching(/ENOSPC.*Free some disk space.*another disk/) };
    let version = 2;
    const fill = async (): Promise<void> => {
      for (; version < 60; version++) await store.write([put(version, undefined, 15_000)]);
    };
    await expect(fill()).rejects.toMatchObject(full);
    const there = Array.from({ length: version - 1 }, (_, i) => i + 1);
    expect(version).toBeGreaterThan(5);
    const { size } = await stat(path);
    await expect(store.write([put(version, 'person 1', 15_000)])).rejects.toMatchObject(full);
    await expect(store.compact?.()).rejects.toMatchObject(full);
    expect((await stat(path)).size).toBe(size);
    expect((await readdir(folder)).sort()).toEqual(['people', 'people.lock']);
    expect(await readVersions(store)).toEqual(there);
    execFileSync('mount', ['-o', 'remount,size=2m', folder]);
    await store.write([put(version, undefined, 15_000)]);
    await store.compact?.();
    await store.close();
    const again = await open(path);
    expect([await readVersions(again), again.damage]).toEqual([[...there, version], []]);
    await again.close();
  });
});

async function makePipe(path: string): Promise<string> {
  execFileSync('mkfifo', [path]);
  return path;
}

function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
