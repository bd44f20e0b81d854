/** Contenders in Chromium; figures are another matter. */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describePeers } from '../src/suites/peers/contender.ts';
import { peersSuite } from '../src/suites/peers/peers-suite.ts';
import { createPictures } from '../src/suites/peers/pictures.ts';
import { describeWebContenders } from '../src/suites/peers/web/describe-web-contenders.ts';
import { measureWeb } from '../src/suites/peers/web/measure-web.ts';

const positive = expect.toSatisfy((value: unknown) => typeof value === 'number' && value > 0);
const notNegative = expect.toSatisfy((value: unknown) => typeof value === 'number' && value >= 0);

/** Processes that this one has started and that run a browser. */
function listBrowsers(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return parent === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--headless');
    } catch {
      // No process, or one that has just ended.
      return false;
    }
  });
}

describe('contenders in a browser', () => {
  it('measures isoface beside a peer, and says what ran', async () => {
    const { contenders, notMeasured } = await describeWebContenders(['starter'], describePeers(['face-api-tiny']).peers, undefined);
    expect(notMeasured).toEqual([]);
    const sizes = { rounds: 1, leastRounds: 1, warmup: 0, framesPerRound: 2, starts: 1, withFile: true };
    const context = { signal: new AbortController().signal, timeLeftMs: () => 60_000, progress: () => {} };
    const value = await measureWeb(contenders, await createPictures(true), sizes, context);
    expect(value).toMatchObject({
      runtime: 'web-wasm',
      platform: expect.stringMatching(/^\d+\./),
      rounds: 1,
      starts: 1,
      failed: [],
      contenders: [
        { name: 'starter', runs: { executionProvider: 'wasm', threads: 1 } },
        { name: 'face-api-tiny', isPeer: true, runs: { backend: 'wasm', simd: true, threads: 1 } },
      ],
    });
    for (const { samples, faces, files = [], isPeer } of value.contenders) {
      expect(samples).toMatchObject({
        'frame/cpu': [notNegative],
        'frame/wall': [positive, positive],
        'photo/cpu': [positive],
        'photo/wall': [positive],
        'photo/longest-task': [notNegative],
        'file/cpu': [positive],
        'file/wall': [positive],
        'first-result/wall': [positive],
        'first-result/cpu': [positive],
        'memory/started': [expect.any(Number)],
        'memory/warm': [expect.any(Number)],
        ...(isPeer ? {} : { 'track/cpu': [notNegative], 'track/wall': [positive] }),
      });
      expect(faces).toEqual([
        { picture: 'frame-640x480.png', faces: 1 },
        { picture: 'sample1.jpg', faces: 3 },
      ]);
      // What a worker fetched is counted too: the models and one wasm file.
      const paths = files.map(({ path }) => path);
      expect(paths.filter((path) => path.endsWith('.wasm'))).toHaveLength(1);
      expect(paths).toEqual(expect.arrayContaining([expect.stringMatching(isPeer ? /\.bin$/ : /\.onnx$/)]));
      const sum = files.reduce((total, { gzip }) => total + gzip, 0);
      expect(samples['download/gzip']).toEqual([sum]);
      expect(sum).toBeLessThan(files.reduce((total, { raw }) => total + raw, 0));
    }
    const report = peersSuite.report([{ name: 'web-wasm', value: JSON.parse(JSON.stringify(value)) as typeof value }]);
    expect(report.findings[0]).toMatch(/^Chromium \d+, whole pipeline .* starter takes .* of face-api-tiny/);
  });

  it('stops when it is interrupted, and leaves no browser behind', async () => {
    const { contenders } = await describeWebContenders(['starter'], [], undefined);
    const abort = new AbortController();
    const reason = new Error('Interrupted.');
    const measuring = measureWeb(
      contenders,
      await createPictures(true),
      { rounds: 1, leastRounds: 1, warmup: 0, framesPerRound: 1, starts: 0, withFile: false },
      { signal: abort.signal, timeLeftMs: () => 60_000, progress: () => setTimeout(() => abort.abort(reason), 300) },
    );
    await expect(measuring).rejects.toBe(reason);
    // Ended by the operating system, which takes a moment.
    await expect.poll(listBrowsers, { timeout: 10_000 }).toEqual([]);
  });
});
