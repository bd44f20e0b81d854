/** `intraOpSpinning`: that it reaches ONNX Runtime, is off by default, and changes no result. */

import { drawSelfTestFace } from '@isoface/core';
import { createFaceEngine, type NodeEngineOptions, openEngine } from '@isoface/runtime-node';
import { InferenceSession } from 'onnxruntime-node';
import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => void vi.restoreAllMocks());

const cases = [
  { name: 'off by default', options: {}, expected: '0' },
  { name: 'off', options: { intraOpSpinning: false }, expected: '0' },
  { name: 'on', options: { intraOpSpinning: true, intraOpThreads: 2 }, expected: '1' },
] as const;

describe('intraOpSpinning', () => {
  it.each(cases)('is $name in every session', async ({ options, expected }) => {
    const create = vi.spyOn(InferenceSession, 'create');
    const engine = await openEngine({ executionProviders: 'cpu', ...options });
    await engine.dispose();
    const settings = create.mock.calls.map((call) => (call as unknown[])[1] as InferenceSession.SessionOptions);
    expect(settings.length).toBeGreaterThan(0);
    expect(settings.map(({ extra }) => extra)).toEqual(settings.map(() => ({ session: { intra_op: { allow_spinning: expected } } })));
  });

  it('changes no result', async () => {
    const face = drawSelfTestFace();
    const embeddings: Float32Array[] = [];
    for (const intraOpSpinning of [false, true]) {
      const engine = await openEngine({ executionProviders: 'cpu', intraOpThreads: 2, intraOpSpinning });
      embeddings.push((await engine.analyze(face)).faces[0]?.embedding?.vector ?? new Float32Array());
      await engine.dispose();
    }
    const [plain = new Float32Array(), spinning = new Float32Array()] = embeddings;
    expect(plain.length).toBeGreaterThan(0);
    expect(spinning).toHaveLength(plain.length);
    // Sums may be split differently among the threads; the numbers themselves are below 1.
    expect(Math.max(...plain.map((value, i) => Math.abs(value - (spinning[i] ?? Number.NaN))))).toBeLessThan(1e-6);
  });

  it('is a boolean', async () => {
    const options = { executionProviders: 'cpu', intraOpSpinning: 1 } as unknown as NodeEngineOptions;
    await expect(createFaceEngine(options)).rejects.toMatchObject({ code: 'INVALID_OPTION', details: { option: 'intraOpSpinning' } });
  });
});
