/** Gallery files under processes that are killed, torn writes and damaged bytes. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, link, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '@isoface/core/evaluation';
import type { GalleryStore } from '@isoface/core/gallery';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openFileStore } from '../../src/gallery/file-store.ts';
import { buildProgram } from '../models/support/child-process.ts';
import { createMarked, findVersions, HEADER, versionOf } from './support/marked-identities.ts';

const FILES = 5;
const KILLS_PER_FILE = 40;
let workspace = '';
let program = '';

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'isoface-gallery-'));
  program = await buildProgram(new URL('./support/gallery-child.ts', import.meta.url), workspace);
});
afterAll(() => rm(workspace, { recursive: true, force: true }));

/** Who is there, and in which version. */
type State = ReadonlyMap<string, number>;
type Told = readonly (readonly [id: string, version?: number])[];

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(workspace, 'files-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function readState(store: GalleryStore): Promise<State> {
  const state = new Map<string, number>();
  for await (const identity of store.read()) state.set(identity.id, versionOf(identity));
  return state;
}

async function readRaw(folder: string): Promise<Buffer> {
  return Buffer.concat(await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name)))));
}

function apply(state: State, told: Told): State {
  const after = new Map(state);
  for (const [id, version] of told) {
    if (version === undefined) after.delete(id);
    else after.set(id, version);
  }
  return after;
}

const toText = (state: State): string => JSON.stringify([...state].sort(([a], [b]) => (a < b ? -1 : 1)));
const versionsOf = (states: readonly State[]): Set<number> => new Set(states.flatMap((state) => [...state.values()]));

interface Run {
  readonly child: ChildProcess;
  readonly lines: () => string[];
  readonly ready: Promise<void>;
}

function start(task: object): Run {
  const child = spawn(process.execPath, [program, JSON.stringify(task)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  const ready = new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk) => {
      text += chunk;
      if (text.includes('ready')) resolve();
    });
    child.on('close', () => resolve());
  });
  return { child, ready, lines: () => text.split('\n').slice(0, -1) };
}

describe(`a process that is killed ${FILES * KILLS_PER_FILE} times`, () => {
  it.each(Array.from({ length: FILES }, (_, i) => i + 1))(
    'loses nothing and leaves nothing, seed %i',
    { timeout: 120_000 },
    async (seed) => {
      const folder = await makeFolder();
      const path = join(folder, 'people');
      const random = createRandom(seed);
      let state: State = new Map();
      let version = 1;
      let unfinished = 0;
      for (let kill = 0; kill < KILLS_PER_FILE; kill++) {
        const name = `seed ${seed}, kill ${kill}`;
        const { child, ready, lines } = start({ path, seed: seed * 1_000 + kill, firstVersion: version });
        const closed = once(child, 'close');
        // Some kills come while the file is opened.
        if (kill % 8 === 7) await new Promise((resolve) => setTimeout(resolve, 40 + random() * 40));
        else {
          await ready;
          await new Promise((resolve) => setTimeout(resolve, random() * 30));
        }
        child.kill('SIGKILL');
        await closed;

        const said = lines();
        const done = said.filter((line) => line === 'done').length;
        const announced = said.filter((line) => line.startsWith('will ')).map((line) => JSON.parse(line.slice(5)) as Told);
        // After each number of calls, from those that were acknowledged to those that were begun.
        const reached = [state];
        for (const told of announced) reached.push(apply(reached.at(-1) ?? state, told));
        const states = reached.slice(done);
        version = Math.max(version, ...announced.flat().map(([, told = 0]) => told + 1));

        const before = findVersions(await readRaw(folder));
        expect(
          [...before].filter((found) => !versionsOf(states).has(found)),
          `${name}: bytes of what was removed`,
        ).toEqual([]);
        const store = await openFileStore(path);
        expect(store.damage, name).toEqual([]);
        const found = (await store.readHeader()) === undefined ? new Map() : await readState(store);
        expect(states.map(toText), name).toContain(toText(found));
        expect([...findVersions(await readRaw(folder))].sort(), name).toEqual([...found.values()].sort());
        await store.close();
        expect(await readdir(folder), name).toEqual(found.size === 0 && (await readdir(folder)).length === 0 ? [] : ['people']);
        if (states.length > 1) unfinished++;
        state = found;
      }
      // Otherwise the kills missed the moments that this test is about.
      expect(unfinished).toBeGreaterThan(KILLS_PER_FILE / 3);
    },
  );
});

describe('simulated crashes', () => {
  /** A gallery before and after a change that replaces, adds and removes. */
  async function createCase(): Promise<{ folder: string; path: string; before: Buffer; after: Buffer; states: readonly [State, State] }> {
    const folder = await makeFolder();
    const path = join(folder, 'people');
    const store = await openFileStore(path);
    await store.rewrite(HEADER, [createMarked('ada', 1), createMarked('bob', 2)]);
    await store.write([{ type: 'put', identity: createMarked('cy', 3) }]);
    const before = await readFile(path);
    const states = [await readState(store)];
    await store.write([
      { type: 'put', identity: createMarked('ada', 4) },
      { type: 'put', identity: createMarked('eve', 5, 700) },
      { type: 'remove', id: 'bob' },
    ]);
    states.push(await readState(store));
    await store.close();
    return { folder, path, before, after: await readFile(path), states: states as [State, State] };
  }

  it('a change that is cut anywhere did not happen', async () => {
    const { path, before, after, states } = await createCase();
    // As it was when the change was appended, and nothing overwritten yet.
    const appended = Buffer.concat([before, after.subarray(before.length)]);
    for (let length = before.length; length <= appended.length; length++) {
      const isWhole = length === appended.length;
      // Zeros may follow where a sector ends.
      for (const zeros of length % 512 === 0 || length === before.length ? [0, 1, 100, 600] : [0]) {
        await writeFile(path, Buffer.concat([appended.subarray(0, length), Buffer.alloc(zeros)]));
        const store = await openFileStore(path, { readOnly: true });
        const name = `${length} bytes and ${zeros} zeros`;
        expect(toText(await readState(store)), name).toBe(toText(states[isWhole ? 1 : 0]));
        expect(store.damage, name).toEqual([]);
        await store.close();
        if (length % 40 !== 0) continue;
        const writer = await openFileStore(path);
        await writer.write([{ type: 'put', identity: createMarked('last', 9) }]);
        await writer.close();
        const again = await openFileStore(path, { readOnly: true });
        expect(toText(await readState(again)), name).toBe(toText(apply(states[isWhole ? 1 : 0], [['last', 9]])));
        expect(again.damage).toEqual([]);
        await again.close();
      }
    }
  });

  it('a change of which a disk sector was not written did not happen', async () => {
    const { path, before, after, states } = await createCase();
    const appended = Buffer.concat([before, after.subarray(before.length)]);
    for (let sector = Math.floor(before.length / 512); sector * 512 + 8 < appended.length; sector++) {
      const torn = Buffer.from(appended).fill(0, Math.max(before.length, sector * 512), Math.min((sector + 1) * 512, appended.length));
      await writeFile(path, torn);
      const store = await openFileStore(path);
      expect(toText(await readState(store)), `sector ${sector}`).toBe(toText(states[0]));
      expect(store.damage).toEqual([]);
      await store.close();
    }
  });

  it('what was left to overwrite is overwritten when the file is opened', async () => {
    const { folder, path, before, after, states } = await createCase();
    const changed = [...before.keys()].filter((at) => before[at] !== after[at]);
    expect(changed.length).toBeGreaterThan(200);
    for (let count = 0; count <= changed.length; count += 7) {
      const partly = Buffer.concat([before, after.subarray(before.length)]);
      for (const at of changed.slice(0, count)) partly[at] = 0;
      await writeFile(path, partly);
      const reader = await openFileStore(path, { readOnly: true });
      expect(toText(await readState(reader))).toBe(toText(states[1]));
      expect(reader.damage).toEqual([]);
      await reader.close();
      const store = await openFileStore(path);
      expect([...findVersions(await readRaw(folder))].sort()).toEqual([3, 4, 5]);
      expect(Buffer.compare(await readFile(path), after)).toBe(0);
      await store.close();
    }
  });

  it('a rewrite that was cut did not happen, and leaves nothing', async () => {
    const { folder, path, after, states } = await createCase();
    await copyFile(path, `${path}.0123456789ab.temp`);
    await writeFile(`${path}.fedcba987654.old`, findMarked(77));
    await writeFile(`${path}.other`, 'not ours');
    // Ended between giving the old file its second name and putting the new one in its place; and right after that for a new gallery.
    await link(path, `${path}.00000000aaaa.old`);
    await link(path, `${path}.00000000bbbb.temp`);
    const store = await openFileStore(path);
    expect(toText(await readState(store))).toBe(toText(states[1]));
    await store.close();
    expect((await readdir(folder)).sort()).toEqual(['people', 'people.other']);
    expect(Buffer.compare(await readFile(path), after)).toBe(0);
  });

  it('flipped bits cost no more than one identity, and are located', { timeout: 60_000 }, async () => {
    const { path, after, states } = await createCase();
    const random = createRandom(4);
    for (let i = 0; i < 300; i++) {
      const at = Math.floor(random() * after.length);
      const bytes = Buffer.from(after);
      bytes[at] = (bytes[at] as number) ^ (1 << Math.floor(random() * 8));
      await writeFile(path, bytes);
      const store = await openFileStore(path, { readOnly: i % 4 !== 0 });
      const found = await readState(store);
      const lost = [...states[1]].filter(([id, version]) => found.get(id) !== version).map(([id]) => id);
      const name = `byte ${at}, lost ${lost}`;
      expect(
        [...found.keys()].every((id) => states[1].has(id)),
        name,
      ).toBe(true);
      expect(lost.length, name).toBeLessThanOrEqual(1);
      const ranges = store.damage.map(({ where }) => where.match(/\d+/g)?.map(Number) ?? []);
      const isLocated = ranges.some(([start = 0, end = start]) => start <= at && at <= end);
      if (lost.length > 0 || store.damage.length > 0) expect(isLocated, `${name}: ${JSON.stringify(store.damage)}`).toBe(true);
      const named = store.damage.flatMap(({ identity }) => identity ?? []);
      for (const id of named) expect(lost, name).toContain(id);
      await store.close();
      // Nobody destroyed anything.
      if (lost.length > 0) expect(Buffer.compare(await readFile(path), bytes), name).toBe(0);
    }
  });
});

function findMarked(version: number): Uint8Array {
  return createMarked('left', version).details;
}
