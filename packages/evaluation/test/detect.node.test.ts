import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Box } from '@isoface/core';
import { type EvaluateDetectionOptions, evaluateDetection, renderReportPage, toDetectionPage, toDetectionRows } from '@isoface/evaluation';
import { blazeface, ultrafaceRfb320, yunet2023mar } from '@isoface/models';
import { createFaceEngine } from '@isoface/runtime-node';
import { demoPhoto, hasSharedData, sharedPath } from '@isoface/testkit/node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** On this thread: nothing to start, and the sources are what is tested. */
const ENGINE = { executionProviders: 'cpu', worker: false, offline: true } as const;
const OPTIONS = { detectors: [blazeface], engine: ENGINE, rounds: 50 } satisfies Partial<EvaluateDetectionOptions>;

let folder: string;
/** What BlazeFace finds by default in the crop with a face; marks are made from it, so that every rate is known. */
let ada: Box;
let bea: Box;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-detect-'));
  const image = (name: string): string => join(folder, name);
  await sharp(demoPhoto('sample1.jpg')).extract({ left: 1360, top: 120, width: 420, height: 420 }).jpeg().toFile(image('ada.jpg'));
  await sharp(demoPhoto('sample3.jpg')).extract({ left: 480, top: 280, width: 420, height: 420 }).jpeg().toFile(image('bea.jpg'));
  await sharp({ create: { width: 320, height: 240, channels: 3, background: '#808080' } }).toFile(image('wall.png'));
  const whole = await readFile(image('bea.jpg'));
  await writeFile(image('cut.jpg'), whole.subarray(0, Math.floor(whole.length / 2)));
  const engine = await createFaceEngine({ ...ENGINE, pack: 'starter' });
  try {
    ada = await findOnlyBox(image('ada.jpg'));
    bea = await findOnlyBox(image('bea.jpg'));
  } finally {
    await engine.dispose();
  }

  async function findOnlyBox(path: string): Promise<Box> {
    const [face, ...others] = await engine.detect(path);
    if (face === undefined || others.length > 0) throw new Error(`expected one face in ${path}`);
    return face.box;
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Mark {
  readonly box: Box;
  readonly isInvalid?: boolean;
}

let sets = 0;

/** A set in the notation of WIDER FACE. */
async function makeSet(photos: Readonly<Record<string, readonly Mark[]>>): Promise<string> {
  const set = join(folder, `set-${sets++}`);
  await mkdir(set);
  const lines: string[] = [];
  for (const [name, marks] of Object.entries(photos)) {
    await copyFile(join(folder, name), join(set, name)).catch(() => {});
    lines.push(name, `${marks.length}`);
    // Without a face the format has a line of zeros.
    if (marks.length === 0) lines.push('0 0 0 0 0 0 0 0 0 0');
    for (const { box, isInvalid = false } of marks) {
      const [x, y, width, height] = [box.x, box.y, box.width, box.height].map(Math.round);
      lines.push(`${x} ${y} ${width} ${height} 0 0 0 ${isInvalid ? 1 : 0} 0 0`);
    }
  }
  await writeFile(join(set, 'bbx_gt.txt'), `${lines.join('\n')}\n`);
  return set;
}

const shifted = (box: Box, by: number): Box => ({ ...box, x: box.x + by * box.width });

describe('evaluateDetection', () => {
  it('finds what is marked where it was found', async () => {
    const data = await makeSet({ 'ada.jpg': [{ box: ada }], 'bea.jpg': [{ box: bea }], 'wall.png': [] });
    const seen: number[] = [];
    const result = await evaluateDetection({ ...OPTIONS, data, onProgress: (_, done) => seen.push(done) });
    expect(result).toMatchObject({ kind: 'detect', format: 'wider', images: 3, imagesCovered: 3, faces: 2, minIou: 0.5, problems: [] });
    expect(seen).toEqual([1, 2, 3]);
    const [detector] = result.detectors;
    expect(detector).toMatchObject({
      id: 'blazeface',
      detectionSize: 256,
      executionProvider: 'cpu',
      averagePrecision: 1,
      bySubset: { all: { faces: 2, averagePrecision: 1 }, easyStyle: { faces: 2 }, medium: { faces: 2 } },
      recallAtFalsePositives: { 0: 1, 1000: 1 },
      atDefaultScore: { minScore: 0.5, recall: 1, precision: 1, falsePositivesPerImage: 0 },
    });
    expect(detector?.bySubset.small).toBeUndefined();
    expect(detector?.imagesPerSecond).toBeGreaterThan(0);
    expect(detector?.curve.recall.at(-1)).toBe(1);
    // Marks with a size of their own in whole pixels, so a hair less than all of the overlap.
    expect((await evaluateDetection({ ...OPTIONS, data, minIou: 0.9 })).detectors[0]?.averagePrecision).toBe(1);
  });

  it('misses what is marked elsewhere', async () => {
    const data = await makeSet({ 'ada.jpg': [{ box: shifted(ada, 1) }], 'bea.jpg': [{ box: bea }] });
    const [detector] = (await evaluateDetection({ ...OPTIONS, data })).detectors;
    expect(detector?.atDefaultScore).toMatchObject({ recall: 0.5, precision: 0.5, falsePositivesPerImage: 0.5 });
    expect(detector?.averagePrecision).toBeLessThan(1);
    expect(detector?.averagePrecision).toBeGreaterThanOrEqual(0.25);
  });

  it('takes the overlap, or the centre, that it is told to', async () => {
    // 0.6 of the box in common, 1.4 in either: an overlap of 0.43.
    const data = await makeSet({ 'ada.jpg': [{ box: shifted(ada, 0.4) }] });
    const recall = async (options: Partial<EvaluateDetectionOptions>) =>
      (await evaluateDetection({ ...OPTIONS, ...options, data })).detectors[0]?.atDefaultScore.recall;
    expect(await recall({})).toBe(0);
    expect(await recall({ minIou: 0.4 })).toBe(1);
    expect(await recall({ boxMatch: 'centre' })).toBe(1);
  });

  it('neither misses nor blames a detection for a face that is marked invalid', async () => {
    const data = await makeSet({ 'ada.jpg': [{ box: ada, isInvalid: true }], 'bea.jpg': [{ box: bea }] });
    const result = await evaluateDetection({ ...OPTIONS, data });
    expect(result.faces).toBe(1);
    expect(result.detectors[0]?.atDefaultScore).toMatchObject({ recall: 1, precision: 1 });
  });

  it('leaves a photo that is cut off or missing out of all rates, and says so', async () => {
    const data = await makeSet({ 'ada.jpg': [{ box: ada }], 'cut.jpg': [{ box: bea }], 'gone.jpg': [{ box: bea }] });
    const result = await evaluateDetection({ ...OPTIONS, data });
    expect(result).toMatchObject({ images: 2, imagesCovered: 1, faces: 1 });
    expect(result.problems.map(({ path, code }) => [path, code]).sort()).toEqual([
      ['cut.jpg', 'unreadable'],
      ['gone.jpg', 'missing'],
    ]);
    expect(result.detectors[0]?.atDefaultScore.recall).toBe(1);
  });

  it('looks for close-ups as the engine does, at the default score only', async () => {
    // Cut so near around the eyes and mouth that BlazeFace is sure of a face only in the engine's second look.
    const { x, y, width, height } = bea;
    const [left, top, right, bottom] = [x + 0.22 * width, y + 0.22 * height, x + 0.78 * width, y + 0.78 * height].map(Math.round) as [
      number,
      number,
      number,
      number,
    ];
    const size = { width: right - left, height: bottom - top };
    await sharp(join(folder, 'bea.jpg'))
      .extract({ left, top, ...size })
      .toFile(join(folder, 'close.png'));
    const data = await makeSet({ 'close.png': [{ box: { x: 0, y: 0, ...size } }] });
    const [detector] = (await evaluateDetection({ ...OPTIONS, data, boxMatch: 'centre' })).detectors;
    expect(detector?.curve.scores[0]).toBeLessThan(0.5);
    expect(detector?.atDefaultScore).toMatchObject({ minScore: 0.5, recall: 1 });
  });

  it('refuses a set in which no photo can be read', async () => {
    const data = await makeSet({ 'cut.jpg': [{ box: bea }] });
    await expect(evaluateDetection({ ...OPTIONS, data })).rejects.toMatchObject({ code: 'DATASET_INVALID' });
  });

  it('refuses a set without a face', async () => {
    const data = await makeSet({ 'wall.png': [] });
    await expect(evaluateDetection({ ...OPTIONS, data })).rejects.toMatchObject({ code: 'SCORES_INVALID' });
  });

  it.each<[string, Partial<EvaluateDetectionOptions>, string]>([
    ['no detectors', { detectors: [] }, 'at least one detector'],
    ['a detector twice', { detectors: [blazeface, blazeface] }, 'blazeface, blazeface'],
    ['a size that the only detector does not take', { detectionSize: 640 }, 'blazeface takes one size only'],
    ['a lowest score of 0', { minScore: 0 }, 'minScore'],
  ])('refuses %s', async (_, change, part) => {
    const data = await makeSet({ 'ada.jpg': [{ box: ada }] });
    await expect(evaluateDetection({ ...OPTIONS, data, ...change })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining(part),
    });
  });

  it('ends when it is told to', async () => {
    const data = await makeSet({ 'ada.jpg': [{ box: ada }], 'bea.jpg': [{ box: bea }] });
    const reason = new Error('enough');
    const controller = new AbortController();
    const stopped = evaluateDetection({ ...OPTIONS, data, signal: controller.signal, onProgress: () => controller.abort(reason) });
    await expect(stopped).rejects.toBe(reason);
  });

  it('puts no more listeners on a signal than it can bear', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `wall-${i}.png`);
    for (const name of names) await copyFile(join(folder, 'wall.png'), join(folder, name));
    const data = await makeSet({ 'ada.jpg': [{ box: ada }], ...Object.fromEntries(names.map((name) => [name, []])) });
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    try {
      // Only calls that wait for a thread listen.
      const engine = { ...ENGINE, worker: true, threads: 1 };
      const { imagesCovered } = await evaluateDetection({ ...OPTIONS, engine, data, signal: new AbortController().signal });
      expect(imagesCovered).toBe(13);
    } finally {
      process.off('warning', onWarning);
    }
    expect(warnings.map(({ name }) => name)).not.toContain('MaxListenersExceededWarning');
  });

  it.runIf(hasSharedData)('compares detectors on a dozen photos of FDDB, each at its size', async () => {
    const set = join(folder, 'fddb');
    await mkdir(join(set, 'images'), { recursive: true });
    const marks = (await readFile(sharedPath('data/fddb-single-face/boxes.txt'), 'utf8')).trim().split('\n').slice(0, 12);
    await writeFile(join(set, 'boxes.txt'), `${marks.join('\n')}\n`);
    for (const mark of marks) {
      const name = `${mark.split(' ')[0]}.jpg`;
      await copyFile(sharedPath('data/fddb-single-face/images', name), join(set, 'images', name));
    }
    const result = await evaluateDetection({
      data: set,
      detectors: [yunet2023mar, ultrafaceRfb320],
      detectionSize: 256,
      engine: { ...ENGINE, modelsDir: sharedPath('models') },
      rounds: 50,
    });
    expect(result).toMatchObject({ format: 'fddb', images: 12, imagesCovered: 12, faces: 12 });
    expect(result.detectors.map(({ id, detectionSize }) => [id, detectionSize])).toEqual([
      ['yunet-2023mar', 256],
      ['ultraface-rfb-320', 320],
    ]);
    // Over the whole set both are at 99 %: one miss of twelve is what chance may do.
    for (const { atDefaultScore, averagePrecision } of result.detectors) {
      expect(atDefaultScore.recall).toBeGreaterThanOrEqual(11 / 12);
      expect(averagePrecision).toBeGreaterThan(0.9);
    }
    const { columns, rows } = toDetectionRows(result);
    expect(rows.every((row) => row.length === columns.length)).toBe(true);
    const html = renderReportPage(toDetectionPage(result));
    expect(html).toContain('yunet-2023mar at 256 px');
    expect(html).toContain('easy-style');
  });
});
