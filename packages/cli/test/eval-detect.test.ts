import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoPhoto } from '@isoface/testkit/node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENGINE, parseDocument, runInProcess } from './support/run-in-process.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-cli-eval-'));
  await sharp(demoPhoto('sample3.jpg')).extract({ left: 480, top: 280, width: 420, height: 420 }).jpeg().toFile(join(folder, 'bea.jpg'));
  // Where the detector finds the face, in whole pixels: so the rates are known.
  await writeFile(join(folder, 'boxes.txt'), 'bea 102 92 229 229\n');
  await writeFile(join(folder, 'scores.csv'), 'path,label,score,clip\na,bonafide,0.9,1\nb,bonafide,0.4,1\nc,print,0.6,2\nd,screen,0.1,3\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('isoface eval detect', () => {
  it('measures the detector of the pack and writes every form of the result', async () => {
    const files = ['--json', 'result.json', '--csv', 'result.csv', '--html', 'result.html'];
    const run = await runInProcess(['eval', 'detect', '--data', '.', '--rounds', '20', ...files, ...ENGINE], { cwd: folder });
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).toContain('1 of 1 images read, 1 faces; a face is found by a detection with an overlap (IoU) of 0.5 or more');
    expect(run.stdout).toMatch(/^blazeface +256 +100 %/m);
    const document = JSON.parse(await readFile(join(folder, 'result.json'), 'utf8'));
    expect(document).toMatchObject({ kind: 'detect', format: 'fddb', detectors: [{ id: 'blazeface', averagePrecision: 1 }] });
    expect(await readFile(join(folder, 'result.csv'), 'utf8')).toContain('blazeface,256,all,1,1,1,1,');
    expect(await readFile(join(folder, 'result.html'), 'utf8')).toContain('Precision over recall');
  });

  it.each([
    [['--detectors', 'sface-2021dec'], 'INVALID_OPTION', 'does not detect'],
    [['--detectors', 'blazefase'], 'INVALID_OPTION', 'blazeface'],
    [['--detection-size', '640'], 'INVALID_OPTION', 'one size only'],
    [['--flip'], 'INVALID_OPTION', '--flip'],
    [['--format', 'wider'], 'DATASET_INVALID', 'bbx_gt.txt'],
  ])('refuses %j', async (options, code, part) => {
    const run = await runInProcess(['eval', 'detect', '--data', folder, '--json', ...ENGINE, ...options]);
    expect(run.exitCode).toBe(2);
    expect(parseDocument<{ error: { code: string; message: string } }>(run).error).toMatchObject({
      code,
      message: expect.stringContaining(part),
    });
  });
});

describe('isoface eval liveness', () => {
  it('measures scores by clip and by frame', async () => {
    const run = await runInProcess(['eval', 'liveness', '--scores', 'scores.csv', '--threshold', '0.5', '--json'], { cwd: folder });
    expect(run.exitCode, run.stderr).toBe(0);
    expect(parseDocument(run)).toMatchObject({
      kind: 'liveness',
      perFrame: { apcerMax: 1, worstKind: 'print', bpcer: { rate: 0.5 } },
      perClip: { apcerMax: 1, bpcer: { rate: 0, count: 1 } },
    });
  });

  it('finds a threshold, and says that this flatters', async () => {
    const run = await runInProcess(['eval', 'liveness', '--scores', 'scores.csv', '--apcer', '0', '--html', 'liveness.html'], {
      cwd: folder,
    });
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).toContain('by clip');
    expect(run.stdout).toContain('on others the rates will be worse');
    expect(await readFile(join(folder, 'liveness.html'), 'utf8')).toContain('print (APCER)');
  });

  it.each([
    [[], 'got none'],
    [['--threshold', '0.5', '--bpcer', '0.1'], 'got 2'],
  ])('needs exactly one threshold: %j', async (options, part) => {
    const run = await runInProcess(['eval', 'liveness', '--scores', 'scores.csv', '--json', ...options], { cwd: folder });
    expect(run.exitCode).toBe(2);
    expect(parseDocument<{ error: object }>(run).error).toMatchObject({ code: 'INVALID_OPTION', message: expect.stringContaining(part) });
  });
});
