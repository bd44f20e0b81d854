import { computeFit, type FitGeometry, type FitOptions, type Size } from '@isoface/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const size = (width: number, height: number): Size => ({ width, height });
const geometry = (
  inputWidth: number,
  inputHeight: number,
  scaleX: number,
  scaleY: number,
  originX: number,
  originY: number,
): FitGeometry => ({
  inputWidth,
  inputHeight,
  scaleX,
  scaleY,
  originX,
  originY,
});

describe('computeFit', () => {
  it.each<[string, Size, Size, FitOptions, FitGeometry]>([
    ['letterbox, wide, centred', size(200, 100), size(50, 50), { mode: 'letterbox' }, geometry(50, 50, 4, 4, 0, -50)],
    ['letterbox, wide, top left', size(200, 100), size(50, 50), { mode: 'letterbox', placement: 'topLeft' }, geometry(50, 50, 4, 4, 0, 0)],
    ['letterbox, tall, centred', size(100, 200), size(50, 50), { mode: 'letterbox' }, geometry(50, 50, 4, 4, -50, 0)],
    ['letterbox of a small image enlarges', size(10, 5), size(40, 40), { mode: 'letterbox' }, geometry(40, 40, 0.25, 0.25, 0, -2.5)],
    [
      'letterbox with margin centres',
      size(200, 100),
      size(50, 50),
      { mode: 'letterbox', placement: 'topLeft', margin: 0.25 },
      geometry(50, 50, 8, 8, -100, -150),
    ],
    ['centre crop cuts the sides', size(200, 100), size(50, 50), { mode: 'centerCrop' }, geometry(50, 50, 2, 2, 50, 0)],
    [
      'centre crop ignores the placement',
      size(100, 200),
      size(50, 50),
      { mode: 'centerCrop', placement: 'topLeft' },
      geometry(50, 50, 2, 2, 0, 50),
    ],
    ['stretch fills', size(200, 100), size(50, 40), { mode: 'stretch' }, geometry(50, 40, 4, 2.5, 0, 0)],
    ['stretch with margin', size(200, 100), size(50, 50), { mode: 'stretch', margin: 0.25 }, geometry(50, 50, 8, 4, -100, -50)],
    [
      'adaptive padding shrinks one side',
      size(640, 320),
      size(320, 320),
      { mode: 'adaptivePad', placement: 'topLeft' },
      geometry(320, 160, 2, 2, 0, 0),
    ],
    [
      'adaptive padding rounds up',
      size(640, 330),
      size(320, 320),
      { mode: 'adaptivePad', placement: 'topLeft' },
      geometry(320, 192, 2, 2, 0, 0),
    ],
    [
      'adaptive padding by other multiples',
      size(640, 330),
      size(320, 320),
      { mode: 'adaptivePad', sizeMultipleOf: 8 },
      geometry(320, 168, 2, 2, 0, -3),
    ],
    [
      'adaptive padding keeps one multiple of a very flat image',
      size(3200, 2),
      size(320, 320),
      { mode: 'adaptivePad', placement: 'topLeft' },
      geometry(320, 32, 10, 10, 0, 0),
    ],
    [
      'adaptive padding does not outgrow the input',
      size(100, 100),
      size(320, 320),
      { mode: 'adaptivePad', margin: 0.2 },
      geometry(320, 320, 100 / 192, 100 / 192, -100 / 3, -100 / 3),
    ],
  ])('%s', (_, image, input, options, expected) => {
    const got = computeFit(image, input, options);
    for (const key of Object.keys(expected) as (keyof FitGeometry)[]) expect(got[key], key).toBeCloseTo(expected[key], 9);
  });

  it.each([-0.1, 0.5, 1, Number.NaN, Number.POSITIVE_INFINITY])('refuses a margin of %s', (margin) => {
    expect(() => computeFit(size(10, 10), size(20, 20), { mode: 'letterbox', margin })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION', details: { option: 'margin', value: margin } }),
    );
  });

  const side = fc.integer({ min: 1, max: 4000 });
  const arbitraryFit = fc.record({
    image: fc.record({ width: side, height: side }),
    input: fc
      .record({ width: fc.integer({ min: 1, max: 20 }), height: fc.integer({ min: 1, max: 20 }) })
      .map((tiles) => size(tiles.width * 32, tiles.height * 32)),
    options: fc.record({
      mode: fc.constantFrom('letterbox', 'centerCrop', 'stretch', 'adaptivePad'),
      placement: fc.constantFrom('topLeft', 'center'),
      margin: fc.constantFrom(0, 0.1, 0.25, 0.49),
    }),
  });

  it('shows the whole image unless it crops, and fills the input when it crops', () => {
    fc.assert(
      fc.property(arbitraryFit, ({ image, input, options }) => {
        const { inputWidth, inputHeight, scaleX, scaleY, originX, originY } = computeFit(image, input, options);
        const [right, bottom] = [originX + inputWidth * scaleX, originY + inputHeight * scaleY];
        // Edges in image pixels, of images up to 4000 pixels: 1e-6 is rounding.
        const covers = originX <= 1e-6 && originY <= 1e-6 && right >= image.width - 1e-6 && bottom >= image.height - 1e-6;
        const isFilled = originX >= -1e-6 && originY >= -1e-6 && right <= image.width + 1e-6 && bottom <= image.height + 1e-6;
        expect(options.mode === 'centerCrop' ? isFilled || options.margin > 0 : covers).toBe(true);
      }),
    );
  });

  it('keeps the aspect in every mode but stretch', () => {
    fc.assert(
      fc.property(arbitraryFit, ({ image, input, options }) => {
        const { scaleX, scaleY } = computeFit(image, input, options);
        expect(Math.abs(scaleX - scaleY) > 1e-9).toBe(
          options.mode === 'stretch' && Math.abs(image.width / input.width - image.height / input.height) > 1e-9 * (1 - 2 * options.margin),
        );
      }),
    );
  });

  it('pads to multiples of 32 and wastes less than one multiple', () => {
    fc.assert(
      fc.property(arbitraryFit, ({ image, input, options: { placement } }) => {
        const { inputWidth, inputHeight, scaleX, scaleY } = computeFit(image, input, { mode: 'adaptivePad', placement });
        expect([inputWidth % 32, inputHeight % 32]).toEqual([0, 0]);
        expect(inputWidth <= input.width && inputHeight <= input.height).toBe(true);
        expect(inputWidth - image.width / scaleX).toBeLessThan(32);
        expect(inputHeight - image.height / scaleY).toBeLessThan(32);
      }),
    );
  });

  it.each([0.1, 0.25, 0.4])('leaves a margin of %s empty at each side', (margin) => {
    const { inputWidth, scaleX, originX } = computeFit(size(300, 300), size(100, 100), { mode: 'letterbox', margin });
    expect(-originX / scaleX).toBeCloseTo(margin * inputWidth, 9);
    expect((300 - originX) / scaleX).toBeCloseTo((1 - margin) * inputWidth, 9);
  });
});
