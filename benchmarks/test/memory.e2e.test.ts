import { describe, expect, it } from 'vitest';
import type { PieceContext } from '../src/run/suite.ts';
import { soakWeb } from '../src/suites/memory/soak-web.ts';

describe('the suite memory in a browser', () => {
  it('reads the memory of the page while an engine works and after it was disposed', async () => {
    const context: PieceContext = { signal: new AbortController().signal, timeLeftMs: () => -1, progress: () => {} };
    const soak = await soakWeb({ runtime: 'web-wasm', pack: 'starter', wanted: 300, least: 6 }, context);
    expect(soak.samples.map(({ analyses }) => analyses)).toEqual([0, 3, 6]);
    for (const { residentMiB, privateMiB } of [...soak.samples, soak.disposed]) {
      expect(privateMiB).toBeGreaterThan(1);
      expect(residentMiB).toBeGreaterThan(privateMiB);
    }
    // The engine's worker ends with it: its wasm memory holds the models.
    expect(soak.disposed.privateMiB).toBeLessThan(soak.samples.at(-1)?.privateMiB ?? 0);
    expect(soak.pageBytes?.started).toBeGreaterThan(0);
  });
});
