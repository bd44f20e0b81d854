import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { demoPhoto } from '@isoface/testkit/node';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmbeddingData, FaceData } from '../src/output/face-data.ts';
import { ENGINE, parseDocument, runInProcess } from './support/run-in-process.ts';

interface ImagesDocument {
  readonly images: readonly {
    readonly input: string;
    readonly faces: readonly (FaceData & { readonly embedding: EmbeddingData })[];
    readonly drawing?: string;
    readonly error?: { readonly code: string };
  }[];
  readonly error?: { readonly code: string };
}

const three = demoPhoto('sample1.jpg');
const other = demoPhoto('sample3.jpg');
const FACE = {
  box: { x: expect.any(Number), y: expect.any(Number), width: expect.any(Number), height: expect.any(Number) },
  score: expect.any(Number),
  landmarks: Array.from({ length: 5 }, () => ({ x: expect.any(Number), y: expect.any(Number) })),
  quality: { sizePixels: expect.any(Number), sharpness: expect.any(Number), brightness: expect.any(Number) },
};
const TIMINGS = Object.fromEntries(
  ['decodeMs', 'preprocessMs', 'detectMs', 'alignMs', 'embedMs', 'matchMs'].map((stage) => [stage, expect.any(Number)]),
);

let folder: string;
/** Crops with one face each: `ada` twice, from two photos, and `bea`. */
let ada1: string;
let ada2: string;
let bea: string;
let empty: string;
let notAnImage: string;
let noFace: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-cli-'));
  const path = (name: string): string => join(folder, name);
  [ada1, ada2, bea, empty, notAnImage, noFace] = ['ada1.jpg', 'ada2.jpg', 'bea.jpg', 'empty.jpg', 'text.jpg', 'grey.png'].map(path) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  await sharp(three).extract({ left: 1360, top: 120, width: 420, height: 420 }).jpeg({ quality: 95 }).toFile(ada1);
  await sharp(other).extract({ left: 970, top: 120, width: 420, height: 420 }).jpeg({ quality: 95 }).toFile(ada2);
  await sharp(other).extract({ left: 480, top: 280, width: 420, height: 420 }).jpeg({ quality: 95 }).toFile(bea);
  await writeFile(empty, '');
  await writeFile(notAnImage, 'This is no picture.');
  await sharp({ create: { width: 320, height: 240, channels: 3, background: '#808080' } }).toFile(noFace);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('detect', () => {
  it('finds the faces of real photos', async () => {
    const run = await runInProcess(['detect', three, demoPhoto('sample5.jpg'), ...ENGINE, '--json']);
    expect(run.exitCode).toBe(0);
    const document = parseDocument<ImagesDocument>(run);
    expect(document).toMatchObject({ pack: 'starter', executionProvider: 'cpu', contract: expect.any(String) });
    expect(document.images.map(({ faces }) => faces.length)).toEqual([3, 5]);
    expect(document.images[0]).toMatchObject({ input: three, width: 1920, height: 1280, timings: TIMINGS });
    for (const face of document.images[0]?.faces ?? []) expect(face).toMatchObject(FACE);
  });

  it('resolves relative paths against the folder of the user', async () => {
    const { exitCode, stdout } = await runInProcess(['detect', 'ada1.jpg', ...ENGINE], { cwd: folder });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ada1\.jpg {2}420x420 {2}1 face /);
  });

  it('does the good images and fails when some cannot be read', async () => {
    const inputs = [empty, ada1, notAnImage, join(folder, 'missing.jpg'), folder];
    const run = await runInProcess(['detect', ...inputs, ...ENGINE, '--json']);
    const { images, error } = parseDocument<ImagesDocument>(run);
    expect(run.exitCode).toBe(2);
    expect(images.map((image) => image.error?.code ?? 'good')).toEqual([
      'IMAGE_INVALID',
      'good',
      'IMAGE_INVALID',
      'IO_FAILED',
      'IO_FAILED',
    ]);
    expect(error?.code).toBe('IMAGE_INVALID');
    expect(run.stderr).toContain('missing.jpg: IO_FAILED: ');
    expect(run.stderr).not.toMatch(/\n\s+at /);
  });

  it('finds nothing where nothing is, and that is no error', async () => {
    const run = await runInProcess(['detect', noFace, ...ENGINE]);
    expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('0 faces') });
  });

  it('draws copies that collide with no other file', async () => {
    const inputs = join(folder, 'inputs');
    const others = join(folder, 'others');
    await mkdir(inputs);
    await mkdir(others);
    const original = await readFile(ada1);
    for (const path of [join(inputs, 'a.jpg'), join(others, 'a.jpg'), join(inputs, 'a.faces.jpg')]) await writeFile(path, original);
    const photos = [join(inputs, 'a.jpg'), join(others, 'a.jpg'), join(inputs, 'a.faces.jpg')];
    const run = await runInProcess(['detect', ...photos, '--draw', inputs, ...ENGINE, '--json']);
    expect(run.exitCode).toBe(0);
    const names = parseDocument<ImagesDocument>(run).images.map(({ drawing }) => basename(drawing ?? ''));
    expect(names).toEqual(['a-2.faces.jpg', 'a-3.faces.jpg', 'a.faces.faces.jpg']);
    expect((await readdir(inputs)).sort()).toEqual([...names, 'a.faces.jpg', 'a.jpg'].sort());
    expect(await readFile(join(inputs, 'a.faces.jpg'))).toEqual(original);
    expect(await sharp(join(inputs, 'a-2.faces.jpg')).metadata()).toMatchObject({ format: 'jpeg', width: 420, height: 420 });
  });

  it('says so when it may not draw there', async () => {
    const run = await runInProcess(['detect', ada1, '--draw', notAnImage, ...ENGINE, '--json']);
    expect(run.exitCode).toBe(2);
    expect(parseDocument<ImagesDocument>(run).error?.code).toBe('IO_FAILED');
  });
});

describe('verify', () => {
  it('matches the same person in two photos', async () => {
    const run = await runInProcess(['verify', ada1, ada2, '--threshold', '0.95', ...ENGINE, '--json']);
    expect(run.exitCode).toBe(0);
    expect(parseDocument(run)).toMatchObject({
      status: 'compared',
      match: true,
      similarity: expect.any(Number),
      distance: expect.any(Number),
      threshold: 0.95,
      pack: 'starter',
      contract: expect.stringMatching(/^[0-9a-f]{64}$/),
      executionProvider: 'cpu',
      timings: TIMINGS,
      a: { input: ada1, kind: 'image', ...FACE },
      b: { input: ada2, kind: 'image', ...FACE },
    });
  });

  it('takes the threshold from the calibration of the pack', async () => {
    const run = await runInProcess(['verify', ada1, ada2, '--fmr', '1e-4', ...ENGINE, '--json']);
    expect(run.exitCode).toBe(0);
    expect(parseDocument(run)).toMatchObject({ match: true, fmr: 1e-4, threshold: expect.any(Number) });
    expect(parseDocument(await runInProcess(['verify', ada1, ada2, ...ENGINE, '--json']))).toMatchObject({ fmr: 1e-3 });
    const beyond = await runInProcess(['verify', ada1, ada2, '--fmr', '1e-9', ...ENGINE, '--json']);
    expect(beyond.exitCode).toBe(2);
    expect(parseDocument(beyond)).toMatchObject({ error: { code: 'THRESHOLD_UNAVAILABLE' } });
  });

  it('tells different persons apart', async () => {
    const run = await runInProcess(['verify', ada1, bea, '--threshold', '0.95', ...ENGINE]);
    expect(run).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/^NO MATCH {2}similarity 0\.\d{4} < threshold 0\.9500 \(own threshold\)/),
    });
  });

  it.each([
    ['a photo without a face', () => [ada1, noFace], [], 'noFace', 'b'],
    ['a photo with several faces where one is wanted', () => [three, ada1], ['--one-face'], 'multipleFaces', 'a'],
  ])('does not compare %s', async (_, inputs, options, reason, side) => {
    const run = await runInProcess(['verify', ...inputs(), '--threshold', '0.95', ...options, ...ENGINE, '--json']);
    expect(run.exitCode).toBe(2);
    expect(parseDocument(run)).toMatchObject({ status: 'notCompared', match: false, reason, side, message: expect.any(String) });
  });

  it.each([
    ['a missing file', () => join(folder, 'missing.jpg'), [], 'IO_FAILED'],
    ['a directory', () => folder, [], 'IO_FAILED'],
    ['an empty file', () => empty, [], 'IMAGE_INVALID'],
    ['a text file', () => notAnImage, [], 'IMAGE_INVALID'],
    ['an unknown pack', () => ada1, ['--pack', 'standart'], 'PACK_UNKNOWN'],
    ['a missing pack file', () => ada1, ['--pack', 'missing.json'], 'IO_FAILED'],
    ['a size that the detector does not accept', () => ada1, ['--detection-size', '333'], 'INVALID_OPTION'],
  ])('fails with a code for %s', async (_, input, options, code) => {
    const argv = ['verify', ada1, input(), '--threshold', '0.95', ...ENGINE, ...options];
    const json = await runInProcess([...argv, '--json'], { cwd: folder });
    expect(json.exitCode).toBe(2);
    expect(parseDocument(json)).toMatchObject({ error: { code, message: expect.any(String), details: expect.anything() } });
    const plain = await runInProcess(argv, { cwd: folder });
    expect(plain).toMatchObject({ exitCode: 2, stdout: '' });
    expect(plain.stderr).toMatch(new RegExp(`^isoface: ${code}: `));
    expect(plain.stderr).not.toMatch(/\n\s+at /);
  });

  it('suggests the pack that was meant', async () => {
    const { stderr } = await runInProcess(['verify', ada1, ada2, '--pack', 'standart', ...ENGINE]);
    expect(stderr).toContain('Did you mean "standard"?');
  });
});

describe('embedding files', () => {
  let stored: string;
  let foreign: string;
  let descriptor: string;

  beforeAll(async () => {
    [stored, foreign, descriptor] = ['ada.json', 'foreign.json', 'descriptor.json'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const run = await runInProcess(['embed', ada1, ...ENGINE, '--json']);
    const { embedding } = parseDocument<ImagesDocument>(run).images[0]?.faces[0] ?? {};
    await writeFile(stored, run.stdout);
    await writeFile(foreign, JSON.stringify({ ...embedding, contract: '0'.repeat(64) }));
    // What JSON makes of the Float32Array of face-api.js.
    await writeFile(descriptor, JSON.stringify(Float32Array.from(embedding?.vector ?? [])));
  });

  it('has a vector with its contract', async () => {
    const face = (JSON.parse(await readFile(stored, 'utf8')) as ImagesDocument).images[0]?.faces[0];
    expect(face).toMatchObject({ ...FACE, embedding: { contract: expect.any(String), provenance: { executionProvider: 'cpu' } } });
    expect(face?.embedding.vector).toHaveLength(128);
  });

  it('verifies against a photo', async () => {
    const run = await runInProcess(['verify', stored, ada1, '--threshold', '0.95', ...ENGINE, '--json']);
    expect(run.exitCode).toBe(0);
    const { similarity, a } = parseDocument<{ similarity: number; a: unknown }>(run);
    expect(similarity).toBeGreaterThan(0.999999);
    expect(a).toEqual({ input: stored, kind: 'embedding' });
  });

  it('adopts descriptors of face-api.js when told so', async () => {
    const argv = ['verify', descriptor, ada1, '--threshold', '0.95', ...ENGINE, '--json'];
    expect((await runInProcess([...argv, '--descriptor-from', 'face-api.js'])).exitCode).toBe(0);
    expect(parseDocument(await runInProcess(argv))).toMatchObject({ error: { code: 'INVALID_EMBEDDING' } });
  });

  it.each([
    ['of another contract', () => readFile(foreign, 'utf8'), 'CONTRACT_MISMATCH'],
    ['with too few numbers', async () => (await readFile(foreign, 'utf8')).replace(/\[.*?\]/, '[1, 2, 3]'), 'CONTRACT_MISMATCH'],
    ['that is no JSON', async () => 'vector', 'INVALID_EMBEDDING'],
    ['that is something else', async () => '{"name": "ada"}', 'INVALID_EMBEDDING'],
    ['with a vector of words', async () => '{"vector": ["a"], "contract": "x"}', 'INVALID_EMBEDDING'],
  ])('refuses a file %s', async (_, content, code) => {
    const path = join(folder, 'bad.json');
    await writeFile(path, await content());
    for (const pair of [
      [path, ada1],
      [path, path],
    ]) {
      const run = await runInProcess(['verify', ...pair, '--threshold', '0.95', ...ENGINE, '--json']);
      expect(run.exitCode).toBe(2);
      expect(parseDocument(run)).toMatchObject({ error: { code } });
    }
  });
});

describe('compare', () => {
  it('finds the pair among all faces of two photos', async () => {
    const run = await runInProcess(['compare', three, other, '--threshold', '0.95', ...ENGINE, '--json']);
    expect(run.exitCode).toBe(0);
    const document = parseDocument<{ faces: { label: string }[]; similarities: number[][]; matches: { a: string; b: string }[] }>(run);
    expect(document.faces.map(({ label }) => label)).toEqual(
      [1, 2, 3].flatMap((n) => `sample1.jpg #${n}`).concat([1, 2, 3].map((n) => `sample3.jpg #${n}`)),
    );
    expect(document.matches).toMatchObject([{ a: 'sample1.jpg #2', b: 'sample3.jpg #2', similarity: expect.any(Number) }]);
    for (const [i, row] of document.similarities.entries()) {
      expect(row[i]).toBeCloseTo(1, 6);
      for (const [j, value] of row.entries()) expect(value).toBe(document.similarities[j]?.[i]);
    }
  });

  it('prints the matrix for people', async () => {
    const { stdout } = await runInProcess(['compare', ada1, ada2, '--threshold', '0.95', ...ENGINE]);
    expect(stdout).toContain('[1]  ada1.jpg #1  1.000');
    expect(stdout).toContain('1 pair at or above the threshold 0.9500 (own threshold)');
  });
});

describe('progress', () => {
  it('is drawn on a terminal and nowhere else', async () => {
    const argv = ['detect', ada1, ada2, ...ENGINE];
    expect((await runInProcess(argv, { isTerminal: true })).stderr).toContain('Photos');
    expect((await runInProcess([...argv, '--quiet'], { isTerminal: true })).stderr).toBe('');
    expect((await runInProcess(argv)).stderr).toBe('');
  });
});

describe('interruption', () => {
  it('ends with 130 and one document', async () => {
    const controller = new AbortController();
    controller.abort();
    const run = await runInProcess(['detect', ada1, ...ENGINE, '--json'], { signal: controller.signal });
    expect(run.exitCode).toBe(130);
    expect(parseDocument(run)).toMatchObject({ error: { code: 'INTERRUPTED' } });
  });
});

describe('execution providers', () => {
  it('fails strictly where a named one is missing', async () => {
    const probe = parseDocument<{ providers: { name: string; works: boolean }[] }>(await runInProcess(['doctor', '--json']));
    if (probe.providers.find(({ name }) => name === 'cuda')?.works === true) return;
    const run = await runInProcess(['detect', ada1, '--ep', 'cuda', '--json']);
    expect(run.exitCode).toBe(2);
    expect(parseDocument(run)).toMatchObject({ error: { code: 'BACKEND_UNAVAILABLE' } });
  });
});
