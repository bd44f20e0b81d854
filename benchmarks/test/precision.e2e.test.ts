/** Bare models of suite `precision` in Chromium. */

import { expect, it } from 'vitest';
import type { PieceContext } from '../src/run/suite.ts';
import { loadVariantTools } from '../src/suites/precision/load-variant-tools.ts';
import { measureWebSpeed } from '../src/suites/precision/measure-web-speed.ts';
import { preparePack } from '../src/suites/precision/prepared-pack.ts';

const signal = new AbortController().signal;
const context: PieceContext = { signal, timeLeftMs: () => 0, progress: () => {} };

it('times variants in a page, and says which one does not run', async () => {
  const tools = await loadVariantTools();
  const wanted = ['float32', 'float16-stored'] as const;
  const prepared = await preparePack('starter', { modelsDir: undefined, tools, wanted, calibrationInputs: 1, signal, progress: () => {} });
  const landmarks = prepared.models.filter(({ manifest }) => manifest.task === 'landmarks');
  const models = landmarks.map((model) => ({
    ...model,
    variants: [...model.variants, { variant: 'int8' as const, bytes: Uint8Array.of(1, 2, 3) }],
  }));
  const piece = await measureWebSpeed({ ...prepared, models }, 'web-wasm', { warmup: 1, atLeast: 2, atMost: 4 }, context);
  expect(piece).toMatchObject({ kind: 'speed', pack: 'starter', runtime: 'web-wasm', rounds: 2 });
  const [model] = piece.models;
  expect(model?.variants.map(({ variant }) => variant)).toEqual(['float32', 'float16-stored']);
  for (const { wallMs, cpuMs, cpuMeanMs } of model?.variants ?? []) {
    expect([wallMs.length, cpuMs.length]).toEqual([2, 0]);
    for (const sample of wallMs) expect(sample).toBeGreaterThan(0);
    expect(cpuMeanMs).toBeGreaterThanOrEqual(0);
  }
  expect(model?.missing).toEqual([{ variant: 'int8', reason: expect.stringMatching(/\S/) }]);
});
