/** Choosing runtimes, and the parts that engines are made of. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StaticServer } from '../src/browser/static-server.ts';
import { createByteCache } from '../src/runtimes/byte-cache.ts';
import { chooseRuntimes, type FindObstacle } from '../src/runtimes/choose-runtimes.ts';
import { findRuntimeObstacle } from '../src/runtimes/find-runtime-obstacle.ts';
import { type GpuQuestions, hasGpuDevice, isNodeGpuSoftware } from '../src/runtimes/gpu-device.ts';
import { measureNodeStart } from '../src/runtimes/node-start.ts';
import { openBenchEngine } from '../src/runtimes/open-bench-engine.ts';
import { runChild } from '../src/runtimes/run-child.ts';
import { isBrowserRuntime, isRuntimeName, RUNTIME_NAMES, type RuntimeName } from '../src/runtimes/runtime-name.ts';
import { startRuntimeServer } from '../src/runtimes/runtime-server.ts';
import { searchGallery } from '../src/runtimes/search-gallery.ts';
import { createFrame } from '../src/test-images.ts';

const { signal } = new AbortController();

describe('chooseRuntimes', () => {
  /** A machine with a CPU, and a browser without a GPU. */
  const find: FindObstacle = async (runtime, wanted) => {
    if (runtime === 'node-cuda') return 'no CUDA.';
    return runtime === 'web-webgpu' && !wanted ? 'no GPU.' : undefined;
  };

  it('takes those that the machine has and says why not the others', async () => {
    expect(await chooseRuntimes({ runtimes: undefined }, ['node-cpu', 'node-cuda', 'web-wasm', 'web-webgpu'], signal, find)).toEqual({
      runtimes: ['node-cpu', 'web-wasm'],
      notMeasured: [
        { name: 'runtime node-cuda', reason: 'no CUDA.' },
        { name: 'runtime web-webgpu', reason: 'no GPU.' },
      ],
    });
  });

  it('takes those that were named, each once, in the order of the suite', async () => {
    const options = { runtimes: ['web-webgpu', 'node-cpu', 'node-cpu'] as const };
    expect(await chooseRuntimes(options, RUNTIME_NAMES, signal, find)).toEqual({ runtimes: ['node-cpu', 'web-webgpu'], notMeasured: [] });
  });

  it.each([
    ['an unknown name', ['node-cpu', 'deno'], 'INVALID_OPTION', /Expected runtimes among node-cpu, .*web-webgpu, got "deno"/],
    ['one that does not start', ['node-cuda'], 'BACKEND_UNAVAILABLE', /node-cuda cannot be measured here: no CUDA\./],
  ])('refuses %s', async (_, names, code, message) => {
    const options = { runtimes: names as RuntimeName[] };
    const choice = chooseRuntimes(options, ['node-cpu', 'node-cuda'], signal, find);
    await expect(choice).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('lists those that the suite cannot measure: other suites of the same run can', async () => {
    const options = { runtimes: ['web-wasm', 'node-cpu'] as const };
    expect(await chooseRuntimes(options, ['node-cpu', 'node-cuda'], signal, find)).toEqual({
      runtimes: ['node-cpu'],
      notMeasured: [{ name: 'runtime web-wasm', reason: 'This suite measures node-cpu, node-cuda only.' }],
    });
  });

  it('ends when it is aborted', async () => {
    const reason = new Error('enough');
    await expect(findRuntimeObstacle('web-wasm', true, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('knows names', () => {
    expect(RUNTIME_NAMES.every(isRuntimeName)).toBe(true);
    expect(isRuntimeName('toString')).toBe(false);
    expect(RUNTIME_NAMES.filter(isBrowserRuntime)).toEqual(['web-wasm', 'web-wasm-threads', 'web-webgpu']);
  });
});

describe('a GPU', () => {
  const machine = (folders: Record<string, string[]>, env: Record<string, string> = {}): GpuQuestions => ({
    platform: 'linux',
    env,
    list: (folder) => folders[folder] ?? [],
  });

  it.each([
    [{}, false],
    [{ '/dev': ['null', 'nvidiactl'], '/dev/dri': ['card0'] }, false],
    [{ '/dev/dri': ['card0', 'renderD128'] }, true],
    [{ '/dev': ['nvidia0'] }, true],
    [{ '/dev': ['dxg'] }, true],
  ])('on Linux is a device: %j', (folders, expected) => {
    expect(hasGpuDevice(machine(folders))).toBe(expected);
    expect(isNodeGpuSoftware(machine(folders))).toBe(!expected);
  });

  it('elsewhere is assumed', () => expect(hasGpuDevice({ ...machine({}), platform: 'darwin' })).toBe(true));

  it.each(['VK_ICD_FILENAMES', 'VK_DRIVER_FILES'])('is not used where %s names a driver in software', (name) => {
    const gpu = { '/dev/dri': ['renderD128'] };
    expect(isNodeGpuSoftware(machine(gpu, { [name]: '/usr/lib/chromium/vk_swiftshader_icd.json' }))).toBe(true);
    expect(isNodeGpuSoftware(machine(gpu, { [name]: '/usr/share/vulkan/icd.d/nvidia_icd.json' }))).toBe(false);
  });
});

describe('createByteCache', () => {
  it('reads what fits once, and forgets what came first', async () => {
    const reads: string[] = [];
    const read = createByteCache(async (key: string) => {
      reads.push(key);
      return new Uint8Array(key === 'huge' ? 100 : 4);
    }, 8);
    for (const key of ['a', 'b', 'a', 'c', 'b', 'a', 'huge', 'huge', 'a']) await read(key);
    expect(reads).toEqual(['a', 'b', 'c', 'a', 'huge', 'huge']);
  });
});

describe('searchGallery', () => {
  it('finds the vector with the largest cosine, of equals the first', () => {
    const gallery = [
      [1, 0],
      [0, 2],
      [0, 5],
    ].map((vector) => Float32Array.from(vector));
    expect(searchGallery(gallery, Float32Array.from([0.1, 3]))).toEqual({ row: 1, similarity: expect.closeTo(3 / Math.hypot(0.1, 3), 6) });
    expect(searchGallery([], Float32Array.from([1, 0]))).toBeUndefined();
  });
});

describe('the server', () => {
  let folder: string;
  let server: StaticServer;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isoface-server-'));
    await writeFile(join(folder, 'a #1.JPG'), 'picture');
    await writeFile(join(folder, 'empty.js'), '');
    server = await startRuntimeServer({
      folders: { lib: folder },
      files: new Map([['m.onnx', Buffer.from('model')]]),
      pictures: [join(folder, 'a #1.JPG')],
    });
  });

  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  it.each([
    ['pictures/0', 'picture', 'image/jpeg'],
    ['files/m.onnx', 'model', 'application/octet-stream'],
    ['lib/empty.js', '', 'text/javascript; charset=utf-8'],
  ])('serves %s to an isolated page', async (path, body, type) => {
    const response = await fetch(`${server.origin}/${path}`);
    expect(await response.text()).toBe(body);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': type,
      'content-length': String(body.length),
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
    });
  });

  it.each(['pictures/1', 'pictures/-0', 'files/x', 'lib/', 'lib/%2e%2e/x', 'lib/..%2fx', 'toString/x', '', 'lib'])(
    'serves nothing at "%s"',
    async (path) => {
      expect((await fetch(`${server.origin}/${path}`)).status).toBe(404);
    },
  );
});

describe('a process of its own', () => {
  it('starts an engine and analyzes a picture', async () => {
    const start = await measureNodeStart({ pack: 'starter', executionProvider: 'cpu', images: ['/nowhere.jpg'] }, signal);
    expect(start.readyMs).toBeGreaterThan(0);
    expect(start.firstResultMs).toBeGreaterThan(start.readyMs);
  });

  it('passes on what fails', async () => {
    const start = measureNodeStart({ pack: 'nobody', executionProvider: 'cpu', images: [] }, signal);
    await expect(start).rejects.toMatchObject({ code: 'PACK_UNKNOWN' });
  });

  it('that is not built says how to build it', async () => {
    await expect(runChild('nobody-child', {}, signal)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE', message: /build:fast/ });
  });

  it('is ended when it is aborted', async () => {
    const abort = new AbortController();
    const start = measureNodeStart({ pack: 'starter', executionProvider: 'cpu', images: [] }, abort.signal);
    const reason = new Error('enough');
    abort.abort(reason);
    await expect(start).rejects.toBe(reason);
  });
});

describe('an engine in Node', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isoface-engine-'));
    await writeFile(join(folder, 'frame.png'), await encodeFrame());
    await writeFile(join(folder, 'bad.png'), 'no picture');
  });

  afterEach(() => rm(folder, { recursive: true }));

  it.each(['file', 'pixels'] as const)('analyzes a picture given as %s, and searches', async (input) => {
    const images = ['bad.png', 'frame.png', 'gone.png'].map((id) => ({ id, path: join(folder, id) }));
    const engine = await openBenchEngine('node-cpu', { pack: 'starter', images, input, measureStart: false, signal });
    try {
      expect(engine.facts).toMatchObject({ runtime: 'node-cpu', pack: 'starter', executionProvider: 'cpu', versions: { threads: 1 } });
      const first = await engine.analyze(1);
      expect(first).toMatchObject({ faces: 1, timings: { matchMs: 0 }, match: undefined });
      if (input === 'file') expect(first.timings.decodeMs).toBeGreaterThan(0);
      if (first.embedding === undefined) throw new Error('Expected an embedding.');
      await engine.enroll([first.embedding.map((value) => -value), first.embedding]);
      const second = await engine.analyze(1);
      expect(second.match).toEqual({ row: 1, similarity: expect.closeTo(1, 5) });
      expect(second.timings.matchMs).toBeGreaterThan(0);
      expect(second.wallMs).toBeGreaterThan(second.timings.detectMs);
      for (const bad of [0, 2])
        await expect(engine.analyze(bad)).rejects.toMatchObject({ code: expect.stringMatching(/^(IMAGE_INVALID|IO_FAILED)$/) });
      await expect(engine.analyze(3)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
      expect(engine.cpuMs()).toBeGreaterThan(0);
      expect(engine.memory().resident).toBeGreaterThan(0);
    } finally {
      await engine.close();
    }
  });
});

async function encodeFrame(): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const { input } = await createFrame();
  if (input instanceof Uint8Array) throw new Error('Expected pixels, got a file.');
  const { width, height, data } = input;
  return sharp(data, { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer();
}
