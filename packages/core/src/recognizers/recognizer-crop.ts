/** How recognizers have their faces cut: the default, the checks, and the part of a contract that names it. */

import { ALIGNMENT_TEMPLATES } from '../align/templates.ts';
import { RESIZE_CONVENTION_VERSION } from '../embed/embedding-contract.ts';
import { FaceError } from '../errors/face-error.ts';
import { assertOption, isWholeNumber } from './assert-option.ts';
import type { RecognizerCrop } from './recognizer.ts';

/**
 * The crop of the classical recognizers: grey, 92 x 92 pixels, by the five landmarks of the detector. Local binary patterns lose one pixel
 * at each border; the 90 that remain divide into 9 cells of 10.
 */
export const DEFAULT_RECOGNIZER_CROP: RecognizerCrop = Object.freeze({
  width: 92,
  height: 92,
  channels: 'grey',
  alignment: Object.freeze({ template: 'arcface-112-5', landmarks: 'detector-5' }),
});

/** Longest side of a crop, pixels: a mistyped size should fail here rather than when memory runs out. */
const MAX_SIDE = 2048;

/**
 * Checks a crop that may come from foreign code or a file.
 *
 * @throws {FaceError} `INVALID_OPTION` naming the field.
 */
export function assertRecognizerCrop(crop: unknown): asserts crop is RecognizerCrop {
  assertOption('crop', crop, typeof crop === 'object' && crop !== null, 'an object { width, height, channels, alignment }');
  const { width, height, channels, alignment } = crop as Partial<Record<keyof RecognizerCrop, unknown>>;
  assertOption('crop.width', width, isWholeNumber(width, 1, MAX_SIDE), `a whole number from 1 to ${MAX_SIDE}`);
  assertOption('crop.height', height, isWholeNumber(height, 1, MAX_SIDE), `a whole number from 1 to ${MAX_SIDE}`);
  assertOption('crop.channels', channels, channels === 'rgb' || channels === 'grey', "'rgb' or 'grey'");
  assertAlignment(alignment);
}

/** @throws {FaceError} `INVALID_OPTION` naming the field. */
function assertAlignment(alignment: unknown): asserts alignment is RecognizerCrop['alignment'] {
  assertOption('alignment', alignment, typeof alignment === 'object' && alignment !== null, 'an object { template, landmarks, region? }');
  const { template, landmarks, region } = alignment as Partial<Record<keyof RecognizerCrop['alignment'], unknown>>;
  const known = Object.keys(ALIGNMENT_TEMPLATES);
  assertOption('alignment.template', template, known.includes(template as string), `one of ${known.join(', ')}`);
  const isLandmarks = landmarks === 'detector-5' || landmarks === 'ibug68';
  assertOption('alignment.landmarks', landmarks, isLandmarks, "'detector-5' or 'ibug68'");
  if (region === undefined) return;
  const { x, y, width, height } = (region ?? {}) as Record<string, unknown>;
  const isRegion = [x, y, width, height].every((value) => Number.isFinite(value)) && Number(width) > 0 && Number(height) > 0;
  assertOption('alignment.region', JSON.stringify(region), isRegion, 'finite { x, y, width, height } of positive size');
}

/**
 * Says how faces are cut, for contracts: everything that changes the pixels.
 *
 * @returns E.g. `92x92-grey:arcface-112-5/detector-5:warp1`.
 */
export function describeRecognizerCrop({ width, height, channels, alignment: { template, landmarks, region } }: RecognizerCrop): string {
  const part = region === undefined ? '' : `@${region.x},${region.y},${region.width},${region.height}`;
  return `${width}x${height}-${channels}:${template}/${landmarks}${part}:warp${RESIZE_CONVENTION_VERSION}`;
}

/**
 * Checks the crops that a recognizer was handed.
 *
 * @param crops - Shape [N, C, H, W].
 * @throws {FaceError} `SHAPE_MISMATCH` for another number of values than `count` crops have; `INVALID_OPTION` for NaN and infinite pixels,
 * which comparisons of pixels would turn into templates that look sound.
 */
export function assertCrops(crops: Float32Array, count: number, crop: RecognizerCrop): void {
  const channels = crop.channels === 'rgb' ? 3 : 1;
  const expected = count * channels * crop.width * crop.height;
  if (!isWholeNumber(count, 0, Number.MAX_SAFE_INTEGER) || crops.length !== expected) {
    throw new FaceError(
      'SHAPE_MISMATCH',
      `Expected ${count} crops of [${channels}, ${crop.height}, ${crop.width}], ${expected} values, got ${crops.length}; cut them as the recognizer's crop says.`,
      { count, expected, got: crops.length },
    );
  }
  let sum = 0;
  for (let i = 0; i < crops.length; i++) sum += crops[i] as number;
  if (Number.isFinite(sum)) return;
  const index = crops.findIndex((value) => !Number.isFinite(value));
  throw new FaceError('INVALID_OPTION', `Expected crops of finite pixels in 0..255, got ${crops[index]} at index ${index}.`, {
    option: 'crops',
    index,
  });
}
