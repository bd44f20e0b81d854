import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hasSharedData, sharedPath } from '@isoface/testkit/node';
import { describe, expect, it } from 'vitest';
import { type DetectionFormat, type DetectionSet, readDetectionSet } from '../../src/dataset/detection-set.ts';
import { makeFolder, makePicture } from './support/temp-folder.ts';

/** Pictures of 100 x 80 pixels with a label file beside them. */
async function read(files: Readonly<Record<string, string>>, names: readonly string[], format?: DetectionFormat): Promise<DetectionSet> {
  const pictures = await Promise.all(names.map(async (name, i) => [name, await makePicture(i, { width: 100, height: 80 })] as const));
  return readDetectionSet(makeFolder({ ...files, ...Object.fromEntries(pictures) }), { format });
}

const boxesOf = ({ images }: DetectionSet): Record<string, string[]> =>
  Object.fromEntries(
    images.map(({ relativePath, boxes }) => [
      relativePath,
      boxes.map(({ box: { x, y, width, height } }) => [x, y, width, height].map((v) => Number(v.toFixed(3))).join(' ')),
    ]),
  );
const linesOf = ({ problems }: DetectionSet) => problems.map(({ path, code, line }) => [path, code, line]);

describe('WIDER FACE', () => {
  it('gives boxes with attributes', async () => {
    const text = '0--Parade/a.png\n2\n1 2 30 40 0 1 0 1 2 1 \n50 5 20 25 2 0 1 0 0 0\nb.png\n0\n0 0 0 0 0 0 0 0 0 0 \nc.png\n0\n';
    const set = await read({ 'bbx_gt.txt': text }, ['images/0--Parade/a.png', 'images/b.png', 'images/c.png']);
    expect(set.format).toBe('wider');
    expect(boxesOf(set)).toEqual({ 'images/0--Parade/a.png': ['1 2 30 40', '50 5 20 25'], 'images/b.png': [], 'images/c.png': [] });
    expect(set.images[0]).toMatchObject({ width: 100, height: 80 });
    expect(set.images[0]?.boxes[0]?.attributes).toEqual({ blur: 0, expression: 1, illumination: 0, invalid: 1, occlusion: 2, pose: 1 });
    expect(set.problems).toEqual([]);
  });

  it('finds the folders of the original distribution', async () => {
    const set = await read({ 'wider_face_split/wider_face_val_bbx_gt.txt': '1--X/a.png\n1\n1 2 3 4 0 0 0 0 0 0\n' }, [
      'WIDER_val/images/1--X/a.png',
    ]);
    expect(boxesOf(set)).toEqual({ 'WIDER_val/images/1--X/a.png': ['1 2 3 4'] });
  });

  it.each([
    ['too few faces', 'a.png\n3\n1 2 3 4 0 0 0 0 0 0', [['bbx_gt.txt', 'bad-count', 2]], ['1 2 3 4']],
    ['too many faces', 'a.png\n1\n1 2 3 4 0 0 0 0 0 0\n2 2 3 4 0 0 0 0 0 0', [['bbx_gt.txt', 'bad-count', 2]], ['1 2 3 4', '2 2 3 4']],
    ['no count', 'a.png\n1 2 3 4 0 0 0 0 0 0', [['bbx_gt.txt', 'bad-count', 1]], ['1 2 3 4']],
    [
      'a negative count',
      'a.png\n-1\n1 2 3 4 0 0 0 0 0 0',
      [
        ['bbx_gt.txt', 'bad-count', 1],
        ['bbx_gt.txt', 'bad-line', 2],
      ],
      ['1 2 3 4'],
    ],
    ['a number missing', 'a.png\n2\n1 2 3 4 0 0 0 0 0\n2 2 3 4 0 0 0 0 0 0', [['bbx_gt.txt', 'bad-line', 3]], ['2 2 3 4']],
    ['words for numbers', 'a.png\n1\n1 2 three 4 0 0 0 0 0 0', [['bbx_gt.txt', 'bad-line', 3]], []],
    [
      'NaN and infinity',
      'a.png\n2\nNaN 2 3 4 0 0 0 0 0 0\n1 Infinity 3 4 0 0 0 0 0 0',
      [
        ['bbx_gt.txt', 'bad-line', 3],
        ['bbx_gt.txt', 'bad-line', 4],
      ],
      [],
    ],
    ['a stray line first', 'hello\na.png\n1\n1 2 3 4 0 0 0 0 0 0', [['bbx_gt.txt', 'bad-line', 1]], ['1 2 3 4']],
    [
      'a photo twice',
      'a.png\n1\n1 2 3 4 0 0 0 0 0 0\na.png\n1\n5 2 3 4 0 0 0 0 0 0',
      [['bbx_gt.txt', 'duplicate-path', 4]],
      ['1 2 3 4', '5 2 3 4'],
    ],
  ])('reports %s with its line', async (_, text, problems, boxes) => {
    const set = await read({ 'bbx_gt.txt': text }, ['a.png']);
    expect(linesOf(set)).toEqual(problems);
    expect(boxesOf(set)).toEqual({ 'a.png': boxes });
  });

  it('is not confused by the count of the photo before', async () => {
    const set = await read({ 'bbx_gt.txt': 'a.png\n2\n1 2 3 4 0 0 0 0 0 0\nb.png\n1\n5 2 3 4 0 0 0 0 0 0' }, ['a.png', 'b.png']);
    expect(boxesOf(set)).toEqual({ 'a.png': ['1 2 3 4'], 'b.png': ['5 2 3 4'] });
  });
});

describe('FDDB', () => {
  it('gives boxes from lines', async () => {
    const set = await read({ 'boxes.txt': '0001 1 2 30 40\r\n0002 5 6 7 8\r\n0001 50 6 7 8\r\n' }, ['images/0001.png', 'images/0002.png']);
    expect(set.format).toBe('fddb');
    expect(boxesOf(set)).toEqual({ 'images/0001.png': ['1 2 30 40', '50 6 7 8'], 'images/0002.png': ['5 6 7 8'] });
    expect(set.problems).toEqual([]);
  });

  it('gives boxes around ellipses', async () => {
    const lists = {
      'FDDB-folds/FDDB-fold-01-ellipseList.txt': '2002/08/11/big/img_591\n2\n20 10 0 50 40 1\n20 10 1.5707963267948966 50 40  1\n',
      // By the formula of a turned ellipse: half sizes sqrt((20² + 10²) / 2).
      'FDDB-folds/FDDB-fold-02-ellipseList.txt': '2002/08/11/big/img_7\n1\n20 10 -0.7853981633974483 50 40 1\n',
    };
    const set = await read(lists, ['originalPics/2002/08/11/big/img_591.png', 'originalPics/2002/08/11/big/img_7.png']);
    expect(boxesOf(set)).toEqual({
      'originalPics/2002/08/11/big/img_591.png': ['30 30 40 20', '40 20 20 40'],
      'originalPics/2002/08/11/big/img_7.png': ['34.189 24.189 31.623 31.623'],
    });
  });

  it.each([
    ['a number missing', 'boxes.txt', 'a 1 2 3\na 1 2 3 4', [['boxes.txt', 'bad-line', 1]]],
    ['a word for a number', 'boxes.txt', 'a 1 2 x 4\na 1 2 3 4', [['boxes.txt', 'bad-line', 1]]],
    ['a number of an ellipse missing', 'ellipseList.txt', 'a\n2\n20 10 0 50 40\n5 5 0 50 40 1', [['ellipseList.txt', 'bad-line', 3]]],
    ['a damaged number of an ellipse', 'ellipseList.txt', 'a\n2\n20 1o 0 50 40 1\n5 5 0 50 40 1', [['ellipseList.txt', 'bad-line', 3]]],
    ['an ellipse without a radius', 'ellipseList.txt', 'a\n2\n20 0 0 50 40 1\n5 5 0 50 40 1', [['a.png', 'bad-box', 3]]],
    ['a wrong count', 'ellipseList.txt', 'a\n3\n5 5 0 50 40 1', [['ellipseList.txt', 'bad-count', 2]]],
  ])('reports %s with its line', async (_, file, text, problems) => {
    const set = await read({ [file]: text }, ['a.png']);
    expect(linesOf(set)).toEqual(problems);
    expect(set.images[0]?.boxes).toHaveLength(1);
  });
});

describe('CMU+MIT', () => {
  const points = (x: number, y: number): string => [x, y, x + 10, y, x + 5, y + 5, x, y + 10, x + 5, y + 11, x + 10, y + 12].join(' ');

  it('gives boxes, their landmarks whatever the order, and photos without a face', async () => {
    const files = {
      'ground_truth_bboxes.txt': 'a.png 10 20 40 60\na.png 50 20 80 60\nb c.png 0 0 30 30\n',
      'ground_truth_bboxes_face_only.txt': 'a.png 0 0 1 1\n',
      'ground_truth_landmarks.txt': `b c.png ${points(10, 10)}\r\na.png ${points(60, 35)}\r\na.png ${points(20, 35)}\r\n`,
    };
    const set = await read(files, ['images/a.png', 'images/b c.png', 'images/nobody.png']);
    expect(set.format).toBe('cmu');
    expect(boxesOf(set)).toEqual({
      'images/a.png': ['10 20 30 40', '50 20 30 40'],
      'images/b c.png': ['0 0 30 30'],
      'images/nobody.png': [],
    });
    expect(set.images[0]?.boxes.map(({ landmarks }) => Array.from(landmarks ?? []))).toEqual([
      [20, 35, 30, 35, 25, 40, 20, 45, 30, 47],
      [60, 35, 70, 35, 65, 40, 60, 45, 70, 47],
    ]);
    expect(set.problems).toEqual([]);
  });

  it('reports landmarks that belong to no box', async () => {
    const files = {
      'ground_truth_bboxes.txt': 'a.png 10 20 40 60\n',
      'ground_truth_landmarks.txt': `a.png ${points(20, 35)}\na.png ${points(22, 35)}\na.png ${points(85, 5)}\nelsewhere.png ${points(1, 1)}\na.png 1 2 3\n`,
    };
    const set = await read(files, ['a.png']);
    expect(linesOf(set)).toEqual([
      ['ground_truth_landmarks.txt', 'bad-line', 5],
      ['ground_truth_landmarks.txt', 'bad-landmarks', 2],
      ['ground_truth_landmarks.txt', 'bad-landmarks', 3],
      ['ground_truth_landmarks.txt', 'bad-landmarks', 4],
    ]);
    expect(set.images[0]?.boxes[0]?.landmarks?.[0]).toBe(20);
  });
});

describe('a table', () => {
  it.each([
    ['origin and size', 'boxes.csv', 'file,x,y,width,height\na.png,1,2,30,40\n"b, c.png",5.5,6,7,8\nd.png,,,,\n'],
    ['corners and tabs', 'boxes.tsv', 'ymax\tfile\txmin\tymin\txmax\n42\ta.png\t1\t2\t31\n14\tb, c.png\t5.5\t6\t12.5\n\td.png\n'],
  ])('of %s gives boxes, and photos without a face', async (_, file, text) => {
    const set = await read({ [file]: text }, ['a.png', 'b, c.png', 'd.png']);
    expect(set.format).toBe('table');
    expect(boxesOf(set)).toEqual({ 'a.png': ['1 2 30 40'], 'b, c.png': ['5.5 6 7 8'], 'd.png': [] });
    expect(set.problems).toEqual([]);
  });

  it('reports bad lines', async () => {
    const set = await read({ 'boxes.csv': 'file,x,y,w,h\na.png,1,2,3,4\na.png,1,2,3\n,1,2,3,4\na.png,1,2,3,many\n' }, ['a.png']);
    expect(linesOf(set)).toEqual([3, 4, 5].map((line) => ['boxes.csv', 'bad-line', line]));
  });

  it('without the columns is refused', async () => {
    await expect(read({ 'boxes.csv': 'file,x,y\na.png,1,2\n' }, ['a.png'])).rejects.toMatchObject({ code: 'DATASET_INVALID' });
  });
});

it('reports boxes that cannot be, and keeps those that only reach beyond the image', async () => {
  const lines = [
    'a 10 10 20 20',
    'a 10 10 0 20',
    'a 10 10 -5 20',
    'a 100 10 5 5',
    'a -6 10 6 5',
    'a 90 70 11 11',
    'a 90 70 15 8',
    'a -3 10 20 20',
  ];
  const set = await read({ 'boxes.txt': lines.join('\n') }, ['a.png']);
  expect(boxesOf(set)).toEqual({ 'a.png': ['10 10 20 20', '90 70 11 11', '90 70 15 8', '-3 10 20 20'] });
  expect(linesOf(set)).toEqual([
    ['a.png', 'bad-box', 2],
    ['a.png', 'bad-box', 3],
    ['a.png', 'bad-box', 4],
    ['a.png', 'bad-box', 5],
    ['a.png', 'box-outside', 7],
    ['a.png', 'box-outside', 8],
  ]);
});

it('compares boxes with the upright image', async () => {
  const photo = await makePicture(1, { format: 'jpeg', width: 100, height: 40, orientation: 6 });
  const set = await readDetectionSet(makeFolder({ 'a.jpg': photo, 'boxes.txt': 'a 5 60 30 30' }));
  expect(set).toMatchObject({ images: [{ width: 40, height: 100, boxes: [{ box: { y: 60 } }] }], problems: [] });
});

it('reports images that are missing, damaged or without a label', async () => {
  const directory = makeFolder({
    'boxes.txt': 'good 1 2 3 4\nmissing 1 2 3 4\nbroken 1 2 3 4\n../secret 1 2 3 4\n',
    'images/good.png': await makePicture(1),
    'images/broken.png': 'no image',
    'images/extra.png': await makePicture(2),
    'secret.png': await makePicture(3),
  });
  const set = await readDetectionSet(directory);
  expect(boxesOf(set)).toEqual({ 'images/good.png': ['1 2 3 4'] });
  expect(linesOf(set)).toEqual([
    ['missing', 'missing', 2],
    ['../secret', 'missing', 4],
    ['images/extra.png', 'unlabelled', undefined],
    ['images/broken.png', 'unsupported', undefined],
  ]);
});

describe('label files', () => {
  const files = { 'boxes.txt': 'a 1 2 3 4', 'bbx_gt.txt': 'a.png\n1\n5 2 3 4 0 0 0 0 0 0' };

  it('of two kinds are refused unless the format is named', async () => {
    await expect(read(files, ['a.png'])).rejects.toMatchObject({ code: 'DATASET_INVALID' });
    expect(boxesOf(await read(files, ['a.png'], 'wider'))).toEqual({ 'a.png': ['5 2 3 4'] });
    expect(boxesOf(await read(files, ['a.png'], 'fddb'))).toEqual({ 'a.png': ['1 2 3 4'] });
  });

  it.each([
    ['none', {}, undefined],
    ['none of the format', { 'boxes.txt': 'a 1 2 3 4' }, 'cmu'],
    ['of two splits', { 'train_bbx_gt.txt': '', 'val_bbx_gt.txt': '' }, undefined],
    ['that names no image here', { 'boxes.txt': 'b 1 2 3 4' }, undefined],
    ['that is empty', { 'boxes.txt': '' }, undefined],
  ] as const)('%s: refused', async (_, labels, format) => {
    await expect(read(labels, ['a.png'], format)).rejects.toMatchObject({ code: 'DATASET_INVALID' });
  });

  it('in a folder that is not there: refused', async () => {
    await expect(readDetectionSet(join(makeFolder(), 'none'))).rejects.toMatchObject({ code: 'IO_FAILED' });
  });
});

it('can be aborted', async () => {
  const reason = new Error('enough');
  const directory = makeFolder({ 'boxes.txt': 'a 1 2 3 4', 'a.png': await makePicture(1) });
  await expect(readDetectionSet(directory, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

describe.skipIf(!hasSharedData || !existsSync(sharedPath('data')))('real sets', () => {
  it.each([
    ['cmu-mit-faces', 'cmu', 130, 511, 13, { 'bad-landmarks': 1, 'box-outside': 11 }],
    ['fddb-single-face', 'fddb', 1000, 1000, 0, {}],
    ['widerface-train-subset', 'wider', 150, 1064, 0, {}],
  ])('%s', async (name, format, images, boxes, empty, problems) => {
    const set = await readDetectionSet(sharedPath('data', name));
    const counts: Record<string, number> = {};
    for (const { code } of set.problems) counts[code] = (counts[code] ?? 0) + 1;
    expect({ format: set.format, images: set.images.length, problems: counts }).toEqual({ format, images, problems });
    expect(set.images.reduce((sum, image) => sum + image.boxes.length, 0)).toBe(boxes);
    expect(set.images.filter((image) => image.boxes.length === 0)).toHaveLength(empty);
    if (format !== 'cmu') return;
    expect(set.images.every((image) => image.boxes.every(({ landmarks }) => landmarks?.length === 10))).toBe(true);
  });
});
