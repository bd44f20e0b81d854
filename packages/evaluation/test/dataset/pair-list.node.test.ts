import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hasSharedData, sharedPath } from '@isoface/testkit/node';
import { describe, expect, it } from 'vitest';
import { readPairList } from '../../src/dataset/pair-list.ts';
import { makeFolder } from './support/temp-folder.ts';

const FILES = { 'a.jpg': '', 'b.jpg': '', 'images/c.jpg': '', 'sub dir/d.jpg': '' };
const read = (text: string | Uint8Array, name = 'pairs.tsv') => readPairList({ file: join(makeFolder({ ...FILES, [name]: text }), name) });

const EXPECTED = {
  pairs: {
    first: Uint32Array.of(0, 0),
    second: Uint32Array.of(1, 2),
    isGenuine: Uint8Array.of(1, 0),
    fold: Uint8Array.of(0, 0),
    count: 2,
  },
  problems: [],
  isComplete: true,
  foldCount: 1,
};

it.each([
  ['tabs', 'same\tfile1\tfile2\n1\ta.jpg\tb.jpg\n0\ta.jpg\tc.jpg\n'],
  ['another order of columns', 'file2\tsame\tfile1\nb.jpg\t1\ta.jpg\nc.jpg\t0\ta.jpg\n'],
  ['more columns', 'id\tsame\tfile1\tnote\tfile2\n7\t1\ta.jpg\tx\tb.jpg\n8\t0\ta.jpg\ty\tc.jpg\n'],
  ['other names of columns', 'Is_Same\tImage 1\tImage 2\ntrue\ta.jpg\tb.jpg\nFALSE\ta.jpg\tc.jpg'],
  ['words as labels', 'label\tfirst\tsecond\nsame\ta.jpg\tb.jpg\ndifferent\ta.jpg\tc.jpg'],
  ['commas', 'same,file1,file2\n1,a.jpg,b.jpg\n0,a.jpg,c.jpg\n'],
  ['commas and quotes', '"same","file1","file2"\n"1","a.jpg" , "b.jpg"\n0,"a.jpg",c.jpg\n'],
  ['CRLF, a byte order mark, blanks and empty lines', '\ufeffsame\tfile1\tfile2\r\n1\ta.jpg\tb.jpg \r\n\r\n0 \ta.jpg\t c.jpg\t\r\n'],
  ['comments', '# mine\nsame\tfile1\tfile2\n1\ta.jpg\tb.jpg\n# that\n0\ta.jpg\tc.jpg'],
  ['the folder spelled out', 'same\tfile1\tfile2\n1\t./a.jpg\tb.jpg\n0\ta.jpg\timages/c.jpg'],
  ['backslashes', 'same\tfile1\tfile2\n1\ta.jpg\t.\\b.jpg\n0\ta.jpg\timages\\c.jpg'],
])('reads a table with %s', async (_, text) => {
  const set = await read(text);
  expect(set).toMatchObject(EXPECTED);
  expect(set.images.map(({ relativePath }) => relativePath)).toEqual(['a.jpg', 'b.jpg', 'images/c.jpg']);
});

it('reads a table without a header and says how', async () => {
  const set = await read('1\ta.jpg\tb.jpg\n0\ta.jpg\tc.jpg\n');
  expect(set).toMatchObject({ ...EXPECTED, problems: [{ path: 'pairs.tsv', code: 'assumed-columns', line: 1 }] });
});

it('does not take a first row of data for a header', async () => {
  const { pairs } = await read('same\ta.jpg\tb.jpg\ndifferent\ta.jpg\tc.jpg');
  expect(pairs.count).toBe(2);
});

it('reads names with blanks, commas and quotes', async () => {
  const folder = makeFolder({ ...FILES, 'x, "y".jpg': '', 'pairs.csv': 'same,file1,file2\n1,sub dir/d.jpg,"x, ""y"".jpg"\n' });
  const { images } = await readPairList({ file: join(folder, 'pairs.csv') });
  expect(images.map(({ relativePath }) => relativePath)).toEqual(['sub dir/d.jpg', 'x, "y".jpg']);
});

it('numbers folds as they appear', async () => {
  const { pairs, foldCount } = await read('same\tfile1\tfile2\tfold\n1\ta.jpg\tb.jpg\t5\n0\ta.jpg\tc.jpg\tx\n0\tb.jpg\tc.jpg\t5');
  expect({ fold: Array.from(pairs.fold), foldCount }).toEqual({ fold: [0, 1, 0], foldCount: 2 });
});

it('finds images from another folder', async () => {
  const lists = makeFolder({ 'pairs.tsv': 'same\tfile1\tfile2\n1\ta.jpg\tb.jpg' });
  const directory = makeFolder(FILES);
  const { images } = await readPairList({ file: join(lists, 'pairs.tsv'), directory });
  expect(images.map(({ path }) => path)).toEqual([join(directory, 'a.jpg'), join(directory, 'b.jpg')]);
});

it('sets pairs apart whose images are missing', async () => {
  const { pairs, missingPairs, problems, isComplete } = await read(
    'same\tfile1\tfile2\n1\ta.jpg\tb.jpg\n1\ta.jpg\tno.jpg\n0\tno.jpg\tnone.jpg\n0\tno.jpg\tno.jpg',
  );
  expect(pairs.count).toBe(1);
  expect(missingPairs).toEqual([
    { line: 3, isGenuine: true, fold: 0, names: ['a.jpg', 'no.jpg'], missing: ['no.jpg'] },
    { line: 4, isGenuine: false, fold: 0, names: ['no.jpg', 'none.jpg'], missing: ['no.jpg', 'none.jpg'] },
    { line: 5, isGenuine: false, fold: 0, names: ['no.jpg', 'no.jpg'], missing: ['no.jpg'] },
  ]);
  expect(problems).toMatchObject([
    { path: 'no.jpg', code: 'missing', message: expect.stringContaining('3 pairs') },
    { path: 'none.jpg', code: 'missing', message: expect.stringContaining('1 pair ') },
  ]);
  expect(isComplete).toBe(false);
});

it.each([
  ['twice', '1\ta.jpg\tb.jpg\n1\ta.jpg\tb.jpg', 'duplicate-pair'],
  ['twice, swapped', '1\ta.jpg\tb.jpg\n1\tb.jpg\ta.jpg', 'duplicate-pair'],
  ['twice, under two names', '1\ta.jpg\tc.jpg\n1\ta.jpg\timages/c.jpg', 'duplicate-pair'],
  ['as same and as different', '1\ta.jpg\tb.jpg\n0\tb.jpg\ta.jpg', 'contradiction'],
  ['with itself', '1\ta.jpg\tb.jpg\n1\ta.jpg\ta.jpg', 'self-pair'],
])('reports a pair %s, and keeps it', async (_, rows, code) => {
  const { pairs, problems, isComplete } = await read(`same\tfile1\tfile2\n${rows}`);
  expect(problems).toMatchObject([{ code, line: 3 }]);
  expect({ count: pairs.count, isComplete }).toEqual({ count: 2, isComplete: true });
});

describe('hostile lists', () => {
  it.each([
    ['an unknown label', 'maybe\ta.jpg\tb.jpg'],
    ['no label', '\ta.jpg\tb.jpg'],
    ['one name', '1\ta.jpg'],
    ['an empty name', '1\ta.jpg\t\t'],
    ['a name above the folder', '1\ta.jpg\t../b.jpg'],
    ['a name that goes up on the way', '1\ta.jpg\tx\\..\\..\\b.jpg'],
    ['an absolute name', '1\ta.jpg\t/etc/passwd'],
    ['an absolute Windows name', '1\ta.jpg\tC:\\b.jpg'],
  ])('a line with %s is reported', async (_, row) => {
    const { pairs, problems, isComplete } = await read(`same\tfile1\tfile2\n1\ta.jpg\tb.jpg\n${row}\n0\ta.jpg\tc.jpg`);
    expect(problems).toMatchObject([{ path: 'pairs.tsv', code: 'bad-line', line: 3 }]);
    expect({ count: pairs.count, isComplete }).toEqual({ count: 2, isComplete: false });
  });

  it('a line without a fold among others with one is reported', async () => {
    const { problems } = await read('same\tfile1\tfile2\tfold\n1\ta.jpg\tb.jpg\t1\n0\ta.jpg\tc.jpg');
    expect(problems).toMatchObject([{ code: 'bad-line', line: 3 }]);
  });

  it('more folds than fit are reported', async () => {
    const rows = Array.from({ length: 257 }, (_, i) => `1\ta.jpg\tb.jpg\tf${i}`);
    const { foldCount, problems } = await read(['same\tfile1\tfile2\tfold', ...rows].join('\n'));
    expect(foldCount).toBe(255);
    expect(problems.filter(({ code }) => code === 'bad-line').map(({ line }) => line)).toEqual([257, 258]);
  });

  it.each([
    ['nothing', ''],
    ['only a header', 'same\tfile1\tfile2\n'],
    ['no line that can be read', 'same\tfile1\tfile2\n2\ta.jpg\tb.jpg'],
    ['a header without a label', 'file1\tfile2\na.jpg\tb.jpg'],
    ['a header with a column twice', 'same\tfile1\tfile1\tfile2\n1\ta.jpg\tb.jpg\tc.jpg'],
    ['prose', 'Dear reader,\nthis is no table.'],
  ])('%s is refused', async (_, text) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'DATASET_INVALID' });
  });

  it('a missing file is refused', async () => {
    await expect(readPairList({ file: join(makeFolder(), 'none.tsv') })).rejects.toMatchObject({ code: 'IO_FAILED' });
  });
});

it.skipIf(!hasSharedData || !existsSync(sharedPath('data/deepface-pairs')))('reads pairs of real photographs', async () => {
  const { images, pairs, problems, isComplete } = await readPairList({ file: sharedPath('data/deepface-pairs/pairs.tsv') });
  const genuine = pairs.isGenuine.reduce((sum, value) => sum + value, 0);
  expect({ images: images.length, pairs: pairs.count, genuine, problems, isComplete }).toEqual({
    images: 17,
    pairs: 136,
    genuine: 11,
    problems: [],
    isComplete: true,
  });
});
