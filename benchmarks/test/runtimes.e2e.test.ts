/** An engine in a browser does what one in Node does; needs the built packages. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoPhoto } from '@isoface/testkit/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BenchImage } from '../src/runtimes/bench-engine.ts';
import { findRuntimeObstacle } from '../src/runtimes/find-runtime-obstacle.ts';
import { openBenchEngine } from '../src/runtimes/open-bench-engine.ts';
import { cosineDistance } from '../src/suites/pipeline/compare-runtimes.ts';

const { signal } = new AbortController();
let folder: string;
let images: readonly BenchImage[];
let expected: Float32Array | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-engine-'));
  await writeFile(join(folder, 'bad.jpg'), 'no picture');
  images = [
    { id: 'bad.jpg', path: join(folder, 'bad.jpg') },
    { id: 'photo.jpg', path: demoPhoto('sample3.jpg') },
    { id: 'gone.jpg', path: join(folder, 'gone.jpg') },
  ];
  const engine = await openBenchEngine('node-cpu', { pack: 'starter', images, input: 'file', measureStart: false, signal });
  expected = (await engine.analyze(1)).embedding;
  await engine.close();
});

afterAll(() => rm(folder, { recursive: true }));

describe.each([
  ['web-wasm', 'file', 1],
  ['web-wasm-threads', 'pixels', 2],
] as const)('%s', (runtime, input, leastThreads) => {
  it(`analyzes a picture given as ${input}, and searches`, async () => {
    expect(await findRuntimeObstacle(runtime, true, signal)).toBeUndefined();
    const engine = await openBenchEngine(runtime, { pack: 'starter', images, input, signal });
    try {
      const { facts } = engine;
      expect(facts).toMatchObject({ runtime, pack: 'starter', executionProvider: 'wasm' });
      expect(facts.versions['threads']).toBeGreaterThanOrEqual(leastThreads);
      expect(facts.versions['chromium']).toMatch(/^\d+\./);
      expect(facts.readyMs).toBeGreaterThan(0);
      expect(facts.firstResultMs).toBeGreaterThan(facts.readyMs);
      const { embedding, faces } = await engine.analyze(1);
      if (embedding === undefined || expected === undefined) throw new Error('Expected an embedding.');
      expect(faces).toBeGreaterThan(0);
      // Both decode to the same pixels; the kernels add in another order, which was seen to make less than 1e-11.
      expect(cosineDistance(embedding, expected)).toBeLessThan(1e-9);
      await engine.enroll([embedding.map((value) => -value), embedding]);
      const { match, timings } = await engine.analyze(1);
      expect(match).toEqual({ row: 1, similarity: expect.closeTo(1, 5) });
      expect(timings.detectMs).toBeGreaterThan(0);
      await expect(engine.analyze(0)).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
      await expect(engine.analyze(2)).rejects.toMatchObject({ code: 'IO_FAILED' });
      expect(engine.cpuMs()).toBeGreaterThan(0);
      expect(engine.memory().private).toBeGreaterThan(0);
    } finally {
      await engine.close();
    }
  });
});

it('ends with the signal, whatever it was doing', async () => {
  const abort = new AbortController();
  const reason = new Error('enough');
  const opening = openBenchEngine('web-wasm', { pack: 'starter', images, input: 'file', signal: abort.signal });
  setTimeout(() => abort.abort(reason), 300);
  await expect(opening).rejects.toBe(reason);
});
