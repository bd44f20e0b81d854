import { computeShrinkFactor, type RgbaImage, shrinkImage } from '@isoface/core';
import { describe, expect, it } from 'vitest';

describe('computeShrinkFactor', () => {
  const cases: readonly (readonly [string, number, number, number | undefined, number])[] = [
    ['nothing was asked for', 9000, 9000, undefined, 1],
    ['smaller than asked for', 640, 480, 1280, 1],
    ['less than twice as long', 2559, 1700, 1280, 1],
    ['exactly twice as long', 2560, 1700, 1280, 2],
    ['12 megapixels', 4000, 3000, 1280, 3],
    ['the longer side decides when it is the height', 3000, 4000, 1280, 3],
    ['no factor beyond what the sums hold', 50_000, 10, 64, 16],
  ];
  it.each(cases)('%s', (_, width, height, shrinkToSide, factor) => {
    expect(computeShrinkFactor({ width, height }, shrinkToSide)).toBe(factor);
  });
});

describe('shrinkImage', () => {
  const cases: readonly (readonly [width: number, height: number, factor: number])[] = [
    [8, 6, 2],
    [9, 6, 3],
    [7, 5, 2],
    [10, 11, 3],
    [11, 10, 3],
    [41, 23, 4],
    [38, 70, 16],
    [5, 1, 2],
    [1, 1, 16],
    [50, 2, 16],
    [2, 50, 9],
  ];
  it.each(cases)('%i x %i by %i gives the mean of every box', (width, height, factor) => {
    const image = makeNoise(width, height);
    expect(shrinkImage(image, factor)).toEqual(averageOneByOne(image, factor));
  });

  it('rounds halves up', () => {
    const image = { width: 2, height: 2, data: Uint8Array.of(0, 1, 2, 255, 1, 1, 2, 255, 1, 2, 3, 255, 0, 2, 3, 255) };
    expect(Array.from(shrinkImage(image, 2).data)).toEqual([1, 2, 3, 255]);
  });

  it.each([0, 1, 127, 254, 255])('leaves a plain image of level %i as it is, in the largest box too', (level) => {
    const data = new Uint8ClampedArray(32 * 32 * 4).fill(level);
    const colours = Array.from(shrinkImage({ width: 32, height: 32, data }, 16).data).filter((_, i) => i % 4 < 3);
    expect(new Set(colours)).toEqual(new Set([level]));
  });

  it('takes pixels that do not start at a whole word', () => {
    const image = makeNoise(9, 7);
    const shifted = new Uint8Array(image.data.length + 1);
    shifted.set(image.data, 1);
    expect(shrinkImage({ ...image, data: shifted.subarray(1) }, 3)).toEqual(shrinkImage(image, 3));
  });

  it('leaves its input unchanged, and is its input for a factor of 1', () => {
    const image = makeNoise(12, 12);
    const before = Array.from(image.data);
    shrinkImage(image, 4);
    expect(Array.from(image.data)).toEqual(before);
    expect(shrinkImage(image, 1)).toBe(image);
  });
});

function makeNoise(width: number, height: number): RgbaImage {
  let state = 1;
  const data = Uint8Array.from({ length: width * height * 4 }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
  return { width, height, data };
}

/** What the documentation says, channel by channel. */
function averageOneByOne(image: RgbaImage, factor: number): RgbaImage {
  const width = Math.max(1, Math.round(image.width / factor));
  const height = Math.max(1, Math.round(image.height / factor));
  const data = Uint8Array.from({ length: width * height * 4 }, (_, at) => {
    const [pixel, channel] = [Math.floor(at / 4), at % 4];
    if (channel === 3) return 255;
    const values: number[] = [];
    for (let y = Math.floor(pixel / width) * factor; y < Math.min(image.height, (Math.floor(pixel / width) + 1) * factor); y++) {
      for (let x = (pixel % width) * factor; x < Math.min(image.width, ((pixel % width) + 1) * factor); x++) {
        values.push(image.data[(y * image.width + x) * 4 + channel] as number);
      }
    }
    const sum = values.reduce((total, value) => total + value, 0);
    return Math.floor((2 * sum + values.length) / (2 * values.length));
  });
  return { width, height, data };
}
