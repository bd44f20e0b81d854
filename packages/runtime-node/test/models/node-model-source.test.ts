import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ModelSourceWarning, scrfd500mKps, standardPack, starterPack, ultrafaceRfb320 } from '@isoface/models';
import { hasSharedData, sharedPath } from '@isoface/testkit/node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createNodeModelSource } from '../../src/models/node-model-source.ts';
import { cachePath, describeFile, isSame, makeTemporaryDirectory, manifestFor, randomModel } from './support/model-files.ts';

const bytes = randomModel(5000);
const model = manifestFor(await describeFile(bytes, ['https://example.com/model.onnx']));

afterEach(() => vi.unstubAllEnvs());

describe('model source of Node', () => {
  it('takes a file from the models folder, under any name, without touching network or cache', async () => {
    const [modelsDir, cacheDir] = [await makeTemporaryDirectory(), await makeTemporaryDirectory()];
    await writeFile(join(modelsDir, 'renamed.bin'), bytes);
    const fetch = vi.fn();
    expect(isSame(await createNodeModelSource({ modelsDir, cacheDir, fetch }).load(model), bytes)).toBe(true);
    expect(fetch).not.toHaveBeenCalled();
  });

  it('reads ISOFACE_MODELS and ISOFACE_CACHE', async () => {
    const [modelsDir, cacheDir] = [await makeTemporaryDirectory(), await makeTemporaryDirectory()];
    await writeFile(join(modelsDir, 'renamed.bin'), bytes);
    vi.stubEnv('ISOFACE_MODELS', modelsDir);
    vi.stubEnv('ISOFACE_CACHE', cacheDir);
    expect(isSame(await createNodeModelSource({ offline: true }).load(model), bytes)).toBe(true);
    vi.stubEnv('ISOFACE_MODELS', '');
    await expect(createNodeModelSource({ offline: true }).load(model)).rejects.toThrow(cacheDir);
  });

  it('downloads once, then reads the cache', async () => {
    const options = { modelsDir: '', cacheDir: await makeTemporaryDirectory() };
    const fetch = vi.fn(async () => new Response(bytes.slice()));
    for (let round = 0; round < 3; round++) {
      expect(isSame(await createNodeModelSource({ ...options, fetch }).load(model), bytes)).toBe(true);
    }
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('offline never touches the network', async () => {
    const fetch = vi.fn();
    vi.stubGlobal('fetch', fetch);
    const source = createNodeModelSource({ modelsDir: '', cacheDir: await makeTemporaryDirectory(), offline: true });
    await expect(source.load(model)).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    expect(fetch).not.toHaveBeenCalled();
    vi.unstubAllGlobals();
  });

  it.each<readonly [string, Uint8Array]>([
    ['tampered', randomModel(5000)],
    ['truncated', bytes.subarray(0, 4999)],
    ['longer', new Uint8Array(6000)],
  ])('replaces a %s file of the cache', async (_, content) => {
    const cacheDir = await makeTemporaryDirectory();
    const path = join(cacheDir, cachePath(model.file));
    await mkdir(dirname(path));
    await writeFile(path, content);
    const warnings: ModelSourceWarning[] = [];
    const fetch = async (): Promise<Response> => new Response(bytes.slice());
    const onWarning = (warning: ModelSourceWarning): unknown => warnings.push(warning);
    expect(isSame(await createNodeModelSource({ modelsDir: '', cacheDir, fetch, onWarning }).load(model), bytes)).toBe(true);
    expect(isSame(await createNodeModelSource({ modelsDir: '', cacheDir, offline: true }).load(model), bytes)).toBe(true);
    expect(warnings).toMatchObject([{ code: 'SOURCE_SKIPPED', message: expect.stringContaining(cacheDir) }]);
  });

  it('says where a wrong file lies', async () => {
    const modelsDir = await makeTemporaryDirectory();
    await writeFile(join(modelsDir, 'model.onnx'), randomModel(5000));
    const source = createNodeModelSource({ modelsDir, cacheDir: await makeTemporaryDirectory(), offline: true });
    await expect(source.load(model)).rejects.toMatchObject({
      code: 'MODEL_INTEGRITY',
      message: expect.stringContaining(`folder (${modelsDir})`),
    });
  });

  it('passes over a models folder that does not exist, with a warning', async () => {
    const onWarning = vi.fn();
    const cacheDir = await makeTemporaryDirectory();
    const fetch = async (): Promise<Response> => new Response(bytes.slice());
    const source = createNodeModelSource({ modelsDir: join(cacheDir, 'missing'), cacheDir, fetch, onWarning });
    expect(isSame(await source.load(model), bytes)).toBe(true);
    expect(onWarning).toHaveBeenCalledWith(expect.objectContaining({ message: expect.stringContaining('ISOFACE_MODELS') }));
  });
});

const assets = fileURLToPath(new URL('../../../models/assets', import.meta.url));
describe.skipIf(!existsSync(assets))('the starter pack (needs a build, which makes its files)', () => {
  const { detector, landmarker, embedder } = starterPack;
  it.each([detector, landmarker, embedder].filter((manifest) => manifest !== undefined))(
    '$id ships inside the package',
    async (manifest) => {
      const source = createNodeModelSource({ modelsDir: '', cacheDir: await makeTemporaryDirectory(), offline: true });
      expect(await source.load(manifest)).toHaveLength(manifest.file.bytes);
    },
  );
});

describe.skipIf(!hasSharedData)('published models (need the shared data)', () => {
  const modelsDir = sharedPath('models');

  it.each([ultrafaceRfb320, scrfd500mKps])('$id is found by content', async (manifest) => {
    const source = createNodeModelSource({ modelsDir, cacheDir: await makeTemporaryDirectory(), offline: true });
    expect(await source.load(manifest)).toHaveLength(manifest.file.bytes);
  });

  const { detector, embedder } = standardPack;
  it.each([detector, ...(embedder ? [embedder] : [])])('$id is imported from the published files, and kept', async (manifest) => {
    const cacheDir = await makeTemporaryDirectory();
    const imported = await createNodeModelSource({ modelsDir, cacheDir, offline: true }).load(manifest);
    const kept = await createNodeModelSource({ modelsDir: '', cacheDir, offline: true }).load(manifest);
    expect(isSame(kept, imported)).toBe(true);
  });
});
