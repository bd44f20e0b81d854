import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createFileCache } from '../../src/models/file-cache.ts';
import { cachePath, describeFile, isSame, listFiles, makeTemporaryDirectory, randomModel } from './support/model-files.ts';

const bytes = randomModel(50_000);
const file = await describeFile(bytes);
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** Larger than any process id that Linux, macOS or Windows hands out. */
const DEAD_PID = 2 ** 30;

describe('file cache', () => {
  it('gives back what was written, and forgets it', async () => {
    const directory = join(await makeTemporaryDirectory(), 'not', 'yet', 'there');
    const cache = createFileCache(directory);
    expect(await cache.read(file)).toBeUndefined();
    await cache.write(file, bytes);
    expect(isSame(await cache.read(file), bytes)).toBe(true);
    expect(await listFiles(directory)).toEqual([cachePath(file)]);
    await cache.remove(file);
    await cache.remove(file);
    expect(await cache.read(file)).toBeUndefined();
  });

  it('survives many writers at once', async () => {
    const directory = await makeTemporaryDirectory();
    await Promise.all(Array.from({ length: 20 }, () => createFileCache(directory).write(file, bytes)));
    expect(isSame(await createFileCache(directory).read(file), bytes)).toBe(true);
    expect(await listFiles(directory)).toEqual([cachePath(file)]);
  });

  it('never reads more than one byte too many', async () => {
    const directory = await makeTemporaryDirectory();
    await mkdir(dirname(join(directory, cachePath(file))));
    await writeFile(join(directory, cachePath(file)), new Uint8Array(1_000_000));
    expect(await createFileCache(directory).read(file)).toHaveLength(file.bytes + 1);
  });

  it('says what to do when its directory is a file', async () => {
    const directory = join(await makeTemporaryDirectory(), 'file');
    await writeFile(directory, 'x');
    const failure = { code: 'IO_FAILED', message: expect.stringMatching(/(ENOTDIR|EEXIST).*Correct the path/) };
    await expect(createFileCache(directory).write(file, bytes)).rejects.toMatchObject(failure);
    await expect(createFileCache(directory).read(file)).rejects.toMatchObject(failure);
  });

  it('says what to do when its directory may not be written', async () => {
    const directory = await makeTemporaryDirectory();
    await chmod(directory, 0o555);
    actAsOrdinaryUser();
    const failure = { code: 'IO_FAILED', message: expect.stringMatching(/EACCES.*Give this user permission/) };
    await expect(createFileCache(directory).write(file, bytes)).rejects.toMatchObject(failure);
  });
});

describe('unfinished downloads', () => {
  it('stay after close, go on, and disappear with the finished file', async () => {
    const directory = await makeTemporaryDirectory();
    const { partials, write } = createFileCache(directory);
    const first = await partials.open(file);
    expect(first.bytes).toHaveLength(0);
    await first.append(bytes.subarray(0, 100));
    await first.append(bytes.subarray(100, 300));
    await first.close();
    const second = await partials.open(file);
    expect(isSame(second.bytes, bytes.subarray(0, 300))).toBe(true);
    await second.append(bytes.subarray(300));
    await second.close();
    const third = await createFileCache(directory).partials.open(file);
    expect(isSame(third.bytes, bytes)).toBe(true);
    await third.close();
    await write(file, bytes);
    expect(await listFiles(directory)).toEqual([cachePath(file)]);
  });

  it('start from the beginning after a restart', async () => {
    const { partials } = createFileCache(await makeTemporaryDirectory());
    const first = await partials.open(file);
    await first.append(bytes.subarray(0, 100));
    await first.restart();
    await first.append(bytes.subarray(0, 7));
    await first.close();
    const second = await partials.open(file);
    expect(isSame(second.bytes, bytes.subarray(0, 7))).toBe(true);
    await second.close();
  });

  it('leave no empty file behind', async () => {
    const directory = await makeTemporaryDirectory();
    await (await createFileCache(directory).partials.open(file)).close();
    expect(await listFiles(directory)).toEqual([]);
  });

  it('are never shared', async () => {
    const directory = await makeTemporaryDirectory();
    const [one, two] = await Promise.all([createFileCache(directory).partials.open(file), createFileCache(directory).partials.open(file)]);
    await Promise.all([one.append(bytes.subarray(0, 200)), two.append(bytes.subarray(0, 100))]);
    await one.close();
    await two.close();
    const next = await createFileCache(directory).partials.open(file);
    expect(isSame(next.bytes, bytes.subarray(0, 200))).toBe(true);
    await next.close();
  });

  it('of one owner are taken over once', async () => {
    const directory = await makeTemporaryDirectory();
    await leave(directory, 'part', bytes.subarray(0, 100));
    const opened = await Promise.all(Array.from({ length: 5 }, () => createFileCache(directory).partials.open(file)));
    expect(opened.map((partial) => partial.bytes.length).sort((a, b) => b - a)).toEqual([100, 0, 0, 0, 0]);
    await Promise.all(opened.map((partial) => partial.close()));
  });

  const hourAgo = 2 * 60 * 60;
  it.each<readonly [string, string, number, boolean]>([
    ['a dead process', `part.${host}.${DEAD_PID}.aa`, 0, true],
    ['a living process', `part.${host}.${process.ppid}.aa`, 0, false],
    ['this process', `part.${host}.${process.pid}.aa`, 0, false],
    ['a process of the same id before this one', `part.${host}.${process.pid}.aa`, 30 * 60, true],
    ['another machine, just now', `part.ffffffff.${DEAD_PID}.aa`, 0, false],
    ['another machine, long ago', `part.ffffffff.${DEAD_PID}.aa`, hourAgo, true],
    ['a living process that did nothing for hours', `part.${host}.${process.ppid}.aa`, hourAgo, true],
    ['nobody', 'part', 0, true],
    ['a dead process, but a finished file', `temp.${host}.${DEAD_PID}.aa`, 0, false],
  ])('of %s', async (_, suffix, ageSeconds, takenOver) => {
    const directory = await makeTemporaryDirectory();
    await leave(directory, suffix, bytes.subarray(0, 100), ageSeconds);
    const partial = await createFileCache(directory).partials.open(file);
    expect(partial.bytes).toHaveLength(takenOver ? 100 : 0);
    await partial.close();
  });

  it('of a living process survive the writing of the finished file, those of dead ones do not', async () => {
    const directory = await makeTemporaryDirectory();
    const alive = await leave(directory, `part.${host}.${process.ppid}.aa`, bytes.subarray(0, 10));
    await leave(directory, `part.${host}.${DEAD_PID}.aa`, bytes.subarray(0, 10));
    await leave(directory, `temp.${host}.${DEAD_PID}.aa`, bytes.subarray(0, 10));
    await createFileCache(directory).write(file, bytes);
    expect(await readFile(alive)).toHaveLength(10);
    expect(await listFiles(directory)).toHaveLength(2);
  });
});

/** Leaves an unfinished file in a cache, as another process would. */
async function leave(directory: string, suffix: string, content: Uint8Array, ageSeconds = 0): Promise<string> {
  const path = join(directory, `${cachePath(file)}.${suffix}`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  const time = Date.now() / 1000 - ageSeconds;
  await utimes(path, time, time);
  return path;
}

/** No permission stops the super-user: until the test ends this process acts as "nobody". */
function actAsOrdinaryUser(): void {
  if (process.geteuid?.() !== 0) return;
  process.seteuid?.(65_534);
  onTestFinished(() => process.seteuid?.(0));
}
