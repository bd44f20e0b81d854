import { asHostTensor, type Detections, decodeBlazeface, decodeScrfd, decodeUltraface, decodeYunet, type HostTensor } from '@isoface/core';
import { describe, expect, it } from 'vitest';

type Outputs = Record<string, HostTensor>;
type Decode = (outputs: Outputs, input: { width: number; height: number }, minScore: number) => Detections;

/** 64 x 32 pixels: 8 x 4 cells of 8, 4 x 2 of 16, 2 x 1 of 32. Not square, so that rows and columns cannot be mixed up. */
const INPUT = { width: 64, height: 32 };
const zeros = (...dims: number[]): HostTensor => asHostTensor(new Float32Array(dims.reduce((a, b) => a * b, 1)), dims);
const logit = (score: number): number => Math.log(score / (1 - score));

function yunet(): Outputs {
  const outputs: Outputs = {};
  for (const [stride, cells] of [
    [8, 32],
    [16, 8],
    [32, 2],
  ] as const) {
    for (const [kind, channels] of [
      ['cls', 1],
      ['obj', 1],
      ['bbox', 4],
      ['kps', 10],
    ] as const) {
      outputs[`${kind}_${stride}`] = zeros(1, cells, channels);
    }
  }
  return outputs;
}

function scrfd(): Outputs {
  const outputs: Outputs = {};
  for (const [stride, rows] of [
    [8, 64],
    [16, 16],
    [32, 4],
  ] as const) {
    for (const channels of [1, 4, 10]) outputs[`${400 + stride * 10 + channels}`] = zeros(rows, channels);
  }
  return outputs;
}

/** 4 x 2 cells with 2 anchors, 2 x 1 cells with 6. */
const BLAZEFACE_ROWS = 16 + 12;
const blazeface = (): Outputs => {
  const scores = zeros(1, BLAZEFACE_ROWS, 1);
  scores.data.fill(-20);
  return { scores, regressors: zeros(1, BLAZEFACE_ROWS, 16) };
};
const ultraface = (): Outputs => ({ scores: zeros(1, 10, 2), boxes: zeros(1, 10, 4) });

function set(outputs: Outputs, name: string, at: number, values: readonly number[]): void {
  (outputs[name] as HostTensor).data.set(values, at * values.length);
}

/** For every decoder: its outputs for an empty picture, and how to make entry `row` (of the first map) a face with a given score. */
const DECODERS: readonly (readonly [string, Decode, () => Outputs, (outputs: Outputs, row: number, score: number) => void])[] = [
  [
    'YuNet',
    decodeYunet,
    yunet,
    (outputs, row, score) => {
      set(outputs, 'cls_8', row, [score]);
      set(outputs, 'obj_8', row, [score]);
    },
  ],
  [
    'SCRFD',
    decodeScrfd,
    scrfd,
    (outputs, row, score) => {
      set(outputs, '481', row, [score]);
      set(outputs, '484', row, [1, 1, 1, 1]);
    },
  ],
  [
    'BlazeFace',
    decodeBlazeface,
    blazeface,
    (outputs, row, score) => {
      set(outputs, 'scores', row, [Number.isFinite(score) ? logit(score) : score]);
      set(outputs, 'regressors', row, [0, 0, 8, 8, ...Array<number>(12).fill(0)]);
    },
  ],
  [
    'UltraFace',
    decodeUltraface,
    ultraface,
    (outputs, row, score) => {
      set(outputs, 'scores', row, [1 - score, score]);
      set(outputs, 'boxes', row, [0.1, 0.1, 0.5, 0.5]);
    },
  ],
];

describe('one active cell gives exactly one face', () => {
  it('YuNet: centre by cell, size by exponent, score by the root of the product', () => {
    const outputs = yunet();
    // Stride 16, second row, third column.
    set(outputs, 'cls_16', 6, [0.81]);
    set(outputs, 'obj_16', 6, [0.64]);
    set(outputs, 'bbox_16', 6, [0.5, 0.25, Math.log(2), Math.log(1.5)]);
    set(outputs, 'kps_16', 6, [0, 0, 1, 0, 0.5, 0.5, -0.25, 1, 1.25, 1]);
    const found = decodeYunet(outputs, INPUT, 0.5);
    expect(found).toMatchObject({ count: 1, pointsPerFace: 5 });
    expectNumbers(found.scores, [0.72]);
    expectNumbers(found.boxes, [40 - 16, 20 - 12, 32, 24]);
    expectNumbers(found.points, [32, 16, 48, 16, 40, 24, 28, 32, 52, 32]);
  });

  it('YuNet: clamps scores beyond 1 and below 0', () => {
    const outputs = yunet();
    set(outputs, 'cls_8', 0, [1.5]);
    set(outputs, 'obj_8', 0, [0.49]);
    set(outputs, 'cls_8', 9, [-0.9]);
    set(outputs, 'obj_8', 9, [-0.9]);
    expectNumbers(decodeYunet(outputs, INPUT, 0.5).scores, [0.7]);
  });

  it('SCRFD: distances to the four sides from the corner of the cell, two anchors a cell', () => {
    const outputs = scrfd();
    // Stride 8: second anchor of the cell in row 2, column 5 (8 columns).
    const row = (2 * 8 + 5) * 2 + 1;
    set(outputs, '481', row, [0.875]);
    set(outputs, '484', row, [1, 0.5, 2, 1.5]);
    set(outputs, '490', row, [-0.5, 0, 1, 0, 0.25, 0.5, -0.5, 1, 1, 1]);
    const found = decodeScrfd(outputs, INPUT, 0.5);
    expect(found).toMatchObject({ count: 1, pointsPerFace: 5 });
    expectNumbers(found.scores, [0.875]);
    expectNumbers(found.boxes, [40 - 8, 16 - 4, 24, 16]);
    expectNumbers(found.points, [36, 16, 48, 16, 42, 20, 36, 24, 48, 24]);
  });

  it('BlazeFace: anchors at the centres of cells, second map after the first', () => {
    const outputs = blazeface();
    // First map: row 1, column 3 of 4, second anchor; second map: column 1 of 2, last anchor.
    for (const row of [(4 + 3) * 2 + 1, 16 + 6 + 5]) {
      set(outputs, 'scores', row, [logit(row === 15 ? 0.75 : 0.9)]);
      set(outputs, 'regressors', row, [2, -3, 20, 10, -4, -2, 4, -2, 0, 1, 0, 3, -8, 0, 8, 0]);
    }
    const found = decodeBlazeface(outputs, INPUT, 0.5);
    expect(found).toMatchObject({ count: 2, pointsPerFace: 6 });
    expectNumbers(found.scores, [0.75, 0.9]);
    expectNumbers(found.boxes, [58 - 10, 21 - 5, 20, 10, 50 - 10, 13 - 5, 20, 10]);
    expectNumbers(found.points.subarray(0, 12), [52, 22, 60, 22, 56, 25, 56, 27, 48, 24, 64, 24]);
    expectNumbers(found.points.subarray(12, 16), [44, 14, 52, 14]);
  });

  it('UltraFace: corners relative to the input, no landmarks', () => {
    const outputs = ultraface();
    set(outputs, 'scores', 7, [0.125, 0.875]);
    set(outputs, 'boxes', 7, [0.25, 0.125, 0.75, 0.625]);
    const found = decodeUltraface(outputs, INPUT, 0.5);
    expect(found).toMatchObject({ count: 1, pointsPerFace: 0 });
    expectNumbers(found.boxes, [16, 4, 32, 16]);
    expectNumbers(found.scores, [0.875]);
    expect(found.points).toHaveLength(0);
  });

  it('UltraFace: keeps the best 200, best first', () => {
    const outputs = { scores: zeros(1, 300, 2), boxes: zeros(1, 300, 4) };
    for (let row = 0; row < 300; row++) {
      set(outputs, 'scores', row, [0, 0.6 + row / 1000]);
      set(outputs, 'boxes', row, [0, 0, 1, 1]);
    }
    const { scores } = decodeUltraface(outputs, INPUT, 0.5);
    expect(scores).toHaveLength(200);
    expectNumbers(scores.subarray(0, 2), [0.899, 0.898]);
    expectNumbers(scores.subarray(199), [0.7]);
  });
});

describe.each(DECODERS)('%s', (_, decode, empty, activate) => {
  it('finds nothing in an empty picture', () => {
    expect(decode(empty(), INPUT, 0.5).count).toBe(0);
  });

  it('drops what is below the wanted score and keeps what is above', () => {
    const outputs = empty();
    activate(outputs, 1, 0.499);
    activate(outputs, 3, 0.501);
    expect(Array.from(decode(outputs, INPUT, 0.5).scores, (score) => score.toFixed(3))).toEqual(['0.501']);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('takes a score of %s for no face', (score) => {
    const outputs = empty();
    activate(outputs, 2, score);
    expect(decode(outputs, INPUT, 0.5).count).toBe(0);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('takes geometry of %s for no face, though the score is good', (value) => {
    const outputs = empty();
    activate(outputs, 2, 0.9);
    const scoreNames = ['cls_8', 'obj_8', '481', 'scores'];
    for (const [name, { data }] of Object.entries(outputs)) if (!scoreNames.includes(name)) data.fill(value);
    expect(decode(outputs, INPUT, 0.5).count).toBe(0);
  });

  it('throws SHAPE_MISMATCH without outputs', () => {
    expect(() => decode({}, INPUT, 0.5)).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
  });

  it.each(Object.keys(empty()))('throws SHAPE_MISMATCH without output %s', (name) => {
    const { [name]: _missing, ...others } = empty();
    expect(() => decode(others, INPUT, 0.5)).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
  });

  it.each(Object.keys(empty()))('throws SHAPE_MISMATCH when output %s is cut', (name) => {
    const outputs = empty();
    const { data, dims } = outputs[name] as HostTensor;
    outputs[name] = asHostTensor(data.slice(1), dims);
    expect(() => decode(outputs, INPUT, 0.5)).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
  });
});

describe('the threshold itself', () => {
  it.each([
    ['YuNet', decodeYunet, yunet, DECODERS[0]?.[3], 1],
    ['SCRFD', decodeScrfd, scrfd, DECODERS[1]?.[3], 1],
    ['BlazeFace', decodeBlazeface, blazeface, DECODERS[2]?.[3], 1],
    ['UltraFace, as its reference', decodeUltraface, ultraface, DECODERS[3]?.[3], 0],
  ] as const)('%s', (_, decode, empty, activate, count) => {
    const outputs = empty();
    activate?.(outputs, 0, 0.5);
    expect(decode(outputs, INPUT, 0.5).count).toBe(count);
  });
});

/** Outputs are 32-bit floats: values up to 100 are exact to 1e-5. */
function expectNumbers(got: Float32Array, want: readonly number[]): void {
  expect(got).toHaveLength(want.length);
  for (const [i, value] of want.entries()) expect(Math.abs((got[i] as number) - value), `number ${i}`).toBeLessThan(1e-5);
}
