import { assertRgbaImage, isRgbaImage } from '@isoface/core';
import { describe, expect, it } from 'vitest';

describe('isRgbaImage', () => {
  it.each([
    [{ width: 1, height: 1, data: new Uint8Array(4) }, true],
    [{ width: 1, height: 1, data: new Uint8ClampedArray(4) }, true],
    [{ width: 1, height: 1, data: [0, 0, 0, 0] }, false],
    [{ width: '1', height: 1, data: new Uint8Array(4) }, false],
    [new Uint8Array(4), false],
    [null, false],
    ['image.png', false],
  ])('%#: %o', (value, expected) => {
    expect(isRgbaImage(value)).toBe(expected);
  });
});

describe('assertRgbaImage', () => {
  it('accepts pixels whose count fits', () => {
    expect(() => assertRgbaImage({ width: 3, height: 2, data: new Uint8Array(24) })).not.toThrow();
  });

  it.each([
    ['three bytes per pixel', 3, 2, 18],
    ['too many bytes', 3, 2, 25],
    ['no width', 0, 2, 0],
    ['a negative size', -1, -1, 4],
    ['half a pixel', 1.5, 2, 12],
    ['NaN', Number.NaN, 1, 4],
  ])('refuses %s', (_, width, height, length) => {
    expect(() => assertRgbaImage({ width, height, data: new Uint8Array(length) })).toThrow(
      expect.objectContaining({ code: 'IMAGE_INVALID', details: { width, height, length } }),
    );
  });
});
