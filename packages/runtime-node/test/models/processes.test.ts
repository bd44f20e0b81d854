/** The cache under real processes: several at once, killed at any moment, on a full disk. */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createFileCache } from '../../src/models/file-cache.ts';
import { buildProgram, startPull } from './support/child-process.ts';
import { cachePath, describeFile, isSame, listFiles, makeTemporaryDirectory, randomModel } from './support/model-files.ts';
import { startThrottledServer, type ThrottledServer } from './support/throttled-server.ts';

const KILLS = 24;
const model = randomModel(2_000_000);
const canMount = tryMount();
let workspace = '';
let program = '';
let writer = '';

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'isoface-child-'));
  program = await buildProgram('pull-child', workspace);
  writer = await buildProgram('write-child', workspace);
});
afterAll(() => rm(workspace, { recursive: true, force: true }));

async function serve(pauseMs: number): Promise<ThrottledServer> {
  const server = await startThrottledServer(model, 65_536, pauseMs);
  onTestFinished(() => server.close());
  return server;
}

describe('child processes', () => {
  it('pull at once into one cache', async () => {
    const server = await serve(20);
    const cacheDir = await makeTemporaryDirectory();
    const file = await describeFile(model, [server.url]);
    const results = await Promise.all([startPull(program, { file, cacheDir }).result, startPull(program, { file, cacheDir }).result]);
    expect(results).toMatchObject([
      { exitCode: 0, sha256: file.sha256, warnings: [] },
      { exitCode: 0, sha256: file.sha256, warnings: [] },
    ]);
    expect(new Set(server.starts)).toEqual(new Set([0]));
    expect(isSame(await createFileCache(cacheDir).read(file), model)).toBe(true);
    expect(await listFiles(cacheDir)).toEqual([cachePath(file)]);
  });

  it(`killed ${KILLS} times leave the cache good, and the pull goes on`, { timeout: 120_000 }, async () => {
    const server = await serve(6);
    const cacheDir = await makeTemporaryDirectory();
    const cache = createFileCache(cacheDir);
    const file = await describeFile(model, [server.url]);
    let killed = 0;
    let finished = 0;
    while (killed < KILLS) {
      const { process: child, result } = startPull(program, { file, cacheDir });
      const kill = (): unknown => child.kill('SIGKILL');
      // Half of the kills come while the finished file is checked and written, the others at any moment of the download.
      if (killed % 2 === 0) server.onServed = () => setTimeout(kill, Math.random() * 30);
      else server.onAsked = () => setTimeout(kill, Math.random() * 300);
      const { signal, exitCode, stderr } = await result;
      server.onServed = undefined;
      server.onAsked = undefined;
      if (signal === 'SIGKILL') killed++;
      else expect([exitCode, stderr]).toEqual([0, '']);
      const kept = await cache.read(file);
      if (kept === undefined) continue;
      expect(isSame(kept, model)).toBe(true);
      finished++;
      await cache.remove(file);
    }
    expect(await startPull(program, { file, cacheDir }).result).toMatchObject({ exitCode: 0, sha256: file.sha256, warnings: [] });
    expect(isSame(await cache.read(file), model)).toBe(true);
    expect(await listFiles(cacheDir)).toEqual([cachePath(file)]);
    expect(server.starts.some((start) => start > 0)).toBe(true);
    expect(finished).toBeLessThan(KILLS * 20);
  });

  it(`killed ${KILLS} times while they write never leave half a file`, { timeout: 120_000 }, async () => {
    const cacheDir = await makeTemporaryDirectory();
    const contentPath = join(await makeTemporaryDirectory(), 'content');
    const content = randomModel(30_000_000);
    await writeFile(contentPath, content);
    const file = await describeFile(content);
    const cache = createFileCache(cacheDir);
    let unfinished = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const child = spawn(process.execPath, [writer, JSON.stringify({ file, cacheDir, contentPath })]);
      await once(child.stdout, 'data');
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 150));
      child.kill('SIGKILL');
      await once(child, 'close');
      const kept = await cache.read(file);
      if (kept !== undefined) expect(isSame(kept, content)).toBe(true);
      if ((await listFiles(cacheDir)).some((path) => path.includes('.temp.'))) unfinished++;
    }
    // Otherwise the kills missed the moment that this test is about.
    expect(unfinished).toBeGreaterThan(0);
    await cache.write(file, content);
    expect(await listFiles(cacheDir)).toEqual([cachePath(file)]);
  });

  it.skipIf(process.platform === 'win32')('still give the bytes when files may not grow (EFBIG)', async () => {
    const server = await serve(0);
    const cacheDir = await makeTemporaryDirectory();
    const file = await describeFile(model, [server.url]);
    const result = await startPull(program, { file, cacheDir }, 100).result;
    expect(result).toMatchObject({
      exitCode: 0,
      sha256: file.sha256,
      warnings: [expect.stringMatching(/CACHE_NOT_WRITTEN.*EFBIG.*ISOFACE_CACHE/)],
    });
    expect(await createFileCache(cacheDir).read(file)).toBeUndefined();
  });
});

describe.skipIf(!canMount)('a file system of 1 MiB (needs the right to mount)', () => {
  it('that is full: the bytes are given, the cache stays empty, and later there is room', async () => {
    const server = await serve(0);
    const cacheDir = await mountTemporary('size=1m');
    const file = await describeFile(model, [server.url]);
    const result = await startPull(program, { file, cacheDir }).result;
    expect(result).toMatchObject({ exitCode: 0, sha256: file.sha256, warnings: [expect.stringMatching(/ENOSPC.*Free some disk space/)] });
    expect(await createFileCache(cacheDir).read(file)).toBeUndefined();
    execFileSync('mount', ['-o', 'remount,size=8m', cacheDir]);
    expect(await startPull(program, { file, cacheDir }).result).toMatchObject({ exitCode: 0, sha256: file.sha256, warnings: [] });
    expect(isSame(await createFileCache(cacheDir).read(file), model)).toBe(true);
    expect(server.starts.at(-1)).toBeGreaterThan(0);
  });

  it('that is read-only: the bytes are given, with advice', async () => {
    const server = await serve(0);
    const cacheDir = await mountTemporary('size=1m,ro');
    const file = await describeFile(model, [server.url]);
    const result = await startPull(program, { file, cacheDir }).result;
    expect(result).toMatchObject({ exitCode: 0, sha256: file.sha256, warnings: [expect.stringMatching(/EROFS.*ISOFACE_CACHE/)] });
  });
});

async function mountTemporary(options: string): Promise<string> {
  const directory = join(await makeTemporaryDirectory(), 'mount');
  await mkdir(directory);
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', directory]);
  onTestFinished(() => {
    execFileSync('umount', ['-l', directory]);
  });
  return directory;
}

function tryMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
