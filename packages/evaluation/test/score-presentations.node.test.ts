import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { Analysis, AnalyzedFace, AnalyzeOptions, EngineInfo } from '@isoface/core';
import { FaceError } from '@isoface/core';
import {
  evaluateLiveness,
  formatLivenessScores,
  type LivenessEngine,
  readLivenessScores,
  readPresentations,
  scorePresentations,
  toLivenessPage,
} from '@isoface/evaluation';
import { createFaceEngine } from '@isoface/runtime-node';
import { hasSharedData, sharedPath } from '@isoface/testkit/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
let sets = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-presentations-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A folder with these files; what they hold is nobody's business but the engine's. */
async function set(files: Readonly<Record<string, string>>): Promise<string> {
  const root = join(folder, `set-${sets++}`);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

const NO_TIME: Analysis['timings'] = {
  decodeMs: 0,
  preprocessMs: 0,
  detectMs: 0,
  alignMs: 0,
  embedMs: 0,
  livenessMs: 0,
  matchMs: 0,
};
const INFO = {
  pack: 'made',
  executionProvider: 'cpu',
  detectionSize: 640,
  versions: { isoface: '0' },
  liveness: { passive: ['a', 'b'], landmarks: 'five', thresholds: [] },
} as unknown as EngineInfo;

/** A face of this size in the middle. */
function face(side: number, score: number | undefined): AnalyzedFace {
  const box = { x: 50 - side / 2, y: 50 - side / 2, width: side, height: side };
  const quality = { sizePixels: side, sharpness: 1, brightness: 0.5, contrast: 0.5 };
  return { box, score: 1, landmarks: [], quality, liveness: score === undefined ? undefined : { score, models: {} } };
}

type Answer = readonly AnalyzedFace[] | Error;

/** An engine that answers by the name of the file, and remembers how it was asked. */
function engineOf(root: string, answers: Readonly<Record<string, Answer>>, info: EngineInfo = INFO) {
  const asked: (AnalyzeOptions | undefined)[] = [];
  const engine: LivenessEngine = {
    info,
    async *analyzeMany(images, options) {
      asked.push(options);
      let index = 0;
      for await (const path of images) {
        options?.signal?.throwIfAborted();
        const answer = answers[relative(root, path).replaceAll('\\', '/')] ?? [face(40, 0.5)];
        if (answer instanceof Error) yield { index, error: answer };
        else yield { index, analysis: { faces: answer, width: 100, height: 100, timings: NO_TIME } };
        index++;
      }
    },
  };
  return { engine, asked };
}

describe('readPresentations', () => {
  it('takes labels and clips from folders', async () => {
    const root = await set({
      'bonafide/a.jpg': '',
      'Live/b.PNG': '',
      'print/clip01/0001.jpg': '',
      'print/clip01/0002.jpg': '',
      'print/ada/clip02/0001.jpg': '',
      'loose.jpg': '',
      'print/film.mp4': '',
      'notes.txt': '',
    });
    const { presentations, problems } = await readPresentations(root);
    expect(presentations.map(({ relativePath, attack, clip }) => [relativePath, attack, clip])).toEqual([
      ['Live/b.PNG', undefined, undefined],
      ['bonafide/a.jpg', undefined, undefined],
      ['print/ada/clip02/0001.jpg', 'print', 'print/ada/clip02'],
      ['print/clip01/0001.jpg', 'print', 'print/clip01'],
      ['print/clip01/0002.jpg', 'print', 'print/clip01'],
    ]);
    expect(problems.map(({ path, code }) => [path, code])).toEqual([
      ['notes.txt', 'unsupported'],
      ['print/film.mp4', 'unsupported'],
      ['loose.jpg', 'unlabelled'],
    ]);
    expect(problems[1]?.message).toContain('take single frames');
  });

  it.each([
    ['labels.csv with a header', 'labels.csv', 'Label,Clip,File\nreal,c1,x/a.jpg\nreal,c1,b.jpg\nscreen,,c.jpg'],
    ['labels.csv without one', 'labels.csv', './x/a.jpg,bonafide,c1\nb.jpg,live,c1\nc.jpg,screen'],
    ['labels.tsv from Windows', 'labels.tsv', 'path\tlabel\tclip\r\nx\\a.jpg\tgenuine\tc1\r\nb.jpg\tBona-Fide\tc1\r\nc.jpg\tscreen\t\r\n'],
  ])('takes them from %s', async (_, name, text) => {
    const root = await set({ [name]: text, 'x/a.jpg': '', 'b.jpg': '', 'c.jpg': '' });
    const { presentations, problems } = await readPresentations(root);
    expect(presentations.map(({ relativePath, attack, clip }) => [relativePath, attack, clip])).toEqual([
      ['x/a.jpg', undefined, 'c1'],
      ['b.jpg', undefined, 'c1'],
      ['c.jpg', 'screen', undefined],
    ]);
    expect(problems).toEqual([]);
  });

  it('reports what a table names wrongly, and goes on', async () => {
    const root = await set({
      'labels.csv': 'path,label\na.jpg,real\ngone.jpg,print\n../out.jpg,print\na.jpg,print',
      'a.jpg': '',
      'b.jpg': '',
    });
    const { presentations, problems } = await readPresentations(root);
    expect(presentations).toHaveLength(1);
    expect(problems.map(({ path, code, line }) => [path, code, line])).toEqual([
      ['gone.jpg', 'missing', 3],
      ['../out.jpg', 'bad-name', 4],
      ['a.jpg', 'duplicate-path', 5],
      ['b.jpg', 'unlabelled', undefined],
    ]);
  });

  it.each<[string, Record<string, string>, string]>([
    ['no labels', { 'a.jpg': '' }, 'labels.csv'],
    ['no pictures', { 'print/a.mp4': '' }, 'got 0 pictures'],
    ['a line without a label', { 'labels.csv': 'path,label\na.jpg,', 'a.jpg': '' }, 'line 2'],
    ['a clip of two labels', { 'labels.csv': 'a.jpg,real,x\nb.jpg,print,x', 'a.jpg': '', 'b.jpg': '' }, 'clip "x"'],
  ])('refuses %s', async (_, files, part) => {
    await expect(readPresentations(await set(files))).rejects.toMatchObject({
      code: 'DATASET_INVALID',
      message: expect.stringContaining(part),
    });
  });
});

describe('scorePresentations', () => {
  const FILES = {
    'bonafide/a.jpg': '',
    'bonafide/b.jpg': '',
    'print/c1/1.jpg': '',
    'print/c1/2.jpg': '',
    'print/d.jpg': '',
    '#screen/e.jpg': '',
  };

  it('scores the most prominent face, and counts what has none', async () => {
    const root = await set(FILES);
    const { engine, asked } = engineOf(root, {
      'bonafide/a.jpg': [face(10, 0.1), face(60, 0.9)],
      'bonafide/b.jpg': [],
      'print/c1/1.jpg': [face(40, 0.2)],
      'print/c1/2.jpg': [face(40, 0.4)],
      'print/d.jpg': new FaceError('IMAGE_INVALID', 'No picture.'),
      '#screen/e.jpg': [face(40, 1 / 3)],
    });
    const progress: number[] = [];
    const scored = await scorePresentations({ data: root, engine, onProgress: (done, total) => progress.push(done / total) });
    expect(scored.scores.map(({ path, attack, score, clip }) => [path, attack, score, clip])).toEqual([
      ['#screen/e.jpg', '#screen', 1 / 3, undefined],
      ['bonafide/a.jpg', undefined, 0.9, undefined],
      ['bonafide/b.jpg', undefined, undefined, undefined],
      ['print/c1/1.jpg', 'print', 0.2, 'print/c1'],
      ['print/c1/2.jpg', 'print', 0.4, 'print/c1'],
    ]);
    expect(scored.problems).toEqual([{ path: 'print/d.jpg', code: 'unreadable', message: 'No picture.' }]);
    expect(scored.scorer).toMatchObject({ pack: 'made', models: ['a', 'b'], pictures: 5, withoutFace: 1, severalFaces: 1 });
    expect(asked).toEqual([{ liveness: true, embeddings: false, signal: undefined }]);
    expect([progress[0], progress.at(-1)]).toEqual([0, 1]);

    // The table says the same as the run.
    const file = join(folder, 'scores.tsv');
    await writeFile(file, formatLivenessScores(scored.scores));
    const read = await readLivenessScores(file);
    const toRows = (scores: typeof scored.scores) => scores.map(({ attack, score, clip }) => [attack, score, clip]);
    expect(toRows(read.scores)).toEqual(toRows(scored.scores));
    const at = { threshold: 0.3 };
    const [direct, byTable] = await Promise.all([evaluateLiveness({ scores: scored, at }), evaluateLiveness({ scores: file, at })]);
    expect(byTable.perFrame).toEqual(direct.perFrame);
    expect(byTable.perClip).toEqual(direct.perClip);
    expect(direct.perFrame).toMatchObject({
      bpcer: { rate: 0, count: 1 },
      bpnrr: { rate: 0.5 },
      apcer: { print: { rate: 0.5, count: 2 } },
    });
    expect(direct.perClip?.apcer['print']).toMatchObject({ rate: 1, count: 1 });
    expect(toLivenessPage(direct).facts).toContainEqual({ label: 'Pictures', value: '5, 1 without a face, 1 with several' });
  });

  it('fails with an error that is not about one picture', async () => {
    const root = await set(FILES);
    const { engine } = engineOf(root, { 'print/d.jpg': new FaceError('BACKEND_UNAVAILABLE', 'NaN') });
    await expect(scorePresentations({ data: root, engine })).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  });

  it('refuses an engine without passive models before it reads anything', async () => {
    const without = { ...INFO, liveness: { ...INFO.liveness, passive: [] } };
    const { engine } = engineOf('', {}, without);
    await expect(scorePresentations({ data: join(folder, 'nowhere'), engine })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining('"made"'),
    });
  });

  it('refuses pictures of which none can be read', async () => {
    const root = await set({ 'print/a.jpg': '' });
    const { engine } = engineOf(root, { 'print/a.jpg': new FaceError('IMAGE_INVALID', 'No picture.') });
    await expect(scorePresentations({ data: root, engine })).rejects.toMatchObject({ code: 'DATASET_INVALID' });
  });

  it('stops when aborted, with the reason', async () => {
    const root = await set(FILES);
    const { engine } = engineOf(root, {});
    const controller = new AbortController();
    const reason = new Error('enough');
    const run = scorePresentations({
      data: root,
      engine,
      signal: controller.signal,
      onProgress: (done) => {
        if (done === 2) controller.abort(reason);
      },
    });
    await expect(run).rejects.toBe(reason);
  });
});

it.runIf(hasSharedData)('tells the pictures of the authors of the standard models apart', async () => {
  const root = await set({});
  for (const [name, label] of [
    ['T1', 'bonafide'],
    ['F1', 'print'],
    ['F2', 'screen'],
  ] as const) {
    await mkdir(join(root, label), { recursive: true });
    await copyFile(sharedPath(`models/golden/images/minivision_${name}_full.png`), join(root, label, `${name}.png`));
  }
  const engine = await createFaceEngine({
    pack: 'standard',
    executionProviders: 'cpu',
    threads: 1,
    offline: true,
    modelsDir: sharedPath('models'),
    liveness: 'required',
  });
  try {
    const scored = await scorePresentations({ data: root, engine });
    expect(scored.scorer.models).toEqual(['minifasnet-v2', 'minifasnet-v1se']);
    const result = await evaluateLiveness({ scores: scored, at: { threshold: 0.5 } });
    expect(result.perFrame).toMatchObject({ apcerMax: 0, bpcer: { rate: 0, count: 1 } });
    expect(result.coverage.notMeasured.map(({ id }) => id)).toEqual(['injection', 'cutout', 'occlusion', 'mask', 'makeup']);
  } finally {
    await engine.dispose();
  }
});
