import type { EngineInfo, WebFaceEngine } from 'isoface';
import { FaceError } from 'isoface';
import { describe, expect, it } from 'vitest';
import { describeCameraError } from '../src/camera/describe-camera-error.ts';
import { describeEngineEvent } from '../src/engine/describe-engine-event.ts';
import { describeError } from '../src/engine/describe-error.ts';
import { createEngineSession, type EngineState } from '../src/engine/engine-session.ts';
import { listEngineFacts } from '../src/engine/list-engine-facts.ts';
import { addProgress, OPENING } from '../src/engine/opening-progress.ts';

describe('errors', () => {
  it('adds what to do here to an error of isoface', () => {
    expect(describeError(new FaceError('BACKEND_UNAVAILABLE', 'No GPU.'))).toEqual({
      code: 'BACKEND_UNAVAILABLE',
      message: 'No GPU.',
      advice: 'Choose "Automatic" or "WebAssembly" under "Runs on".',
    });
  });

  it.each([
    [new TypeError('broken'), 'TypeError', 'broken'],
    ['a string', 'Error', 'a string'],
    [undefined, 'Error', 'undefined'],
  ])('describes %s', (error, code, message) => expect(describeError(error)).toMatchObject({ code, message }));

  it.each([
    ['denied', 'Allow the camera'],
    ['notFound', 'Connect a camera'],
    ['busy', 'Close the other program'],
    ['insecure', 'over https'],
    ['failed', 'connect it again'],
    ['something new', 'connect it again'],
  ])('says what to do about a camera that is %s', (reason, advice) => {
    expect(describeCameraError(new FaceError('CAMERA_UNAVAILABLE', 'No camera.', { reason })).advice).toContain(advice);
  });
});

describe('progress', () => {
  it('keeps one row per model, in the order in which they began', () => {
    const events = [
      { phase: 'load', model: 'onnxruntime', source: 'bundled', loadedBytes: 1, totalBytes: 10 },
      { phase: 'load', model: 'yunet', source: 'cache', loadedBytes: 5, totalBytes: 5 },
      { phase: 'load', model: 'onnxruntime', source: 'bundled', loadedBytes: 10, totalBytes: 10 },
      { phase: 'openModel', model: 'yunet', loadedModels: 1, totalModels: 2 },
    ] as const;
    const progress = events.reduce(addProgress, OPENING);
    expect(progress.models.map(({ model, loadedBytes }) => [model, loadedBytes])).toEqual([
      ['onnxruntime', 10],
      ['yunet', 5],
    ]);
    expect(progress.step).toBe('Opened 1 of 2 models …');
    expect(addProgress(progress, { phase: 'selfTest' }).step).toBe('Testing on a drawn face …');
  });

  it.each([
    [{ type: 'restart', reason: 'device lost', executionProvider: 'webgpu' }, 'Restarting: WebGPU ended (device lost)'],
    [{ type: 'restarted', executionProvider: 'wasm' }, 'Runs again, on WebAssembly'],
    [{ type: 'failed', reason: 'no way left' }, 'Given up: no way left'],
  ] as const)('describes %j', (event, text) => expect(describeEngineEvent(event)).toBe(text));

  it('lists what runs, with licences and the beginning of the contract', () => {
    const license = { spdx: 'MIT', commercialUse: 'allowed' } as const;
    const info: EngineInfo = {
      pack: 'mine',
      contract: '0123456789abcdef',
      executionProvider: 'wasm',
      models: [{ id: 'yunet', task: 'detect', license, executionProvider: 'wasm', bytes: 232_589 }],
      dimension: 128,
      flipAveraging: true,
      detectionSize: 320,
      thresholds: [],
      liveness: { passive: [], landmarks: 'five', thresholds: [] },
      versions: { onnxruntime: '1.30.0' },
      runtime: { ortBuild: 'jspi', threads: 2 },
      warnings: [],
    };
    const facts = new Map(listEngineFacts(info));
    expect(facts.get('Runs on')).toBe('WebAssembly');
    expect(facts.get('ONNX Runtime build')).toBe('jspi');
    expect(facts.get('Threads')).toBe('2');
    expect(facts.get('Contract')).toBe('0123456789ab');
    expect(facts.get('Embedding')).toBe('128 numbers, flip averaged');
    expect(facts.get('yunet')).toBe('233 kB, MIT');
    expect(facts.has('Preprocessing')).toBe(false);
    expect(facts.has('Graphics')).toBe(false);
    const runtime = { gpuVendor: 'google', gpuArchitecture: 'swiftshader', softwareGpu: true };
    expect(new Map(listEngineFacts({ ...info, runtime })).get('Graphics')).toBe('google swiftshader (in software)');
  });
});

describe('engine session', () => {
  /** Engines that open when told to, and note when they are disposed. */
  function createFactory() {
    const log: string[] = [];
    const openings: (() => void)[] = [];
    const create = ({ pack, signal }: { pack?: unknown; signal?: AbortSignal | undefined }): Promise<WebFaceEngine> =>
      new Promise((resolve, reject) => {
        log.push(`create ${pack}`);
        signal?.addEventListener('abort', () => reject(signal.reason));
        const engine = { dispose: async () => void log.push(`dispose ${pack}`) } as WebFaceEngine;
        openings.push(() => resolve(engine));
      });
    return { log, openings, create };
  }
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

  it('disposes of the engine before it opens the next', async () => {
    const { log, openings, create } = createFactory();
    const states: EngineState['status'][] = [];
    const session = createEngineSession({ create, onState: ({ status }) => states.push(status), onEvent: () => {} });
    const first = session.open({ pack: 'a' });
    await settle();
    openings[0]?.();
    await first;
    const second = session.open({ pack: 'b' });
    await settle();
    openings[1]?.();
    await second;
    expect(log).toEqual(['create a', 'dispose a', 'create b']);
    expect(states).toEqual(['opening', 'ready', 'opening', 'ready']);
  });

  it('gives up an opening that was overtaken, without a word about it', async () => {
    const { openings, create } = createFactory();
    const states: EngineState[] = [];
    const session = createEngineSession({ create, onState: (state) => states.push(state), onEvent: () => {} });
    const first = session.open({ pack: 'a' });
    await settle();
    const second = session.open({ pack: 'b' });
    await settle();
    openings[1]?.();
    await Promise.all([first, second]);
    expect(states.map(({ status }) => status)).toEqual(['opening', 'opening', 'ready']);
  });

  it('disposes of an engine that opened although it was overtaken', async () => {
    const log: string[] = [];
    const openings: (() => void)[] = [];
    // This factory does not heed the signal.
    const create = ({ pack }: { pack?: unknown }): Promise<WebFaceEngine> =>
      new Promise((resolve) => openings.push(() => resolve({ dispose: async () => void log.push(`dispose ${pack}`) } as WebFaceEngine)));
    const session = createEngineSession({ create, onState: () => {}, onEvent: () => {} });
    const first = session.open({ pack: 'a' });
    await settle();
    const second = session.open({ pack: 'b' });
    await settle();
    for (const open of openings) open();
    await Promise.all([first, second]);
    expect(log).toEqual(['dispose a']);
  });

  it('reports a failure, and opens again afterwards', async () => {
    const states: EngineState['status'][] = [];
    let isBroken = true;
    const session = createEngineSession({
      create: async () => {
        if (isBroken) throw new FaceError('DOWNLOAD_FAILED', 'no network');
        return { dispose: async () => {} } as WebFaceEngine;
      },
      onState: ({ status }) => states.push(status),
      onEvent: () => {},
    });
    await session.open({});
    isBroken = false;
    await session.open({});
    expect(states).toEqual(['opening', 'failed', 'opening', 'ready']);
  });
});
