import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  evaluateLiveness,
  type LivenessThreshold,
  readLivenessScores,
  renderReportPage,
  toCsv,
  toLivenessPage,
  toLivenessRows,
} from '@isoface/evaluation';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-liveness-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function table(text: string): Promise<string> {
  const file = join(folder, `scores-${files++}.txt`);
  await writeFile(file, text);
  return file;
}

const HALF: LivenessThreshold = { threshold: 0.5 };
const FRAMES = [
  'path,label,score,clip',
  'a1,bonafide,0.9,a',
  'a2,bonafide,0.3,a',
  'b1,bonafide,0.4,b',
  'p1,print,0.1,p',
  'p2,print,0.7,p',
  's1,screen,0.6,',
];

describe('readLivenessScores', () => {
  it.each([
    ['commas with a header', 'path,label,score\na.jpg,bonafide,0.5\nb.jpg,print,0.25'],
    ['tabs without one', 'a.jpg\tbonafide\t0.5\nb.jpg\tprint\t0.25'],
    ['columns in another order, by other names', 'Kind,Liveness score,File\nBona fide,0.5,a.jpg\nprint,.25,b.jpg'],
    ['comments and Windows line ends', '# made by hand\r\npath,label,score\r\na.jpg,LIVE,5e-1\r\n\r\nb.jpg,print,0.25\r\n'],
  ])('reads %s', async (_, text) => {
    const { scores, problems } = await readLivenessScores(await table(text));
    expect(scores).toEqual([
      { path: 'a.jpg', attack: undefined, score: 0.5, clip: undefined },
      { path: 'b.jpg', attack: 'print', score: 0.25, clip: undefined },
    ]);
    expect(problems).toEqual([]);
  });

  it('takes an empty score for no answer, and a fourth column for the clip', async () => {
    const { scores } = await readLivenessScores(await table('a,real,,x\nb,mask,N/A,\nc,mask,-,y\nd,mask,-1,y'));
    expect(scores.map(({ score }) => score)).toEqual([undefined, undefined, undefined, -1]);
    expect(scores.map(({ clip }) => clip)).toEqual(['x', undefined, 'y', 'y']);
  });

  it('reports what is scored twice, and keeps both', async () => {
    const { scores, problems } = await readLivenessScores(await table('a,real,1\nb,mask,0\na,real,0.5'));
    expect(scores).toHaveLength(3);
    expect(problems).toEqual([expect.objectContaining({ path: 'a', code: 'duplicate-path', line: 3 })]);
  });

  it.each([
    ['no rows', 'path,label,score\n', 'none'],
    ['an empty file', '', 'none'],
    ['a missing column', 'path,score\na,1', 'path, label and score'],
    ['a score that is no number', 'path,label,score\na,real,high', 'line 2'],
    ['an infinite score', 'a,real,Infinity', 'line 1'],
    ['NaN', 'a,real,NaN', 'NaN'],
    ['no label', 'a,,0.5', 'bonafide'],
    ['a clip of two labels', 'a,real,1,x\nb,mask,0,x', 'clip "x"'],
  ])('refuses %s', async (_, text, part) => {
    await expect(readLivenessScores(await table(text))).rejects.toMatchObject({
      code: 'DATASET_INVALID',
      message: expect.stringContaining(part),
    });
  });

  it('says that a file is not there', async () => {
    await expect(readLivenessScores(join(folder, 'none.tsv'))).rejects.toMatchObject({ code: 'IO_FAILED' });
  });
});

describe('evaluateLiveness', () => {
  it('gives the rates of frames and of clips as counted by hand', async () => {
    const { perFrame, perClip, kind } = await evaluateLiveness({ scores: await table(FRAMES.join('\n')), at: HALF });
    expect(kind).toBe('liveness');
    expect(perFrame).toMatchObject({
      apcer: { print: { rate: 1 / 2, count: 2 }, screen: { rate: 1, count: 1 } },
      worstKind: 'screen',
      bpcer: { rate: 2 / 3, count: 3 },
    });
    // Clip a: 0.6, b: 0.4; p: 0.4; the screen is a clip of its own.
    expect(perClip).toMatchObject({
      apcer: { print: { rate: 0, count: 1 }, screen: { rate: 1, count: 1 } },
      bpcer: { rate: 1 / 2, count: 2 },
    });
  });

  it('has no rates of clips where no clips are', async () => {
    const { perClip } = await evaluateLiveness({ scores: await table('a,real,1\nb,mask,0'), at: HALF });
    expect(perClip).toBeUndefined();
  });

  it('counts a clip as silent only if all its frames are', async () => {
    const text = 'a,real,0.8,x\nb,real,,x\nc,real,,y\nd,real,,y\ne,mask,0,z';
    const { perFrame, perClip } = await evaluateLiveness({ scores: await table(text), at: HALF });
    expect(perFrame).toMatchObject({ bpcer: { count: 1 }, bpnrr: { rate: 3 / 4, count: 4 } });
    expect(perClip).toMatchObject({ bpcer: { rate: 0, count: 1 }, bpnrr: { rate: 1 / 2, count: 2 } });
  });

  it.each<[string, LivenessThreshold, number, number]>([
    ['a BPCER', { bpcer: 1 / 3 }, 1 / 3, 1],
    ['an APCER', { apcer: 0.5 }, 2 / 3, 0.5],
  ])('finds the threshold for %s', async (_, at, bpcer, apcer) => {
    const { perFrame } = await evaluateLiveness({ scores: await table(FRAMES.join('\n')), at });
    expect(perFrame.bpcer.rate).toBe(bpcer);
    expect(perFrame.apcer['print']?.rate).toBeLessThanOrEqual(apcer);
    expect(perFrame.apcerMax).toBe(apcer);
  });

  it('keeps every score in its histogram', async () => {
    const { perFrame } = await evaluateLiveness({ scores: await table(FRAMES.join('\n')), at: HALF });
    const { edges, bonaFide, attacks } = perFrame.histogram;
    const sum = (counts: readonly number[] = []) => counts.reduce((total, count) => total + count, 0);
    expect([edges[0], edges.at(-1), edges.length]).toEqual([0.1, 0.9, bonaFide.length + 1]);
    expect([sum(bonaFide), sum(attacks['print']), sum(attacks['screen'])]).toEqual([3, 2, 1]);
  });

  it.each([
    ['only bona fide presentations', 'a,real,1\nb,live,0.9', 'no attacks'],
    ['only attacks', 'a,print,1\nb,mask,0.9', 'no bona fide'],
    ['bona fide presentations without a score', 'a,real,\nb,mask,0.9', 'no bona fide'],
    ['attacks without a score', 'a,real,1\nb,mask,\nc,print,', 'no attacks that have a score'],
  ])('refuses %s', async (_, text, part) => {
    await expect(evaluateLiveness({ scores: await table(text), at: HALF })).rejects.toMatchObject({
      code: 'SCORES_INVALID',
      message: expect.stringContaining(part),
    });
  });

  it('reports an attack kind without a single score apart from the rates', async () => {
    const result = await evaluateLiveness({ scores: await table('a,real,1\nb,mask,\nc,mask,\nd,print,0.1'), at: HALF });
    expect(result.perFrame).toMatchObject({ apcer: { print: { rate: 0 } }, unanswered: { mask: 2 } });
    expect(Object.keys(result.perFrame.apcer)).toEqual(['print']);
    expect(toLivenessPage(result).notes).toContainEqual(expect.stringContaining('none of the 2 presentations of mask got a score'));
  });

  it('says which known kinds of attack the data does not hold', async () => {
    const kinds = ['print_A4', 'Screen-iPad', 'silicone', 'ghost', 'cut print', 'deepfake', 'make-up', 'medical mask'];
    const rows = (some: readonly string[]) => ['a,real,1', ...some.map((kind, i) => `${i},${kind},0`)].join('\n');
    const some = await evaluateLiveness({ scores: await table(rows(kinds.slice(0, 4))), at: HALF });
    expect(some.coverage.measured).toEqual([
      { kind: 'Screen-iPad', knownAs: 'screen' },
      { kind: 'ghost', knownAs: undefined },
      { kind: 'print_A4', knownAs: 'print' },
      { kind: 'silicone', knownAs: 'mask' },
    ]);
    expect(some.coverage.notMeasured.map(({ id }) => id)).toEqual(['injection', 'cutout', 'occlusion', 'makeup']);
    expect(renderReportPage(toLivenessPage(some))).toContain('Not measured, so these rates say nothing about: injection (');
    const all = await evaluateLiveness({ scores: await table(rows(kinds)), at: HALF });
    expect(all.coverage.notMeasured).toEqual([]);
  });

  it('makes a page and rows that name every kind, also a hostile one', async () => {
    const kind = '<script>alert(1)</script>';
    const result = await evaluateLiveness({ scores: await table(`a,real,1\nb,${kind},0\nc,__proto__,0.7\nd,=cmd,0.2`), at: HALF });
    expect(Object.keys(result.perFrame.apcer)).toEqual([kind, '=cmd', '__proto__'].sort());
    const html = renderReportPage(toLivenessPage(result));
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt; (APCER)');
    expect(html).toContain('__proto__ (APCER)');
    expect(html).not.toContain('<script>');
    const { columns, rows } = toLivenessRows(result);
    const csv = toCsv(columns, rows);
    expect(csv).toContain("'=cmd");
    // A header, three kinds, BPCER, the worst APCER, ACER.
    expect(csv.trim().split('\r\n')).toHaveLength(1 + 3 + 3);
  });
});
