import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawSelfTestFace } from '@isoface/core';
import sharp from 'sharp';
import { expect, it, onTestFinished } from 'vitest';
import { ENGINE, parseDocument, runInProcess } from './support/run-in-process.ts';

async function makeSet(): Promise<string> {
  const cwd = mkdtempSync(join(tmpdir(), 'isoface-cli-annotate-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const { width, height, data } = drawSelfTestFace();
  await sharp(Buffer.from(data), { raw: { width, height, channels: 4 } }).toFile(join(cwd, 'face.png'));
  await sharp({ create: { width: 100, height: 80, channels: 3, background: '#808080' } }).toFile(join(cwd, 'wall.png'));
  await runInProcess(['dataset', 'index', '.', '--out', 'set.jsonl', '--identities', 'none'], { cwd });
  return cwd;
}

it('describes a data set beside its index, and once only', async () => {
  const cwd = await makeSet();
  const run = await runInProcess(['dataset', 'annotate', 'set.jsonl', ...ENGINE, '--json'], { cwd });
  expect(run.exitCode).toBe(0);
  const out = join(cwd, 'set.annotations.jsonl');
  expect(parseDocument(run)).toMatchObject({
    pack: 'starter',
    out,
    images: 2,
    annotated: 2,
    reused: 0,
    withoutFace: 1,
    severalFaces: 0,
    counts: {
      pose: { frontal: 1 },
      size: { medium: 1 },
      occlusion: expect.any(Object),
      illumination: expect.any(Object),
      blur: { none: 1 },
    },
    meanOcclusionConfidence: expect.any(Number),
    problems: [],
  });
  const written = readFileSync(out, 'utf8');
  expect(written.trimEnd().split('\n')).toHaveLength(3);
  const again = await runInProcess(['dataset', 'annotate', 'set.jsonl', ...ENGINE], { cwd });
  expect(again.stdout).toMatch(/2 images, 1 without a face, 0 with several; 2 from an earlier run/);
  expect(again.stdout).toMatch(/occlusion is an estimate: mean confidence 0\.\d\d/);
  expect(readFileSync(out, 'utf8')).toBe(written);
});

it('does the other images and fails when one has changed', async () => {
  const cwd = await makeSet();
  writeFileSync(join(cwd, 'wall.png'), 'no picture any more');
  const run = await runInProcess(['dataset', 'annotate', 'set.jsonl', '--out', 'out/annotations.jsonl', ...ENGINE, '--json'], { cwd });
  expect(run.exitCode).toBe(2);
  expect(parseDocument(run)).toMatchObject({ annotated: 1, problems: [{ path: 'wall.png' }], out: join(cwd, 'out/annotations.jsonl') });
});

it('says what is wrong with an index that is none', async () => {
  const cwd = await makeSet();
  writeFileSync(join(cwd, 'list.csv'), 'ada,1.jpg\n');
  const run = await runInProcess(['dataset', 'annotate', 'list.csv', ...ENGINE, '--json'], { cwd });
  expect(run.exitCode).toBe(2);
  expect(parseDocument(run)).toMatchObject({ error: { code: 'DATASET_INVALID' } });
});
