import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OnnxGraphBuilder, readOnnx } from '@isoface/model-tools';
import { demoPhoto, hasSharedData, sharedPath } from '@isoface/testkit/node';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseDocument, runInProcess } from './support/run-in-process.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-cli-quantize-'));
  vi.stubEnv('ISOFACE_CACHE', join(folder, 'cache'));
  vi.stubEnv('ISOFACE_MODELS', '');
  await mkdir(join(folder, 'photos'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** Photos without what carries no face, so that runs are short. */
async function copyPhotos(...names: readonly string[]): Promise<void> {
  await Promise.all(names.map((name) => copyFile(demoPhoto(name), join(folder, 'photos', name))));
}

async function writePlain(name: string, grey: number): Promise<void> {
  const background = { r: grey, g: grey, b: grey };
  const image = sharp({ create: { width: 200, height: 200, channels: 3, background } });
  await image.png().toFile(join(folder, 'photos', name));
}

async function quantize(...argv: readonly string[]) {
  return runInProcess(['models', 'quantize', ...argv, '--images', 'photos', '--offline', '--json'], { cwd: folder });
}

interface QuantizeDocument {
  readonly file: { readonly sha256: string; readonly bytes: number };
  readonly bytesBefore: number;
  readonly leftAlone: readonly { readonly node: string; readonly reason: string }[];
  readonly inputs: { readonly calibration: number; readonly heldOut: number };
  readonly differences: { readonly landmarks?: { readonly meanPixels: number }; readonly detection?: { readonly faces: number } };
  readonly cpuMs: { readonly before: number; readonly after: number; readonly runs: number };
  readonly verdict: { readonly isWorthIt: boolean; readonly reasons: readonly string[] };
  readonly problems: readonly unknown[];
}

describe('models quantize', () => {
  it('writes an 8-bit model that it has judged on photos held out', async () => {
    await copyPhotos('sample1.jpg', 'sample2.jpg', 'sample3.jpg');
    await writeFile(join(folder, 'photos', 'notes.txt'), 'no photo');
    const run = await quantize('face-landmark-68', '--to', 'int8', '--out', 'out/small.onnx');
    expect(run.exitCode).toBe(0);
    const document = parseDocument<QuantizeDocument>(run);
    const bytes = await readFile(join(folder, 'out/small.onnx'));
    expect(await readdir(join(folder, 'out'))).toEqual(['small.onnx']);
    expect(document).toMatchObject({
      model: 'face-landmark-68',
      to: 'int8',
      pack: 'starter',
      images: { name: 'photos', calibration: 2, heldOut: 1 },
      file: { name: 'small.onnx', bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') },
      verdict: { isWorthIt: expect.any(Boolean) },
      problems: [{ path: 'notes.txt', code: 'unsupported' }],
    });
    expect(document.inputs.calibration).toBeGreaterThan(0);
    expect(document.inputs.heldOut).toBeGreaterThan(0);
    // Found: a third of a pixel. A broken model is off by the size of the crop, 112 pixels.
    expect(document.differences.landmarks?.meanPixels).toBeLessThan(3);
    expect(document.cpuMs.runs).toBeGreaterThanOrEqual(20);
  });

  it('tells people what was found and whether it is worth it', async () => {
    await copyPhotos('sample1.jpg', 'sample2.jpg');
    const argv = ['models', 'quantize', 'blazeface', '--to', 'float16-stored', '--images', 'photos', '--out', 'half.onnx', '--offline'];
    const { exitCode, stdout } = await runInProcess(argv, { cwd: folder });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/sha256 [0-9a-f]{64}/);
    expect(stdout).toMatch(/faces found again/);
    // Its weights are stored in half precision already.
    expect(stdout).toContain('Not worth it here.');
    expect(stdout).toContain('not notably smaller');
  });

  it('leaves the layers alone that it is told to, or that it finds to be the worst', async () => {
    await copyPhotos('sample1.jpg', 'sample2.jpg');
    const all = parseDocument<QuantizeDocument>(await quantize('face-landmark-68', '--to', 'int8', '--per-tensor', '--out', 'a.onnx'));
    const conv = readOnnx(await readFile(join(folder, 'a.onnx'))).graph.node.find(({ opType }) => opType === 'Conv')?.output[0] ?? '';
    expect(all.leftAlone).not.toContainEqual(expect.objectContaining({ operator: 'Conv' }));
    const one = parseDocument<QuantizeDocument>(await quantize('face-landmark-68', '--to', 'int8', '--skip', conv, '--out', 'b.onnx'));
    expect(one.leftAlone).toContainEqual({ node: conv, operator: 'Conv', reason: 'asked to' });
    const auto = parseDocument<QuantizeDocument>(await quantize('face-landmark-68', '--to', 'int8', '--skip', 'auto', '--out', 'c.onnx'));
    // 68 landmarks hardly suffer, so little is left alone, and never more than a quarter of 32 layers.
    expect(auto.leftAlone.filter(({ reason }) => reason === 'asked to').length).toBeLessThanOrEqual(8);
    const unknown = await quantize('face-landmark-68', '--to', 'int8', '--skip', 'no-such-node', '--out', 'd.onnx');
    expect(parseDocument(unknown)).toMatchObject({ error: { code: 'INVALID_OPTION', message: expect.stringContaining('no-such-node') } });
    expect((await readdir(folder)).filter((name) => name.endsWith('.onnx'))).toEqual(['a.onnx', 'b.onnx', 'c.onnx']);
  });

  it.runIf(hasSharedData)('takes a file for the part of a pack that it is said to be', async () => {
    await copyPhotos('sample1.jpg', 'sample2.jpg');
    const file = sharedPath('models/yunet_s_dynamic.onnx');
    const unknown = parseDocument(await quantize(file, '--to', 'float16', '--out', 'half.onnx'));
    expect(unknown).toMatchObject({ error: { code: 'INVALID_OPTION', message: expect.stringContaining('--role') } });
    const argv = [file, '--pack', 'standard', '--role', 'detector', '--to', 'float16', '--out', 'half.onnx'];
    const run = await quantize(...argv, '--models-dir', sharedPath('models'));
    expect(run.exitCode).toBe(0);
    const { differences, file: written, bytesBefore } = parseDocument<QuantizeDocument>(run);
    expect(written.bytes).toBeLessThan(bytesBefore * 0.6);
    expect(differences.detection?.faces).toBeGreaterThan(0);
  });

  it.each([
    ['a pack instead of a model', ['starter', '--to', 'int8'], 'INVALID_OPTION', /blazeface/],
    ['a model of liveness', ['minifasnet-v2', '--to', 'int8'], 'MODEL_UNSUPPORTED', /task is liveness/],
    ['an unknown model', ['blazefac', '--to', 'int8'], 'INVALID_OPTION', /blazeface/],
    ['a file that is not there', ['none.onnx', '--to', 'int8'], 'IO_FAILED', /none\.onnx/],
    ['nodes to skip where none is chosen', ['blazeface', '--to', 'float16', '--skip', 'x'], 'INVALID_OPTION', /--skip/],
    ['one photo', ['blazeface', '--to', 'int8'], 'DATASET_INVALID', /at least 2/],
  ])('refuses %s', async (_, argv, code, message) => {
    await writePlain('only.png', 90);
    const run = await quantize(...argv, '--out', 'x.onnx');
    expect(run.exitCode).toBe(2);
    expect(parseDocument(run)).toMatchObject({ error: { code, message: expect.stringMatching(message) } });
    expect(await readdir(folder)).toEqual(['photos']);
  });

  it('refuses to write over its input, and a file that is no model', async () => {
    await copyPhotos('sample1.jpg', 'sample2.jpg');
    await writeFile(join(folder, 'text.onnx'), 'This is no model.');
    const role = ['--pack', 'starter', '--role', 'detector', '--to', 'int8'];
    expect(parseDocument(await quantize('text.onnx', ...role, '--out', './text.onnx'))).toMatchObject({
      error: { code: 'INVALID_OPTION' },
    });
    expect(parseDocument(await quantize('text.onnx', ...role, '--out', 'x.onnx'))).toMatchObject({ error: { code: 'MODEL_INTEGRITY' } });
    await writeFile(join(folder, 'two.onnx'), twoInputs());
    expect(parseDocument(await quantize('two.onnx', ...role, '--out', 'x.onnx'))).toMatchObject({ error: { code: 'MODEL_UNSUPPORTED' } });
  });

  it('needs faces', async () => {
    await writePlain('a.png', 90);
    await writePlain('b.png', 91);
    const run = await quantize('face-landmark-68', '--to', 'int8', '--out', 'x.onnx');
    expect(run.exitCode).toBe(2);
    expect(parseDocument(run)).toMatchObject({ error: { code: 'DATASET_INVALID', message: expect.stringContaining('a face') } });
  });

  it('leaves nothing behind when it is interrupted', async () => {
    await copyPhotos('sample1.jpg', 'sample2.jpg');
    const controller = new AbortController();
    const argv = ['models', 'quantize', 'blazeface', '--to', 'int8', '--images', 'photos', '--out', 'x.onnx', '--offline'];
    const running = runInProcess(argv, { cwd: folder, signal: controller.signal });
    setTimeout(() => controller.abort(), 150);
    expect((await running).exitCode).not.toBe(0);
    expect(await readdir(folder)).toEqual(['photos']);
  });
});

function twoInputs(): Uint8Array {
  const graph = new OnnxGraphBuilder('two');
  graph.node('Add', [graph.input('a', [1]), graph.input('b', [1])], { output: 'y' });
  graph.output('y', [1]);
  return graph.build();
}
