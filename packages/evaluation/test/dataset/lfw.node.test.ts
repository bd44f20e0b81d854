import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasSharedData, sharedPath } from '@isoface/testkit/node';
import { describe, expect, it } from 'vitest';
import { readLfw } from '../../src/dataset/lfw.ts';
import { makeFolder } from './support/temp-folder.ts';

const PAIRS = [
  '2\t2',
  ...['Ada\t1\t2', 'Bob\t1\t3', 'Ada\t1\tBob\t1', 'Bob\t3\tEve_van_Dam\t1'],
  ...['Eve_van_Dam\t1\t2', 'Ada\t2\t3', 'Ada\t3\tEve_van_Dam\t2', 'Bob\t1\tAda\t2'],
];
const NAMES = ['Ada_0001', 'Ada_0002', 'Ada_0003', 'Bob_0001', 'Bob_0003', 'Eve_van_Dam_0001', 'Eve_van_Dam_0002'];

/** The reader looks at names only, so the images may be empty. */
function makeLfw(toPath: (name: string) => string, pairs: readonly string[] = PAIRS, names: readonly string[] = NAMES): string {
  return makeFolder({ 'pairs.txt': pairs.join('\n'), ...Object.fromEntries(names.map((name) => [toPath(name), ''])) });
}

const inFolders = (name: string): string => `images/${name.slice(0, -5)}/${name}.jpg`;

it.each([
  ['images/<Name>/<file>', inFolders],
  ['<Name>/<file>', (name: string) => inFolders(name).slice('images/'.length)],
  ['images/<file>', (name: string) => `images/${name}.jpg`],
  ['<file>', (name: string) => `${name}.jpg`],
  ['a folder of any name, converted to PNG', (name: string) => `lfw-deepfunneled/${name.slice(0, -5)}/${name}.png`],
])('reads pairs whose images lie in %s', async (_, toPath) => {
  const directory = makeLfw(toPath, PAIRS, [...NAMES, 'Zoe_0001']);
  const { images, pairs, missingPairs, foldCount, problems, isComplete, isOfficial } = await readLfw(directory);
  expect(images).toEqual(
    NAMES.map((name) => ({ path: join(directory, toPath(name)), relativePath: toPath(name), identity: name.slice(0, -5) })),
  );
  expect(pairs).toEqual({
    first: Uint32Array.of(0, 3, 0, 4, 5, 1, 2, 3),
    second: Uint32Array.of(1, 4, 3, 5, 6, 2, 6, 1),
    isGenuine: Uint8Array.of(1, 1, 0, 0, 1, 1, 0, 0),
    fold: Uint8Array.of(0, 0, 0, 0, 1, 1, 1, 1),
    count: 8,
  });
  expect({ missingPairs, foldCount, problems, isComplete, isOfficial }).toEqual({
    missingPairs: [],
    foldCount: 2,
    problems: [],
    isComplete: true,
    isOfficial: false,
  });
});

it.each([
  ['CRLF', PAIRS.join('\r\n')],
  ['CR and blanks at the ends', PAIRS.map((line) => `${line}\t `).join('\r')],
  ['a byte order mark and empty lines at the end', `\ufeff${PAIRS.join('\n')}\n\n\n`],
  ['blanks between', PAIRS.join('\n').replaceAll('\t', '   ')],
  ['UTF-16', Buffer.from(`\ufeff${PAIRS.join('\n')}`, 'utf16le')],
])('reads a list with %s', async (_, text) => {
  const directory = makeFolder({ 'pairs.txt': text, ...Object.fromEntries(NAMES.map((name) => [inFolders(name), ''])) });
  const { pairs, isComplete, problems } = await readLfw(directory);
  expect({ count: pairs.count, isComplete, problems }).toEqual({ count: 8, isComplete: true, problems: [] });
});

it('finds names with accents, whichever way they are composed', async () => {
  const pairs = ['1\t1', 'Zo\u00eb\t1\t2', 'Zo\u00eb\t1\tAda\t1'];
  const directory = makeLfw(inFolders, pairs, ['Zoe\u0308_0001', 'Zoe\u0308_0002', 'Ada_0001']);
  expect(await readLfw(directory)).toMatchObject({
    isComplete: true,
    images: [{ identity: 'Ada' }, { identity: 'Zoë' }, { identity: 'Zoë' }],
  });
});

it('sets pairs apart whose images are missing, and counts them', async () => {
  const directory = makeLfw(
    inFolders,
    PAIRS,
    NAMES.filter((name) => name !== 'Ada_0002' && name !== 'Eve_van_Dam_0001'),
  );
  const { images, pairs, missingPairs, problems, isComplete } = await readLfw(directory);
  expect(images).toHaveLength(5);
  expect(pairs.count).toBe(3);
  expect(Array.from(pairs.fold)).toEqual([0, 0, 1]);
  expect(missingPairs).toEqual([
    { line: 2, isGenuine: true, fold: 0, names: ['Ada_0001', 'Ada_0002'], missing: ['Ada_0002'] },
    { line: 5, isGenuine: false, fold: 0, names: ['Bob_0003', 'Eve_van_Dam_0001'], missing: ['Eve_van_Dam_0001'] },
    { line: 6, isGenuine: true, fold: 1, names: ['Eve_van_Dam_0001', 'Eve_van_Dam_0002'], missing: ['Eve_van_Dam_0001'] },
    { line: 7, isGenuine: true, fold: 1, names: ['Ada_0002', 'Ada_0003'], missing: ['Ada_0002'] },
    { line: 9, isGenuine: false, fold: 1, names: ['Bob_0001', 'Ada_0002'], missing: ['Ada_0002'] },
  ]);
  expect(problems).toEqual([
    { path: 'Ada_0002', code: 'missing', message: expect.stringContaining('3 pairs'), line: 2 },
    { path: 'Eve_van_Dam_0001', code: 'missing', message: expect.stringContaining('2 pairs'), line: 5 },
  ]);
  expect(isComplete).toBe(false);
});

describe('hostile lists', () => {
  const withLine = (line: number, text: string): string[] => PAIRS.with(line - 1, text);

  it.each([
    ['two cells', 'Ada\t1'],
    ['five cells', 'Ada\t1\tBob\t1\t1'],
    ['a number that is none', 'Ada\tone\t2'],
    ['the number 0', 'Ada\t0\t2'],
    ['a negative number', 'Ada\t-1\t2'],
    ['a number beyond all sense', 'Ada\t99999999999999999999\t2'],
    ['names in place of numbers', 'Ada\tBob\tEve\tZoe'],
  ])('a line with %s is reported and leaves the folds of the others alone', async (_, text) => {
    const { pairs, problems, isComplete } = await readLfw(makeLfw(inFolders, withLine(3, text)));
    expect(problems).toMatchObject([{ path: 'pairs.txt', code: 'bad-line', line: 3 }]);
    expect(Array.from(pairs.fold)).toEqual([0, 0, 0, 1, 1, 1, 1]);
    expect(isComplete).toBe(false);
  });

  it('a name that leads elsewhere finds nothing', async () => {
    const { missingPairs, isComplete } = await readLfw(makeLfw(inFolders, withLine(2, '../../etc/passwd\t1\t2')));
    expect(missingPairs).toMatchObject([{ line: 2 }]);
    expect(isComplete).toBe(false);
  });

  it.each([
    ['a missing line', PAIRS.slice(0, -1), [{ code: 'bad-count', line: 1 }]],
    [
      'a line too many',
      [...PAIRS, 'Bob\t1\tAda\t3'],
      [
        { code: 'bad-count', line: 10 },
        { code: 'bad-count', line: 1 },
      ],
    ],
    ['pairs of the wrong kind', PAIRS.with(2, 'Ada\t1\tBob\t3'), [{ code: 'bad-count', line: 3 }]],
    ['a pair twice', PAIRS.with(2, 'Ada\t1\t2'), [{ path: inFolders('Ada_0001'), code: 'duplicate-pair', line: 3 }]],
    ['a pair twice, swapped', PAIRS.with(2, 'Ada\t2\t1'), [{ path: inFolders('Ada_0002'), code: 'duplicate-pair', line: 3 }]],
    ['an image with itself', PAIRS.with(2, 'Ada\t2\t2'), [{ path: inFolders('Ada_0002'), code: 'self-pair', line: 3 }]],
  ])('%s: reported', async (_, lines, expected) => {
    const { problems, pairs } = await readLfw(makeLfw(inFolders, lines));
    expect(problems).toMatchObject(expected);
    expect(pairs.count).toBe(lines.length - 1);
  });

  it.each([
    ['nothing', ['']],
    ['no numbers first', PAIRS.slice(1)],
    ['no folds', ['0\t300']],
    ['more folds than can be', ['1000\t1']],
    ['a picture', ['\ufffd\ufffd']],
  ])('%s: refused', async (_, lines) => {
    await expect(readLfw(makeLfw(inFolders, lines))).rejects.toMatchObject({ code: 'DATASET_INVALID' });
  });

  it('no list: refused', async () => {
    await expect(readLfw(makeFolder())).rejects.toMatchObject({ code: 'IO_FAILED' });
  });
});

it('names a second copy of an image and takes the first by path', async () => {
  const directory = makeFolder({
    'pairs.txt': '1\t1\nAda\t1\t2\nAda\t1\tBob\t1',
    ...Object.fromEntries(['a/Ada_0001.jpg', 'a/Ada_0002.jpg', 'a/Bob_0001.jpg', 'b/Ada_0001.jpg'].map((path) => [path, ''])),
  });
  const { images, problems } = await readLfw(directory);
  expect(images.map(({ relativePath }) => relativePath)).toEqual(['a/Ada_0001.jpg', 'a/Ada_0002.jpg', 'a/Bob_0001.jpg']);
  expect(problems).toMatchObject([{ path: 'b/Ada_0001.jpg', code: 'duplicate-path' }]);
});

it('can be aborted', async () => {
  const reason = new Error('enough');
  await expect(readLfw(makeLfw(inFolders), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

describe.skipIf(!hasSharedData || !existsSync(sharedPath('data/lfw/pairs.txt')))('the real one', () => {
  const text = (): string => readFileSync(sharedPath('data/lfw/pairs.txt'), 'utf8');

  it('is official and complete', async () => {
    const { images, pairs, missingPairs, foldCount, problems, isComplete, isOfficial } = await readLfw(sharedPath('data/lfw'));
    expect({ images: images.length, pairs: pairs.count, missingPairs, foldCount, problems, isComplete, isOfficial }).toEqual({
      images: 7701,
      pairs: 6000,
      missingPairs: [],
      foldCount: 10,
      problems: [],
      isComplete: true,
      isOfficial: true,
    });
    for (let fold = 0; fold < 10; fold++) {
      const genuine = pairs.isGenuine.filter((_, i) => pairs.fold[i] === fold);
      expect([genuine.length, genuine.reduce((sum, value) => sum + value, 0)]).toEqual([600, 300]);
    }
    expect(
      pairs.isGenuine.every(
        (value, i) => (images[pairs.first[i] ?? -1]?.identity === images[pairs.second[i] ?? -1]?.identity) === (value === 1),
      ),
    ).toBe(true);
  });

  it.each([
    ['other line ends', (pairs: string) => pairs.replaceAll('\n', '\r\n'), true],
    ['two pairs of a fold in another order', (pairs: string) => swapLines(pairs, 5, 9), true],
    ['two pairs of different folds exchanged', (pairs: string) => swapLines(pairs, 5, 700), false],
    ['one number changed', (pairs: string) => pairs.replace('Abel_Pacheco\t1\t4', 'Abel_Pacheco\t1\t3'), false],
    ['a pair missing', (pairs: string) => pairs.trimEnd().replace(/\n.*$/, ''), false],
  ])('is official by its pairs alone: %s', async (_, change, isOfficial) => {
    const set = await readLfw(makeFolder({ 'pairs.txt': change(text()) }));
    expect({ isOfficial: set.isOfficial, isComplete: set.isComplete }).toEqual({ isOfficial, isComplete: false });
  });
});

function swapLines(text: string, a: number, b: number): string {
  const lines = text.split('\n');
  [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? ''];
  return lines.join('\n');
}
