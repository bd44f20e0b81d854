import { computeContractId, createFaceEngine, type EngineOptions, type EngineProgress, type PackManifest } from '@isoface/core';
import {
  type Breakage,
  breakOutputs,
  createFakeParts,
  drawFakeFaces,
  type FakeParts,
  type FakePartsOptions,
  fakeDetector,
  fakeEmbedder,
  fakeLandmarkPack,
  fakePack,
} from '@isoface/testkit';
import { describe, expect, it } from 'vitest';
import { openPack } from '../../src/engine/open-pack.ts';
import { measureSelfTest } from '../../src/engine/self-test.ts';

const PHOTO = drawFakeFaces(128, 128, [{ box: { x: 32, y: 24, width: 48, height: 56 } }]);
const sessionsOpen = ({ backend }: FakeParts): string[] =>
  backend.sessions.filter(({ isDisposed }) => !isDisposed).map(({ model }) => model);

/** The fake pack with the numbers that its chain really gives on the drawn face. */
async function packWithSelfTest(change: Partial<NonNullable<PackManifest['selfTest']>> = {}): Promise<PackManifest> {
  const { backend, modelSource, sha256, preprocessor, now } = createFakeParts({ pack: fakePack });
  const pack = await openPack(fakePack, { backend, modelSource, sha256, report: () => {} });
  const result = await measureSelfTest({ pack, preprocessor, now });
  if (result === undefined) throw new Error('Expected the fake detector to take something in the drawn face for a face.');
  return { ...fakePack, selfTest: { detectionSize: 128, box: result.box, embedding: result.embedding, ...change } };
}

describe('creating an engine', () => {
  it('loads and opens the models in order, then tests them', async () => {
    const parts = createFakeParts({ pack: fakeLandmarkPack });
    const events: EngineProgress[] = [];
    const engine = await createFaceEngine(parts, { onProgress: (event) => events.push(event) });
    const load = (model: string, bytes: number): EngineProgress => ({
      phase: 'load',
      model,
      source: 'fake',
      loadedBytes: bytes,
      totalBytes: bytes,
    });
    const openModel = (model: string, loadedModels: number): EngineProgress => ({
      phase: 'openModel',
      model,
      loadedModels,
      totalModels: 3,
    });
    expect(events).toEqual([
      load('fake-detector', 1),
      openModel('fake-detector', 1),
      load('fake-landmarker', 2),
      openModel('fake-landmarker', 2),
      load('fake-embedder', 3),
      openModel('fake-embedder', 3),
      { phase: 'selfTest' },
    ]);
    await engine.dispose();
    expect(sessionsOpen(parts)).toEqual([]);
  });

  it('tells what it is made of', async () => {
    const parts = createFakeParts();
    const { info } = await createFaceEngine({ ...parts, runtime: { threads: 2 } });
    expect(info).toEqual({
      pack: 'fake',
      contract: await computeContractId(fakeEmbedder, undefined, parts.sha256),
      executionProvider: 'cpu',
      models: [fakeDetector, fakeEmbedder].map(({ id, task, license, file }) => ({
        id,
        task,
        license,
        executionProvider: 'cpu',
        bytes: file.bytes,
      })),
      dimension: 12,
      flipAveraging: false,
      detectionSize: 128,
      liveness: { passive: [], landmarks: 'five', thresholds: [] },
      thresholds: fakePack.thresholds,
      versions: { fake: '1' },
      runtime: { threads: 2 },
      warnings: [],
    });
  });

  it('works with a detector alone, and says what that cannot do', async () => {
    const engine = await createFaceEngine(createFakeParts({ pack: { ...fakePack, embedder: undefined } }));
    expect(engine.info).toMatchObject({ contract: undefined, dimension: undefined });
    const { faces } = await engine.analyze(PHOTO);
    expect(faces).toHaveLength(1);
    expect(faces[0]?.embedding).toBeUndefined();
    for (const call of [engine.verify(PHOTO, PHOTO), engine.embed(PHOTO, faces), engine.analyze(PHOTO, { embeddings: true })]) {
      await expect(call).rejects.toMatchObject({ code: 'INVALID_OPTION', details: { pack: 'fake' } });
    }
    expect(() => engine.importEmbedding(new Float32Array(12).fill(1), 'fake-software')).toThrow(
      expect.objectContaining({ code: 'CONTRACT_MISMATCH' }),
    );
  });

  it.each([
    ['allowed', undefined, []],
    ['prohibited', undefined, ['fake-embedder: its licence (LicenseRef-x) forbids commercial use.']],
    ['unstated', undefined, ['fake-embedder: its licence (LicenseRef-x) states no terms for commercial use.']],
    ['prohibited', 'Ask the author.', ['fake-embedder: its licence (LicenseRef-x) forbids commercial use. Ask the author.']],
  ] as const)('warns of a licence whose commercial use is %s (%s)', async (commercialUse, notice, warnings) => {
    const embedder = { ...fakeEmbedder, license: { spdx: 'LicenseRef-x', commercialUse, notice } };
    const { info } = await createFaceEngine(createFakeParts({ pack: { ...fakePack, embedder } }));
    expect(info.warnings).toEqual(warnings);
  });

  it('is not disturbed by a progress callback that throws', async () => {
    const onProgress = (): never => {
      throw new Error('the display is broken');
    };
    const engine = await createFaceEngine(createFakeParts(), { onProgress });
    expect(await engine.detect(PHOTO)).toHaveLength(1);
  });

  it.each<[string, EngineOptions]>([
    ['detectionSize', { detectionSize: 100 }],
    ['detectionSize', { detectionSize: 0 }],
    ['detectionSize', { detectionSize: -32 }],
    ['detectionSize', { detectionSize: Number.NaN }],
    ['detectionSize', { detectionSize: 4128 }],
    ['shrinkToSide', { shrinkToSide: 10 }],
    ['shrinkToSide', { shrinkToSide: Number.NaN }],
  ])('refuses a wrong %s before it loads anything: %j', async (option, options) => {
    const parts = createFakeParts();
    await expect(createFaceEngine(parts, options)).rejects.toMatchObject({ code: 'INVALID_OPTION', details: { option } });
    expect(parts.calls).toEqual([]);
  });

  it('refuses another detection size for a detector of fixed size', async () => {
    const detector = { ...fakeDetector, input: { ...fakeDetector.input, sizeMultipleOf: undefined } };
    const parts = createFakeParts({ pack: { ...fakePack, detector } });
    await expect(createFaceEngine(parts, { detectionSize: 160 })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
    expect((await createFaceEngine(parts, { detectionSize: 128 })).info.detectionSize).toBe(128);
  });

  it('runs the detector at the size asked for', async () => {
    const parts = createFakeParts();
    const engine = await createFaceEngine(parts, { detectionSize: 256 });
    await engine.detect(PHOTO);
    expect(engine.info.detectionSize).toBe(256);
    expect(parts.backend.sessions[0]?.runs.at(-1)).toEqual([1, 3, 256, 256]);
  });
});

describe('when creating fails, nothing stays open', () => {
  const steps = [
    'load:fake-detector',
    'open:fake-detector',
    'load:fake-landmarker',
    'load:fake-embedder',
    'open:fake-embedder',
    'sha256',
    'fit',
    'run:fake-detector',
    'warp',
    'run:fake-landmarker',
    'run:fake-embedder',
  ];

  it.each(steps)('because %s throws', async (step) => {
    const failure = new Error(`${step} failed`);
    const onCall = (call: string): void => {
      if (call === step) throw failure;
    };
    const parts = createFakeParts({ pack: fakeLandmarkPack, onCall });
    await expect(createFaceEngine(parts)).rejects.toBe(failure);
    expect(parts.calls).toContain(step);
    expect(sessionsOpen(parts)).toEqual([]);
    expect(parts.liveTensors()).toBe(0);
  });

  it.each(steps)('because it is aborted during %s', async (step) => {
    const controller = new AbortController();
    const reason = new Error('never mind');
    const onCall = (call: string): void => {
      if (call === step) controller.abort(reason);
    };
    const parts = createFakeParts({ pack: fakeLandmarkPack, onCall });
    await expect(createFaceEngine(parts, { signal: controller.signal })).rejects.toBe(reason);
    expect(sessionsOpen(parts)).toEqual([]);
    expect(parts.liveTensors()).toBe(0);
  });

  it('because it was aborted before', async () => {
    const parts = createFakeParts();
    await expect(createFaceEngine(parts, { signal: AbortSignal.abort('no') })).rejects.toBe('no');
    expect(parts.calls).toEqual([]);
  });
});

describe('the self-test', () => {
  it('passes where the numbers are those of the manifest', async () => {
    const engine = await createFaceEngine(createFakeParts({ pack: await packWithSelfTest() }));
    expect(await engine.detect(PHOTO)).toHaveLength(1);
  });

  it.each<[string, Partial<NonNullable<PackManifest['selfTest']>>, RegExp]>([
    ['another box', { box: [1, 2, 3, 4] }, /Expected the box \[1, 2, 3, 4\], got \[/],
    ['another embedding', { embedding: [1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1] }, /cosine >= 0\.995/],
    ['an embedding of another length', { embedding: [1, 2, 3] }, /embedding of 3 numbers, got 12/],
  ])('fails for %s, and closes everything', async (_, change, message) => {
    const parts = createFakeParts({ pack: await packWithSelfTest(change) });
    await expect(createFaceEngine(parts)).rejects.toMatchObject({
      code: 'SELF_TEST_FAILED',
      message: expect.stringMatching(message) as string,
      details: { pack: 'fake' },
    });
    expect(parts.backend.sessions).toHaveLength(2);
    expect(sessionsOpen(parts)).toEqual([]);
  });

  it('allows the box to move by less than a pixel', async () => {
    const exact = (await packWithSelfTest()).selfTest?.box ?? [];
    await expect(
      createFaceEngine(createFakeParts({ pack: await packWithSelfTest({ box: exact.map((value) => value + 0.9) }) })),
    ).resolves.toBeDefined();
    await expect(
      createFaceEngine(createFakeParts({ pack: await packWithSelfTest({ box: exact.map((value) => value + 1.1) }) })),
    ).rejects.toMatchObject({ code: 'SELF_TEST_FAILED' });
  });

  it.each<[string, string, Breakage]>([
    ['the embedder gives NaN', 'fake-embedder', 'nan'],
    ['the embedder gives zeros', 'fake-embedder', 'zero'],
    ['the embedder gives the wrong shape', 'fake-embedder', 'halved'],
    ['the detector gives the wrong shape', 'fake-detector', 'halved'],
    ['the detector gives no outputs', 'fake-detector', 'missing'],
    ['the detector gives NaN, hence no face', 'fake-detector', 'nan'],
    ['the detector gives zeros, hence no face', 'fake-detector', 'zero'],
  ])('fails if %s, so that another execution provider can be tried', async (_, model, breakage) => {
    const alter: FakePartsOptions['alter'] = (name, outputs) => (name === model ? breakOutputs(outputs, breakage) : outputs);
    const parts = createFakeParts({ pack: await packWithSelfTest(), alter });
    await expect(createFaceEngine(parts)).rejects.toMatchObject({ code: 'SELF_TEST_FAILED' });
    expect(sessionsOpen(parts)).toEqual([]);
  });

  it('keeps the fault that it met as the cause', async () => {
    const alter: FakePartsOptions['alter'] = (name, outputs) => (name === 'fake-embedder' ? breakOutputs(outputs, 'nan') : outputs);
    const failing = createFaceEngine(createFakeParts({ alter }));
    await expect(failing).rejects.toMatchObject({
      code: 'SELF_TEST_FAILED',
      cause: expect.objectContaining({ code: 'INVALID_EMBEDDING' }) as unknown,
    });
  });

  it('asks only for a face where the detection size is not the one that was measured', async () => {
    const pack = await packWithSelfTest({ box: [1, 2, 3, 4] });
    await expect(createFaceEngine(createFakeParts({ pack }), { detectionSize: 256 })).resolves.toMatchObject({
      info: { detectionSize: 256 },
    });
    const blind: FakePartsOptions = {
      pack,
      alter: (name, outputs) => (name === 'fake-detector' ? breakOutputs(outputs, 'zero') : outputs),
    };
    await expect(createFaceEngine(createFakeParts(blind), { detectionSize: 256 })).rejects.toMatchObject({ code: 'SELF_TEST_FAILED' });
  });
});
