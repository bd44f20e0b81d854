import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { hasSharedData, sharedPath } from '@isoface/testkit/node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseDocument, runInProcess } from './support/run-in-process.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-cli-models-'));
  vi.stubEnv('ISOFACE_CACHE', join(folder, 'cache'));
  vi.stubEnv('ISOFACE_MODELS', '');
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

describe('models list', () => {
  it('says what is here and under which terms', async () => {
    const { exitCode, ...run } = await runInProcess(['models', 'list', '--json']);
    expect(exitCode).toBe(0);
    const { packs, models } = parseDocument<{ packs: object[]; models: object[] }>({ exitCode, ...run });
    expect(packs).toContainEqual(expect.objectContaining({ id: 'starter', isPresent: true }));
    expect(packs).toContainEqual(
      expect.objectContaining({ id: 'standard', isPresent: false, missingOptionalModels: ['minifasnet-v2', 'minifasnet-v1se'] }),
    );
    expect(models).toContainEqual(expect.objectContaining({ id: 'blazeface', task: 'detect', isPresent: true, source: 'bundled' }));
    expect(models).toContainEqual(
      expect.objectContaining({
        id: 'scrfd-500m-kps',
        isPresent: false,
        license: expect.objectContaining({ commercialUse: 'prohibited' }),
      }),
    );
  });

  it('shows the licence to people', async () => {
    expect((await runInProcess(['models', 'list'])).stdout).toMatch(/scrfd-500m-kps .* NO commercial use/);
  });
});

describe('models pull', () => {
  it('gives what is bundled without a network', async () => {
    const run = await runInProcess(['models', 'pull', 'starter', '--offline', '--json']);
    expect(run.exitCode).toBe(0);
    expect(parseDocument(run)).toMatchObject({
      models: [
        { id: 'blazeface', source: 'bundled', isOptional: false },
        { id: 'face-landmark-68' },
        { id: 'face-recognition' },
        { id: 'facemesh-468', source: 'bundled', isOptional: true },
      ],
    });
  });

  it.runIf(hasSharedData)('goes on without optional models that have no address, and says where their files belong', async () => {
    // YuNet and the embedder alone, so that nothing else is missing.
    for (const name of [
      'yunet_2023mar_opencv.onnx',
      'openvino-ir/face-reidentification-retail-0095.xml',
      'openvino-ir/face-reidentification-retail-0095.bin',
    ]) {
      await copyFile(sharedPath(`models/${name}`), join(folder, basename(name)));
    }
    const pull = (...argv: string[]) => runInProcess(['models', 'pull', ...argv, '--offline', '--models-dir', folder, '--json']);
    const run = await pull('standard');
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toMatch(/minifasnet-v2: optional .* put minifasnet_v2_2\.7_80x80\.onnx .* ISOFACE_MODELS/);
    const document = parseDocument<{ error?: unknown; models: { id: string; error?: { code: string } }[] }>(run);
    expect(document.error).toBeUndefined();
    expect(document.models.map(({ id, error }) => [id, error?.code])).toEqual([
      ['yunet-2023mar', undefined],
      ['face-reidentification-retail-0095', undefined],
      ['minifasnet-v2', 'MODEL_NOT_FOUND'],
      ['minifasnet-v1se', 'MODEL_NOT_FOUND'],
      ['facemesh-468', undefined],
    ]);
    // Asked for by its own name it is not optional.
    expect(await pull('minifasnet-v2')).toMatchObject({ exitCode: 2 });
  });

  it('says what to do when a model cannot be had', async () => {
    const run = await runInProcess(['models', 'pull', 'sface', '--offline', '--json']);
    expect(run.exitCode).toBe(2);
    expect(parseDocument(run)).toMatchObject({ error: { code: 'MODEL_NOT_FOUND', message: expect.stringContaining('ISOFACE_MODELS') } });
  });

  it('suggests the name that was meant', async () => {
    const run = await runInProcess(['models', 'pull', 'yunet-2023ma']);
    expect(run).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('Did you mean "yunet-2023mar"?') });
  });

  it.runIf(hasSharedData)('takes models from a folder, by their content', async () => {
    const run = await runInProcess(['models', 'pull', 'scrfd-500m-kps', '--offline', '--models-dir', sharedPath('models'), '--json']);
    expect(run.exitCode).toBe(0);
    expect(parseDocument(run)).toMatchObject({ models: [{ id: 'scrfd-500m-kps', source: 'folder' }] });
    expect(run.stderr).toContain('non-commercial');
  });
});

describe('models verify', () => {
  it('is content with sound files', async () => {
    const run = await runInProcess(['models', 'verify', '--json']);
    expect(run.exitCode).toBe(0);
    expect(parseDocument(run)).toMatchObject({ damaged: 0 });
  });

  it('finds a damaged file of the cache', async () => {
    const damaged = join(folder, 'cache/ab', `ab${'0'.repeat(62)}`);
    await mkdir(dirname(damaged), { recursive: true });
    await writeFile(damaged, 'other bytes');
    const run = await runInProcess(['models', 'verify', '--json']);
    expect(run.exitCode).toBe(2);
    expect(parseDocument(run)).toMatchObject({ damaged: 1, error: { code: 'MODEL_INTEGRITY', details: { paths: [damaged] } } });
    expect((await runInProcess(['models', 'verify'])).stdout).toContain(`DAMAGED  cache    ${damaged}`);
  });
});

describe('models show', () => {
  it.each([
    ['starter', /BlazeFace/],
    ['standard', /minifasnet-v2 .* optional/],
    ['yunet-2023mar', /MIT, commercial use allowed/],
  ])('shows %s', async (name, text) => {
    expect(await runInProcess(['models', 'show', name])).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(text) });
  });

  it('refuses a file that is no model', async () => {
    await writeFile(join(folder, 'text.onnx'), 'This is no model.');
    const run = await runInProcess(['models', 'show', 'text.onnx', '--json'], { cwd: folder });
    expect(run.exitCode).toBe(2);
    expect(parseDocument(run)).toMatchObject({ error: { code: 'MODEL_INTEGRITY' } });
  });
});

describe.runIf(hasSharedData)('models import', () => {
  const source = sharedPath('models/yunet_2023mar_opencv.onnx');

  it('writes an ONNX file that show can read', async () => {
    const argv = ['models', 'import', source, '--format', 'onnx-dynamic-size', '--out', 'out/yunet.onnx', '--json'];
    const run = await runInProcess(argv, { cwd: folder });
    expect(run.exitCode).toBe(0);
    const { file } = parseDocument<{ file: { bytes: number } }>(run);
    expect(await readdir(join(folder, 'out'))).toEqual(['yunet.onnx']);
    const shown = await runInProcess(['models', 'show', 'out/yunet.onnx', '--json'], { cwd: folder });
    expect(parseDocument(shown)).toMatchObject({ bytes: file.bytes, inputs: [{ name: 'input' }], operators: expect.any(Array) });
  });

  it('never writes over its input', async () => {
    await copyFile(source, join(folder, 'yunet.onnx'));
    const argv = ['models', 'import', 'yunet.onnx', '--format', 'onnx-dynamic-size', '--out', './yunet.onnx', '--json'];
    const run = await runInProcess(argv, { cwd: folder });
    expect(run.exitCode).toBe(2);
    expect(parseDocument(run)).toMatchObject({ error: { code: 'INVALID_OPTION' } });
  });

  it('refuses a wrong number of files', async () => {
    const run = await runInProcess(['models', 'import', source, '--format', 'openvino-ir', '--out', 'x.onnx', '--json'], { cwd: folder });
    expect(parseDocument(run)).toMatchObject({ error: { code: 'INVALID_OPTION' } });
    expect(await readdir(folder)).toEqual([]);
  });
});
