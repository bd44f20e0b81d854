/** The decoder of the browser beside the one of Node: the same pixels within stated tolerances, the same refusals. */

import { createSharpImageDecoder } from '@isoface/runtime-node';
import { launchChromium } from '@isoface/testkit/browser-tools';
import { demoPhoto } from '@isoface/testkit/node';
import type { Browser, Page } from 'playwright';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flipBytes, headOfPng } from './support/damage.ts';
import { openSite, type Site } from './support/open-site.ts';

let browser: Browser;
let site: Site;
let page: Page;
let photo: Buffer;

const [WIDTH, HEIGHT] = [120, 140];
const fromPhoto = (): Sharp => sharp(photo);

beforeAll(async () => {
  browser = await launchChromium();
  site = await openSite(browser);
  page = await site.open();
  photo = await sharp(demoPhoto('sample3.jpg'))
    .extract({ left: 440, top: 200, width: 480, height: 560 })
    .resize(WIDTH, HEIGHT)
    .png()
    .toBuffer();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

/** Largest difference of a channel and mean difference, in levels of 255. */
interface Tolerance {
  readonly max: number;
  readonly mean: number;
}
/** Lossless formats, and JPEG, whose inverse transform both sides take from the same library. */
const SAME: Tolerance = { max: 0, mean: 0 };
/** Conversion between colour spaces rounds in another order. Measured: 1 and 0.17. */
const ROUNDING: Tolerance = { max: 1, mean: 0.25 };
/** Colours are multiplied by alpha and divided again on the way: of an alpha of 128 this leaves one level. */
const ALPHA: Tolerance = { max: 2, mean: 1 };
/** Inks become colours by profile in Node, by plain arithmetic in browsers. Measured: 109 and 8. */
const INK: Tolerance = { max: 130, mean: 12 };

/** How the stored pixels are made from the upright ones, so that the tag turns them back. */
const undo: Readonly<Record<number, (image: Sharp) => Sharp>> = {
  1: (image) => image,
  2: (image) => image.flop(),
  3: (image) => image.rotate(180),
  4: (image) => image.flip(),
  5: (image) => image.rotate(270).flop(),
  6: (image) => image.rotate(270),
  7: (image) => image.rotate(90).flop(),
  8: (image) => image.rotate(90),
};

async function turned(orientation: number): Promise<Sharp> {
  const stored = await (undo[orientation] as (image: Sharp) => Sharp)(fromPhoto()).png().toBuffer();
  return sharp(stored).withMetadata({ orientation });
}

async function compare(bytes: Uint8Array, shrinkToSide?: number): ReturnType<typeof lab.compare> {
  const { image, sourceWidth, sourceHeight } = await createSharpImageDecoder().decode(bytes, { shrinkToSide });
  if (!('data' in image)) throw new Error('Expected pixels in ordinary memory.');
  site.put('image', bytes);
  site.put('rgba', new Uint8Array(image.data));
  const difference = await page.evaluate((side) => lab.compare('/in/image', '/in/rgba', { shrinkToSide: side }), shrinkToSide);
  expect([difference.width, difference.height]).toEqual([image.width, image.height]);
  expect([difference.sourceWidth, difference.sourceHeight]).toEqual([sourceWidth, sourceHeight]);
  return difference;
}

function expectWithin({ max, mean }: { readonly max: number; readonly mean: number }, tolerance: Tolerance): void {
  expect(max).toBeLessThanOrEqual(tolerance.max);
  expect(mean).toBeLessThanOrEqual(tolerance.mean);
}

describe('gives the pixels that Node gives', () => {
  const kinds: readonly (readonly [string, () => Promise<Buffer>, Tolerance])[] = [
    ['JPEG', () => fromPhoto().jpeg({ quality: 90 }).toBuffer(), SAME],
    ['JPEG without subsampling', () => fromPhoto().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer(), SAME],
    ['JPEG of odd size', () => fromPhoto().resize(83, 61, { fit: 'fill' }).jpeg().toBuffer(), SAME],
    ['progressive JPEG', () => fromPhoto().jpeg({ progressive: true }).toBuffer(), SAME],
    ['grey JPEG', () => fromPhoto().greyscale().jpeg().toBuffer(), SAME],
    ['CMYK JPEG', () => fromPhoto().toColourspace('cmyk').jpeg().toBuffer(), INK],
    ['JPEG in Display P3', () => fromPhoto().withIccProfile('p3').jpeg().toBuffer(), ROUNDING],
    ['PNG', async () => photo, SAME],
    ['PNG in Display P3', () => fromPhoto().withIccProfile('p3').png().toBuffer(), ROUNDING],
    ['interlaced PNG', () => fromPhoto().png({ progressive: true }).toBuffer(), SAME],
    ['grey PNG', () => fromPhoto().greyscale().png().toBuffer(), SAME],
    ['PNG with a palette', () => fromPhoto().png({ palette: true, effort: 1 }).toBuffer(), SAME],
    ['PNG of 16 bits', () => fromPhoto().toColourspace('rgb16').png().toBuffer(), SAME],
    ['PNG with an alpha channel', () => fromPhoto().ensureAlpha(0.5).png().toBuffer(), ALPHA],
    ['PNG with an alpha channel that is opaque', () => fromPhoto().ensureAlpha(1).png().toBuffer(), SAME],
    ['grey PNG with an alpha channel', () => fromPhoto().greyscale().ensureAlpha(0.5).png().toBuffer(), ALPHA],
    ['WebP', () => fromPhoto().webp().toBuffer(), SAME],
    ['lossless WebP', () => fromPhoto().webp({ lossless: true, effort: 0 }).toBuffer(), SAME],
    [
      'lossless WebP with an alpha channel',
      () => fromPhoto().ensureAlpha(0.5).webp({ lossless: true, exact: true, effort: 0 }).toBuffer(),
      ALPHA,
    ],
    ['AVIF', () => fromPhoto().avif({ effort: 0 }).toBuffer(), ROUNDING],
    ['GIF', () => fromPhoto().gif({ effort: 1 }).toBuffer(), SAME],
    ['first frame of an animated WebP', () => animation().then((image) => image.webp({ lossless: true, effort: 0 }).toBuffer()), SAME],
    ['first frame of an animated GIF', () => animation().then((image) => image.gif({ effort: 1 }).toBuffer()), SAME],
    ['one pixel', () => fromPhoto().resize(1, 1).png().toBuffer(), SAME],
  ];
  it.each(kinds)('%s', async (_, make, tolerance) => {
    expectWithin(await compare(await make()), tolerance);
  });

  const formats: readonly (readonly [string, (image: Sharp) => Sharp, Tolerance])[] = [
    ['JPEG', (image) => image.jpeg({ quality: 95 }), SAME],
    ['PNG', (image) => image.png(), SAME],
    ['WebP', (image) => image.webp({ lossless: true, effort: 0 }), SAME],
    ['AVIF', (image) => image.avif({ effort: 0 }), ROUNDING],
  ];
  const orientations = formats.flatMap(([name, encode, tolerance]) =>
    Object.keys(undo).map((key) => [Number(key), name, encode, tolerance] as const),
  );
  it.each(orientations)('orientation %i of a %s', async (orientation, _, encode, tolerance) => {
    const difference = await compare(await encode(await turned(orientation)).toBuffer());
    expect([difference.sourceWidth, difference.sourceHeight]).toEqual([WIDTH, HEIGHT]);
    expectWithin(difference, tolerance);
  });

  const large: readonly (readonly [string, (image: Sharp) => Sharp, Tolerance])[] = [
    ['JPEG', (image) => image.jpeg({ quality: 95 }), SAME],
    ['JPEG without subsampling', (image) => image.jpeg({ quality: 75, chromaSubsampling: '4:4:4' }), SAME],
    ['PNG', (image) => image.png({ compressionLevel: 1 }), SAME],
    ['WebP', (image) => image.webp({ effort: 0 }), SAME],
    ['AVIF', (image) => image.avif({ effort: 0 }), ROUNDING],
  ];
  // Odd sides, so that there is a rest at the right and the bottom; 200 makes one pixel of two by two, 150 of three by three.
  const shrunk = large.flatMap(([name, encode, tolerance]) =>
    [1, 6, 7].flatMap((orientation) => [200, 150].map((side) => [name, orientation, side, encode, tolerance] as const)),
  );
  it.each(shrunk)('a large %s of orientation %i, shrunk to no less than %i', async (_, orientation, side, encode, tolerance) => {
    const size = orientation < 5 ? ([WIDTH * 4 + 1, HEIGHT * 4 - 1] as const) : ([HEIGHT * 4 - 1, WIDTH * 4 + 1] as const);
    const stored = (await turned(orientation)).resize(...size, { fit: 'fill' });
    const difference = await compare(await encode(stored).toBuffer(), side);
    expect([difference.sourceWidth, difference.sourceHeight]).toEqual([WIDTH * 4 + 1, HEIGHT * 4 - 1]);
    expect(difference.width).toBe(side === 200 ? 241 : 160);
    expectWithin(difference, tolerance);
  });
});

/** Two frames, the second one plain. */
async function animation(): Promise<Sharp> {
  const frame = await fromPhoto().removeAlpha().raw().toBuffer();
  return sharp(Buffer.concat([frame, Buffer.alloc(frame.length, 120)]), {
    raw: { width: WIDTH, height: HEIGHT * 2, channels: 3, pageHeight: HEIGHT },
  });
}

describe('refuses what Node refuses', () => {
  const encoders: Readonly<Record<string, () => Promise<Buffer>>> = {
    JPEG: () => fromPhoto().jpeg().toBuffer(),
    'progressive JPEG': () => fromPhoto().jpeg({ progressive: true }).toBuffer(),
    PNG: async () => photo,
    'interlaced PNG': () => fromPhoto().png({ progressive: true }).toBuffer(),
    WebP: () => fromPhoto().webp().toBuffer(),
    'lossless WebP': () => fromPhoto().webp({ lossless: true, effort: 0 }).toBuffer(),
    AVIF: () => fromPhoto().avif({ effort: 0 }).toBuffer(),
    GIF: () => fromPhoto().gif({ effort: 1 }).toBuffer(),
  };
  const damages: Readonly<Record<string, (bytes: Buffer) => Uint8Array>> = {
    'cut in the middle': (bytes) => bytes.subarray(0, bytes.length / 2),
    'without its last 30 bytes': (bytes) => bytes.subarray(0, -30),
    'with flipped bytes': flipBytes,
  };
  const cases = Object.entries(encoders).flatMap(([format, make]) =>
    Object.entries(damages)
      // Nothing in a lossy WebP tells such damage; its decoders accept any bytes.
      .filter(([damage]) => !(format === 'WebP' && damage === 'with flipped bytes'))
      .map(([damage, apply]) => [format, damage, async () => apply(await make()), 'IMAGE_INVALID'] as const),
  );
  const others: readonly (readonly [string, string, () => Promise<Uint8Array>, string])[] = [
    ['a file', 'without bytes', async () => new Uint8Array(), 'IMAGE_INVALID'],
    ['a file', 'of text', async () => Buffer.from('hello'), 'IMAGE_INVALID'],
    [
      'an SVG',
      'that could be drawn',
      async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'IMAGE_INVALID',
    ],
    [
      'a PNG',
      'of 3,600 megapixels in a few bytes',
      async () => Buffer.concat([headOfPng(60_000, 60_000), photo.subarray(33)]),
      'IMAGE_TOO_LARGE',
    ],
  ];

  it.each([...cases, ...others])('%s %s', async (_, __, make, code) => {
    const bytes = await make();
    await expect(createSharpImageDecoder().decode(bytes)).rejects.toMatchObject({ code });
    site.put('image', bytes);
    const outcome = await page.evaluate(() => lab.settle(async () => void (await lab.decode(await lab.blob('/in/image')))));
    expect(outcome).toMatchObject({ ok: false, error: { name: 'FaceError', code } });
  });

  it.each([
    ['maxBytes', { maxBytes: 500 }, '500 bytes'],
    ['maxPixels', { maxPixels: 1000 }, '1000 pixels'],
  ])('more than %s', async (_, limits, message) => {
    site.put('image', photo);
    const outcome = await page.evaluate(
      (limit) => lab.settle(async () => void (await lab.decode(await lab.blob('/in/image'), limit))),
      limits,
    );
    expect(outcome).toMatchObject({ ok: false, error: { code: 'IMAGE_TOO_LARGE', message: expect.stringContaining(message) } });
  });
});
