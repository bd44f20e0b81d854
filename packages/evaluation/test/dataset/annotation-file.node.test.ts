import { existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawSelfTestFace } from '@isoface/core';
import { createFaceEngine, type NodeFaceEngine } from '@isoface/runtime-node';
import { demoPhoto } from '@isoface/testkit/node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { annotateImages } from '../../src/dataset/annotate.ts';
import { type AnnotatedDataset, annotateDataset, readAnnotations } from '../../src/dataset/annotation-file.ts';
import { readDatasetIndex, writeDatasetIndex } from '../../src/dataset/dataset-index.ts';
import { type FaceAnnotator, openFaceAnnotator } from '../../src/dataset/face-annotator.ts';
import { indexDirectory } from '../../src/dataset/index-directory.ts';
import { makeFolder, makePicture } from './support/temp-folder.ts';

let engine: NodeFaceEngine;
let annotator: FaceAnnotator;

beforeAll(async () => {
  engine = await createFaceEngine({ executionProviders: 'cpu', worker: false, offline: true });
  // An empty folder of models: the networks of the annotator ship with isoface.
  annotator = await openFaceAnnotator({ modelsDir: makeEmptyFolder() });
});

afterAll(async () => {
  await engine.dispose();
  await annotator.dispose();
});

function makeEmptyFolder(): string {
  return join(import.meta.dirname, 'support');
}

type Rectangle = readonly [number, number, number, number];

/** The drawn face, with a rectangle over a part of it, on a wall of another brightness each. */
async function drawFace(covered?: Rectangle, brightness = 1): Promise<Buffer> {
  const { width, height, data } = drawSelfTestFace();
  let picture = sharp(Buffer.from(data), { raw: { width, height, channels: 4 } }).linear(
    [brightness, brightness, brightness, 1],
    [0, 0, 0, 0],
  );
  if (covered !== undefined) {
    const [left, top, w, h] = covered;
    const input = await sharp({ create: { width: w, height: h, channels: 4, background: '#c8dceb' } })
      .png()
      .toBuffer();
    picture = sharp(await picture.png().toBuffer()).composite([{ input, left, top }]);
  }
  return picture.png().toBuffer();
}

/** A data set with an index: four faces, a wall, and a text that is no image any more when it is annotated. */
async function makeSet(): Promise<{
  readonly folder: string;
  readonly out: string;
  annotate(signal?: AbortSignal, onDone?: (done: number) => void): Promise<AnnotatedDataset>;
}> {
  const folder = makeFolder({
    'images/a-free.png': await drawFace(),
    'images/b-masked.png': await drawFace([56, 108, 80, 58]),
    'images/c-dark.png': await drawFace(undefined, 0.3),
    'images/d-wall.png': await makePicture(7, { width: 200, height: 200 }),
    'images/e-lost.png': await makePicture(8),
    'images/f-barred.png': await drawFace([52, 80, 88, 20]),
  });
  const root = join(folder, 'images');
  const { signal } = new AbortController();
  const { entries } = await indexDirectory({ directory: root, identities: 'none', signal });
  const file = join(folder, 'set.jsonl');
  await writeDatasetIndex(file, entries, { root, identities: 'none' }, signal);
  rmSync(join(root, 'e-lost.png'));
  const index = await readDatasetIndex(file);
  const out = join(folder, 'set.annotations.jsonl');
  return { folder, out, annotate: (abort, onProgress) => annotateDataset(index, out, { engine, annotator, signal: abort, onProgress }) };
}

describe('annotateDataset', () => {
  it('describes every image, also those without a face, and reports the others', async () => {
    const { out, annotate } = await makeSet();
    const progress: number[] = [];
    const { annotations, problems, reused, droppedLines } = await annotate(undefined, (done) => progress.push(done));
    expect({ reused, droppedLines }).toEqual({ reused: 0, droppedLines: 0 });
    expect(problems).toMatchObject([{ path: 'e-lost.png', code: 'missing' }]);
    expect(annotations.map(({ path, faces }) => [path, faces])).toEqual([
      ['a-free.png', 1],
      ['b-masked.png', 1],
      ['c-dark.png', 1],
      ['d-wall.png', 0],
      ['f-barred.png', 1],
    ]);
    const [free, masked, dark, wall, barred] = annotations;
    expect(free).toMatchObject({ width: 192, height: 192, face: { pose: { class: 'frontal' }, blur: { class: 'none' } } });
    expect(free?.face?.occlusion.evidence).toMatchObject({ basis: 'patch+landmarks68+mesh', mesh: { faceFlag: expect.closeTo(1, 1) } });
    expect(dark?.face?.illumination.class).toBe('low');
    expect(wall?.face).toBeUndefined();
    for (const hidden of [masked, barred]) {
      expect(hidden?.face?.occlusion.probabilities.none).toBeLessThan((free?.face?.occlusion.probabilities.none ?? 0) / 2);
    }
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect([progress[0], progress.at(-1)]).toEqual([0, 6]);
    expect((await readAnnotations(out)).annotations).toEqual(JSON.parse(JSON.stringify(annotations)));
    expect(existsSync(`${out}.part`)).toBe(false);
  });

  it('goes on after an interruption and a torn line, and ends with the same file', async () => {
    const { out, annotate } = await makeSet();
    await annotate();
    const whole = readFileSync(out, 'utf8');
    rmSync(out);

    const abort = new AbortController();
    const stop = (done: number): void => {
      if (done === 3) abort.abort(new Error('stopped'));
    };
    await expect(annotate(abort.signal, stop)).rejects.toThrow('stopped');
    expect(existsSync(out)).toBe(false);
    const part = `${out}.part`;
    expect(readFileSync(part, 'utf8').split('\n')).toHaveLength(5);
    // As a crash in the middle of a write leaves it.
    truncateSync(part, readFileSync(part).length - 10);

    expect(await annotate()).toMatchObject({ reused: 2, droppedLines: 1 });
    expect(readFileSync(out, 'utf8')).toBe(whole);
    expect(await annotate()).toMatchObject({ reused: 5, droppedLines: 0 });
  });

  it('starts over where nothing but a piece of the header was written', async () => {
    const { out, annotate } = await makeSet();
    writeFileSync(`${out}.part`, '{"isofaceAnno');
    expect(await annotate()).toMatchObject({ reused: 0, droppedLines: 1 });
  });

  it('does a line again that is damaged', async () => {
    const { out, annotate } = await makeSet();
    await annotate();
    const lines = readFileSync(out, 'utf8').split('\n');
    writeFileSync(out, lines.map((line, i) => (i === 2 ? line.replace('"occlusion"', '"oclusion"') : line)).join('\n'));
    await expect(readAnnotations(out)).rejects.toMatchObject({ code: 'DATASET_INVALID' });
    expect(await annotate()).toMatchObject({ reused: 4, droppedLines: 1 });
    expect(readFileSync(out, 'utf8')).toBe(lines.join('\n'));
  });

  it.each([
    ['annotations of other models', '{"isofaceAnnotations":1,"maker":{"pack":"other"}}\n', /made by pack other/],
    ['a file that is something else', 'ada,1.jpg\n', /got no header/],
  ])('refuses to go on with %s', async (_, text, message) => {
    const { out, annotate } = await makeSet();
    writeFileSync(out, text);
    await expect(annotate()).rejects.toMatchObject({ code: 'DATASET_INVALID', message: expect.stringMatching(message) });
    expect(readFileSync(out, 'utf8')).toBe(text);
  });
});

it('annotates the prominent face of a real photo', async () => {
  const image = { path: demoPhoto('sample1.jpg'), relativePath: 'sample1.jpg' };
  const broken = { path: import.meta.filename, relativePath: 'text.jpg' };
  const results = [];
  for await (const annotation of annotateImages([broken, image], { engine, annotator })) results.push(annotation);
  expect(results[0]).toMatchObject({ image: broken, error: { code: 'IMAGE_INVALID' } });
  expect(results[1]).toMatchObject({
    image,
    description: { width: 1920, height: 1280, faces: 3, face: { illumination: { class: 'medium' }, blur: { class: 'none' } } },
  });
});
