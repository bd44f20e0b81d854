/** Suite `search` in a page of Chromium. */

import { expect, it } from 'vitest';
import type { SearchPiece } from '../src/suites/search/search-piece.ts';
import { searchSuite } from '../src/suites/search/search-suite.ts';

it('searches in a page as in Node', async () => {
  const { signal } = new AbortController();
  const plan = await searchSuite.plan(
    {
      runtimes: ['web-wasm', 'web-webgpu'],
      packs: undefined,
      dataset: undefined,
      data: undefined,
      modelsDir: undefined,
      rounds: 2,
      warmup: 1,
      quick: true,
    },
    signal,
  );
  try {
    expect(plan.pieces.map(({ name }) => name.split('-')[0])).toEqual(Array(6).fill('web'));
    const values = [];
    // Two galleries in one browser: the page of the first is left.
    for (const piece of plan.pieces.slice(0, 2)) values.push(await piece.measure({ signal, timeLeftMs: () => -1, progress: () => {} }));
    expect(values).toMatchObject([
      { platform: 'web', engine: expect.stringMatching(/^Chromium \d+$/), dimension: 128 },
      { platform: 'web', dimension: 256 },
    ]);
    for (const value of values) {
      const { searches, copyMs, readMs } = value as SearchPiece;
      expect(searches.map(({ variant, isBatch }) => `${variant} ${isBatch}`)).toEqual([
        'float32 false',
        'float32 true',
        'int8 false',
        'int8 true',
        'javascript false',
      ]);
      for (const { cpuMs } of searches) expect(cpuMs).toEqual([expect.any(Number)]);
      for (const samples of [...searches.map(({ wallMs }) => wallMs), copyMs, readMs]) {
        expect(samples).toHaveLength(5);
        for (const sample of samples) expect(sample).toBeGreaterThan(0);
      }
    }
  } finally {
    await plan.dispose?.();
  }
});
