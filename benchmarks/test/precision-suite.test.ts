/** Suite `precision` with real models, as little as it can be: what is measured has the promised shape; figures are another matter. */

import { existsSync } from 'node:fs';
import { hasSharedData, sharedPath } from '@isoface/testkit/node';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BenchOptions } from '../src/run/bench-options.ts';
import type { PieceContext } from '../src/run/suite.ts';
import { loadVariantTools } from '../src/suites/precision/load-variant-tools.ts';
import { measureAccuracy } from '../src/suites/precision/measure-accuracy.ts';
import { measureFiles } from '../src/suites/precision/measure-files.ts';
import { measureNodeSpeed } from '../src/suites/precision/measure-node-speed.ts';
import { precisionSuite } from '../src/suites/precision/precision-suite.ts';
import { type PreparedPack, preparePack } from '../src/suites/precision/prepared-pack.ts';

const signal = new AbortController().signal;
const context: PieceContext = { signal, timeLeftMs: () => 0, progress: () => {} };
const hasLfw = hasSharedData && existsSync(sharedPath('data/lfw/pairs.txt'));

describe('variants of the starter pack', () => {
  let prepared: PreparedPack;

  beforeAll(async () => {
    const tools = await loadVariantTools();
    const wanted = ['float32', 'float16-stored', 'int8'] as const;
    prepared = await preparePack('starter', { modelsDir: undefined, tools, wanted, calibrationInputs: 1, signal, progress: () => {} });
  });

  it('have a size, and give nearly what float32 gives', async () => {
    const { models, ...piece } = await measureFiles(prepared, signal);
    expect(piece).toEqual({ kind: 'files', pack: 'starter', calibrationInputs: { detect: 1, landmarks: 1, embed: 1 } });
    expect(models.map(({ task }) => task)).toEqual(['detect', 'landmarks', 'embed']);
    for (const { variants, missing } of models) {
      expect(missing).toEqual([]);
      expect(variants.map(({ variant }) => variant)).toEqual(['float32', 'float16-stored', 'int8']);
      for (const { bytes, gzipBytes, error } of variants) {
        expect(gzipBytes).toBeGreaterThan(0);
        expect(bytes).toBeGreaterThan(gzipBytes);
        expect(error?.faces).toBeGreaterThan(0);
      }
      // Against itself; the cosine of float32 vectors is 1 but for rounding.
      const own = variants[0]?.error;
      if (own?.kind === 'cosine') expect(own.lowest).toBeCloseTo(1, 6);
      else expect(own).toMatchObject({ lost: 0, extra: 0, medianPx: 0, p95Px: 0 });
      // Half precision keeps 11 bits of a weight: far more than these limits need.
      const halved = variants[1]?.error;
      if (halved?.kind === 'cosine') expect(halved.lowest).toBeGreaterThan(0.9999);
      else expect(halved).toMatchObject({ lost: 0, extra: 0, p95Px: expect.toSatisfy((px: number) => px < 0.5) });
    }
  });

  it('are timed in turns', async () => {
    const { models, ...piece } = await measureNodeSpeed(prepared, 'node-cpu', { warmup: 0, atLeast: 2, atMost: 5 }, context);
    expect(piece).toEqual({ kind: 'speed', pack: 'starter', runtime: 'node-cpu', rounds: 2, warmup: 0 });
    for (const { variants } of models) {
      expect(variants.map(({ variant }) => variant)).toEqual(['float32', 'float16-stored', 'int8']);
      for (const { wallMs, cpuMs } of variants) {
        expect([wallMs.length, cpuMs.length]).toEqual([2, 2]);
        for (const sample of wallMs) expect(sample).toBeGreaterThan(0);
      }
    }
  });

  it.runIf(hasLfw)('are compared on the same pairs of LFW', async () => {
    const limits = { atLeastBlocks: 1, atMostBlocks: 2, bootstrapRounds: 20 };
    const piece = await measureAccuracy(prepared, sharedPath('data/lfw'), undefined, limits, context);
    expect(piece).toMatchObject({
      pairs: 20,
      pairsOfProtocol: 6000,
      genuinePairs: 10,
      impostorPairs: 10,
      notFound: 0,
      fmr: 0.1,
      keptThreshold: { origin: 'pack' },
      missing: [],
    });
    expect(piece.variants.map(({ variant, loss }) => [variant, loss === undefined])).toEqual([
      ['float32', true],
      ['float16-stored', false],
      ['int8', false],
    ]);
    // Guessing gives 0.5; all pairs 0.987, but each threshold here is learnt from 18 pairs.
    expect(piece.variants[0]?.accuracy).toBeGreaterThan(0.7);
    expect(JSON.stringify(piece)).not.toMatch(/\.jpg|images/);
  });
});

describe('plan', () => {
  const options: BenchOptions = {
    runtimes: ['node-cpu'],
    packs: ['starter'],
    dataset: undefined,
    data: undefined,
    modelsDir: undefined,
    rounds: 2,
    warmup: 1,
    quick: true,
  };

  it('has no accuracy without labelled photos, and says what it needs', async () => {
    const { pieces, notMeasured } = await precisionSuite.plan(options, signal);
    expect(pieces.map(({ name }) => name)).toEqual(['files-starter', 'speed-node-cpu-starter']);
    expect(notMeasured).toContainEqual({ name: 'accuracy on LFW', reason: expect.stringContaining('--data') });
  });

  it.runIf(hasLfw)('has it with them', async () => {
    const { pieces } = await precisionSuite.plan({ ...options, data: sharedPath('data') }, signal);
    expect(pieces.map(({ name }) => name)).toContain('accuracy-starter');
  });

  it('lists a runtime whose models cannot be run bare as not measured', async () => {
    const { notMeasured } = await precisionSuite.plan({ ...options, runtimes: ['web-wasm-threads'] }, signal);
    expect(notMeasured).toContainEqual({
      name: 'runtime web-wasm-threads',
      reason: expect.stringMatching(/measures node-cpu, .*web-webgpu only/),
    });
  });
});
