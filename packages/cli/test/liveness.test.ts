import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasSharedData, sharedPath } from '@isoface/testkit/node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ENGINE, parseDocument, runInProcess } from './support/run-in-process.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-cli-liveness-'));
  await sharp({ create: { width: 200, height: 200, channels: 3, background: 'grey' } })
    .png()
    .toFile(join(folder, 'grey.png'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it.each([
  [['liveness', 'grey.png', '--pack', 'starter'], 'INVALID_OPTION', '--pack standard'],
  [['liveness', 'grey.png', '--flip'], 'INVALID_OPTION', '--flip'],
  [['liveness', 'grey.png', '--bpcer', '0.1', '--threshold', '0.5'], 'INVALID_OPTION', 'cannot be used with'],
  [['liveness', 'grey.png', '--threshold', '1.5'], 'INVALID_OPTION', 'from 0 to 1'],
  [['eval', 'liveness'], 'INVALID_OPTION', 'either --data or --scores, got none'],
  [['eval', 'liveness', '--data', '.', '--scores', 'x.tsv'], 'INVALID_OPTION', 'either --data or --scores, got both'],
  [['eval', 'liveness', '--scores', 'x.tsv', '--threshold', '0', '--write-scores', 'y.tsv'], 'INVALID_OPTION', '--write-scores'],
  [['eval', 'liveness', '--data', '.', '--pack', 'starter'], 'INVALID_OPTION', '--pack standard'],
])('refuses %j', async (argv, code, part) => {
  const run = await runInProcess([...argv, '--json'], { cwd: folder });
  expect(run.exitCode).toBe(2);
  expect(parseDocument(run)).toMatchObject({ error: { code, message: expect.stringContaining(part) } });
});

it('says in its help what it cannot do, and which codes it exits with', async () => {
  const { stdout } = await runInProcess(['liveness', '--help']);
  expect(stdout).toMatch(/weak evidence/);
  expect(stdout).toMatch(/deepfakes/);
  expect(stdout).toContain('Exit codes:');
});

describe.skipIf(!hasSharedData)('with the models of the standard pack', () => {
  const models = (): string[] => ['--models-dir', sharedPath('models'), ...ENGINE];

  beforeAll(async () => {
    for (const [name, label] of [
      ['T1', 'bonafide'],
      ['F1', 'print'],
      ['F2', 'screen'],
    ] as const) {
      await mkdir(join(folder, 'set', label), { recursive: true });
      await copyFile(sharedPath(`models/golden/images/minivision_${name}_full.png`), join(folder, 'set', label, `${name}.png`));
    }
  });

  it('says where the files belong that are not here', async () => {
    await mkdir(join(folder, 'some'));
    // All that the pack needs without liveness, so that nothing else is missing.
    for (const name of ['yunet_2023mar_opencv.onnx', 'face-reidentification-retail-0095.xml', 'face-reidentification-retail-0095.bin']) {
      await copyFile(sharedPath(name.startsWith('face') ? `models/openvino-ir/${name}` : `models/${name}`), join(folder, 'some', name));
    }
    vi.stubEnv('ISOFACE_CACHE', join(folder, 'cache'));
    try {
      const run = await runInProcess(['liveness', 'grey.png', '--models-dir', 'some', '--json', ...ENGINE], { cwd: folder });
      expect(run.exitCode).toBe(2);
      expect(parseDocument(run)).toMatchObject({ error: { code: 'MODEL_NOT_FOUND', message: expect.stringContaining('minifasnet') } });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it.each<[string, readonly string[], number, readonly (boolean | undefined)[]]>([
    ['a picture of one', ['set/bonafide/T1.png', 'set/screen/F2.png'], 1, [true, false]],
    ['what cannot be read', ['none.png', 'set/bonafide/T1.png'], 2, [undefined, true]],
    ['a face, at a threshold of its own', ['set/bonafide/T1.png', '--threshold', '0.9'], 0, [true]],
  ])('tells %s', async (_, argv, exitCode, live) => {
    const run = await runInProcess(['liveness', ...argv, '--json', ...models()], { cwd: folder });
    expect(run.exitCode, run.stdout).toBe(exitCode);
    const { images, limits, threshold, calibration } = parseDocument<{
      readonly images: readonly { readonly live?: boolean; readonly score?: number }[];
      readonly limits: string;
      readonly threshold: number;
      readonly calibration?: { readonly rate: number };
    }>(run);
    expect(images.map((image) => image.live)).toEqual(live);
    for (const { score, live: isLive } of images) if (score !== undefined) expect(isLive).toBe(score >= threshold);
    expect(limits).toContain('weak evidence');
    expect(calibration?.rate).toBe(argv.includes('--threshold') ? undefined : 0.1);
  });

  it('decides about a clip once, by the mean of the frames with a face', async () => {
    const frames = ['set/bonafide/T1.png', 'set/screen/F2.png', 'grey.png'];
    const { stdout, exitCode } = await runInProcess(['liveness', ...frames, '--clip', '--threshold', '0.45', ...models()], { cwd: folder });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^clip {2}LIVE {2}score 0\.5\d+ >= threshold 0\.4500 \(own threshold\), mean of 2 frames; 1 frame without a face not counted$/m,
    );
    expect(stdout).not.toContain('NOT LIVE');
    expect(stdout).toContain('weak evidence');
    const none = await runInProcess(['liveness', 'grey.png', '--clip', ...models()], { cwd: folder });
    expect([none.exitCode, none.stdout.includes('clip  NO FACE')]).toEqual([1, true]);
  });

  it('measures a folder at the threshold of the pack, and writes scores that can be read again', async () => {
    const out = ['--write-scores', 'scores.tsv', '--json', 'result.json', '--html', 'result.html'];
    const run = await runInProcess(['eval', 'liveness', '--data', 'set', ...out, ...models()], { cwd: folder });
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).toContain('3 pictures read, 0 without a face');
    expect(run.stdout).toContain("The threshold is the pack's own, calibrated for BPCER 10.00 %");
    expect(run.stdout).toMatch(/Not measured, so these rates say nothing about: injection .*mask/);
    const result = JSON.parse(await readFile(join(folder, 'result.json'), 'utf8'));
    expect(result).toMatchObject({
      dataset: 'set',
      scorer: { pack: 'standard', pictures: 3 },
      perFrame: { bpcer: { rate: 0 }, apcerMax: 0 },
    });
    expect(await readFile(join(folder, 'result.html'), 'utf8')).toContain('Not measured, so these rates say nothing about');

    const at = ['--threshold', `${result.at.threshold}`];
    const again = await runInProcess(['eval', 'liveness', '--scores', 'scores.tsv', ...at, '--json'], { cwd: folder });
    expect(parseDocument<{ perFrame: object }>(again).perFrame).toEqual(result.perFrame);
  });

  it("says that a pack of one's own has no threshold, before it scores anything", async () => {
    const show = await runInProcess(['models', 'show', 'standard', '--json'], { cwd: folder });
    const { livenessThresholds: _, ...manifest } = parseDocument<Record<string, unknown>>(show);
    await writeFile(join(folder, 'own.json'), JSON.stringify(manifest));
    const run = await runInProcess(['eval', 'liveness', '--data', 'nowhere', '--pack', 'own.json', '--json', ...models()], { cwd: folder });
    expect(parseDocument(run)).toMatchObject({ error: { code: 'THRESHOLD_UNAVAILABLE', message: expect.stringContaining('--threshold') } });
  });
});
