/** Pictures as users and attackers have them. */

import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Face, isFaceError, isRgbaImage, type RgbaImage, shrinkImage } from '@isoface/core';
import { createFaceEngine, createSharpImageDecoder, type NodeFaceEngine } from '@isoface/runtime-node';
import { demoPhoto } from '@isoface/testkit/node';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;
let engine: NodeFaceEngine;
let portrait: Buffer;
let upright: Face;

/** One face of a demo photo; not symmetric, so that a wrong orientation shows. */
const REGION = { left: 440, top: 200, width: 480, height: 560 };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isoface-images-'));
  engine = await createFaceEngine({ executionProviders: 'cpu', threads: 1 });
  portrait = await sharp(demoPhoto('sample3.jpg')).extract(REGION).png().toBuffer();
  [upright] = (await engine.detect(portrait)) as [Face];
});
afterAll(async () => {
  await engine?.dispose();
  await rm(folder, { recursive: true, force: true });
});

describe('forms of the same picture give the same face', () => {
  const forms: readonly (readonly [string, () => Promise<Parameters<NodeFaceEngine['detect']>[0]>])[] = [
    ['path', async () => save('face.png', portrait)],
    ['file: URL', async () => pathToFileURL(await save('face url.png', portrait))],
    [
      'Buffer that is part of a larger one',
      async () => Buffer.concat([Buffer.alloc(100), portrait, Buffer.alloc(9)]).subarray(100, 100 + portrait.length),
    ],
    ['ArrayBuffer', async () => Uint8Array.from(portrait).buffer],
    ['Blob', async () => new Blob([Uint8Array.from(portrait)])],
    ['RGBA pixels', async () => toRgba(sharp(portrait))],
    [
      'clamped RGBA pixels',
      async () => {
        const { width, height, data } = await toRgba(sharp(portrait));
        return { width, height, data: new Uint8ClampedArray(data) };
      },
    ],
    ['wrong extension', async () => save('face.jpg', portrait)],
    ['WebP, lossless', async () => sharp(portrait).webp({ lossless: true }).toBuffer()],
    ['TIFF', async () => sharp(portrait).tiff({ compression: 'lzw' }).toBuffer()],
    ['16 bits per channel', async () => sharp(portrait).toColourspace('rgb16').png().toBuffer()],
    ['with an alpha channel', async () => sharp(portrait).ensureAlpha(0.5).png().toBuffer()],
    ['first frame of an animation', async () => toAnimation()],
  ];
  it.each(forms)('%s', async (_, make) => {
    const faces = await engine.detect(await make());
    expect(faces).toHaveLength(1);
    expectSameBox(faces[0] as Face, upright, 0.5);
  });

  it('CMYK and grey JPEG show the face too', async () => {
    const cmyk = await engine.detect(await sharp(portrait).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer());
    const grey = await engine.detect(await sharp(portrait).greyscale().jpeg({ quality: 95 }).toBuffer());
    expectSameBox(cmyk[0] as Face, upright, 8);
    expectSameBox(grey[0] as Face, upright, 8);
  });
});

describe('EXIF orientation', () => {
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
  it.each(Object.keys(undo).map(Number))('%i gives the upright face in upright coordinates', async (orientation) => {
    const turned = await (undo[orientation] as (image: Sharp) => Sharp)(sharp(portrait)).png().toBuffer();
    const tagged = await sharp(turned).withMetadata({ orientation }).webp({ lossless: true }).toBuffer();
    const analysis = await engine.analyze(tagged);
    expect([analysis.width, analysis.height]).toEqual([REGION.width, REGION.height]);
    expect(analysis.faces).toHaveLength(1);
    expectSameBox(analysis.faces[0] as Face, upright, 0.01);
  });
});

describe('sizes', () => {
  it('gives boxes in pixels of the source when a large photo is shrunk', async () => {
    const large = await sharp(portrait)
      .resize(REGION.width * 8, REGION.height * 8)
      .jpeg({ quality: 90 })
      .toBuffer();
    const { faces, width } = await engine.analyze(large);
    expect(width).toBe(REGION.width * 8);
    const box = faces[0]?.box;
    expectSameBox(
      { box: { x: (box?.x ?? 0) / 8, y: (box?.y ?? 0) / 8, width: (box?.width ?? 0) / 8, height: (box?.height ?? 0) / 8 } },
      upright,
      4,
    );
  });

  it.each([
    ['JPEG', (image: Sharp) => image.jpeg({ quality: 90 })],
    ['JPEG without subsampling', (image: Sharp) => image.jpeg({ chromaSubsampling: '4:4:4' })],
    ['PNG', (image: Sharp) => image.png({ compressionLevel: 1 })],
    ['WebP', (image: Sharp) => image.webp({ effort: 0 })],
  ])('shrinks a large %s by the means of boxes, after decoding in full', async (_, encode) => {
    const stored = sharp(portrait).resize(REGION.width * 2 + 1, REGION.height * 2 + 1, { fit: 'fill' });
    const large = await encode(stored.withMetadata({ orientation: 6 })).toBuffer();
    const decoder = createSharpImageDecoder();
    const full = await decoder.decode(large);
    // The longer side stands upright at least twice as often as it is asked for, but not three times.
    const shrunk = await decoder.decode(large, { shrinkToSide: Math.max(REGION.width, REGION.height) });
    if (!isRgbaImage(full.image)) throw new Error('Expected pixels in ordinary memory.');
    const expected = shrinkImage(full.image, 2);
    expect([full.image.width, full.image.height]).toEqual([REGION.height * 2 + 1, REGION.width * 2 + 1]);
    expect([shrunk.sourceWidth, shrunk.sourceHeight]).toEqual([full.image.width, full.image.height]);
    expect([shrunk.image.width, shrunk.image.height]).toEqual([expected.width, expected.height]);
    expect(Buffer.from((shrunk.image as RgbaImage).data).equals(Buffer.from(expected.data))).toBe(true);
  });

  it('embeds a small face of a large photo from all its pixels', async () => {
    const canvas = sharp({ create: { width: 4000, height: 3000, channels: 3, background: '#777' } });
    const small = await canvas
      .composite([{ input: portrait, left: 2000, top: 1500 }])
      .jpeg({ quality: 95 })
      .toBuffer();
    const shrinking = await createFaceEngine({ pack: 'starter', executionProviders: 'cpu', threads: 1, shrinkToSide: 1280 });
    const [full] = (await engine.analyze(small)).faces;
    const [refined] = (await shrinking.analyze(small)).faces;
    await shrinking.dispose();
    const result = await engine.verify(full?.embedding ?? small, refined?.embedding ?? small, { threshold: 0.98 });
    expect(result).toMatchObject({ status: 'compared', match: true });
  });

  it('finds faces that fill the picture', async () => {
    const { faces } = await engine.analyze(demoPhoto('sample6.jpg'), { embeddings: false });
    expect(faces).toHaveLength(4);
    for (const { box } of faces) {
      const region = { left: Math.round(box.x), top: Math.round(box.y), width: Math.round(box.width), height: Math.round(box.height) };
      const close = await sharp(demoPhoto('sample6.jpg')).extract(region).resize(900, 900).png().toBuffer();
      const found = await engine.detect(close);
      const share = Math.max(...found.map((face) => (face.box.width * face.box.height) / (900 * 900)));
      expect(share).toBeGreaterThan(0.3);
    }
  });

  it('handles 1x1', async () => {
    expect(
      await engine.detect(
        await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
          .png()
          .toBuffer(),
      ),
    ).toEqual([]);
  });

  it('handles a strip', async () => {
    expect(
      await engine.detect(
        await sharp({ create: { width: 5000, height: 2, channels: 3, background: 'red' } })
          .png()
          .toBuffer(),
      ),
    ).toEqual([]);
  });
});

describe('bad input', () => {
  const cases: readonly (readonly [string, () => Promise<unknown>, string])[] = [
    ['no bytes', async () => new Uint8Array(), 'IMAGE_INVALID'],
    ['an empty file', async () => save('empty.jpg', Buffer.alloc(0)), 'IMAGE_INVALID'],
    ['text', async () => Buffer.from('hello'), 'IMAGE_INVALID'],
    ['a JPEG cut in the middle', async () => halfOf(await sharp(portrait).jpeg().toBuffer()), 'IMAGE_INVALID'],
    ['a PNG cut in the middle', async () => halfOf(portrait), 'IMAGE_INVALID'],
    ['a JPEG header alone', async () => (await sharp(portrait).jpeg().toBuffer()).subarray(0, 30), 'IMAGE_INVALID'],
    ['a PNG with flipped bytes', async () => flip(portrait), 'IMAGE_INVALID'],
    [
      'an SVG, which could read files',
      async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'IMAGE_INVALID',
    ],
    ['a picture of 400 megapixels in a small file', async () => bomb(), 'IMAGE_TOO_LARGE'],
    ['a missing file', async () => join(folder, 'nowhere.jpg'), 'IO_FAILED'],
    ['a directory', async () => folder, 'IO_FAILED'],
    ['a path with a null byte', async () => 'a\0b.jpg', 'IO_FAILED'],
    ['an http: URL', async () => new URL('http://127.0.0.1/face.jpg'), 'INVALID_OPTION'],
    ['an http: address as a string', async () => 'http://127.0.0.1/face.jpg', 'INVALID_OPTION'],
    ['pixels with the wrong length', async () => ({ width: 4, height: 4, data: new Uint8Array(63) }), 'IMAGE_INVALID'],
    ['pixels of negative size', async () => ({ width: -4, height: 4, data: new Uint8Array(64) }), 'IMAGE_INVALID'],
    ['null', async () => null, 'IMAGE_INVALID'],
    ['a number', async () => 7, 'IMAGE_INVALID'],
    ['an object', async () => ({ src: 'face.jpg' }), 'IMAGE_INVALID'],
  ];
  it.each(cases)('%s', async (_, make, code) => {
    const input = (await make()) as Parameters<NodeFaceEngine['detect']>[0];
    await expect(engine.detect(input)).rejects.toSatisfy((error) => isFaceError(error) && error.code === code && error.message.length > 20);
    // Nothing is left behind in the worker.
    expect(await engine.detect(portrait)).toHaveLength(1);
  });

  it('a file without read permission', async () => {
    const path = await save('secret.png', portrait);
    await chmod(path, 0);
    // The super-user reads everything: until the test ends this process, threads included, acts as "nobody".
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) {
      await chmod(folder, 0o755);
      process.seteuid?.(65_534);
    }
    try {
      await expect(engine.detect(path)).rejects.toSatisfy((error) => isFaceError(error, 'IO_FAILED') && /permission/.test(error.message));
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('limits are the caller’s to set', async () => {
    const decoder = createSharpImageDecoder({ maxPixels: 1000, maxBytes: 500 });
    await expect(decoder.decode(portrait)).rejects.toSatisfy(
      (error) => isFaceError(error, 'IMAGE_TOO_LARGE') && /500 bytes/.test(error.message),
    );
    const wide = createSharpImageDecoder({ maxPixels: 1000 });
    await expect(wide.decode(portrait)).rejects.toSatisfy(
      (error) => isFaceError(error, 'IMAGE_TOO_LARGE') && /1000 pixels/.test(error.message),
    );
  });
});

async function save(name: string, bytes: Uint8Array): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

async function toRgba(image: Sharp): Promise<{ width: number; height: number; data: Uint8Array }> {
  const { data, info } = await image.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

/** Two frames, the second one blank. */
async function toAnimation(): Promise<Buffer> {
  const frame = await sharp(portrait).removeAlpha().raw().toBuffer();
  const blank = Buffer.alloc(frame.length, 120);
  const { width, height } = REGION;
  return sharp(Buffer.concat([frame, blank]), { raw: { width, height: height * 2, channels: 3, pageHeight: height } })
    .webp({ lossless: true })
    .toBuffer();
}

/** A picture of one colour: a few hundred kilobytes that want 1.6 GB. */
function bomb(): Promise<Buffer> {
  return sharp({ create: { width: 20_000, height: 20_000, channels: 3, background: 'white' }, limitInputPixels: false })
    .png({ compressionLevel: 9 })
    .toBuffer();
}

function halfOf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, Math.floor(bytes.length / 2));
}

function flip(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes, (value, i) => (i > 200 && i % 50 === 0 ? value ^ 0xff : value));
}

function expectSameBox(a: Pick<Face, 'box'>, b: Pick<Face, 'box'>, tolerance: number): void {
  const keys = ['x', 'y', 'width', 'height'] as const;
  expect(Math.max(...keys.map((key) => Math.abs(a.box[key] - b.box[key])))).toBeLessThanOrEqual(tolerance);
}
