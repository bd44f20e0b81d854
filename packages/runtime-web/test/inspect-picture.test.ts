/** What is read from the head of a picture before it is decoded; plain code, so it runs in Node as well. */

import { demoPhoto } from '@isoface/testkit/node';
import sharp, { type Sharp } from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { inspectPicture } from '../src/images/inspect-picture.ts';
import { headOfPng } from './support/damage.ts';

let photo: Buffer;
beforeAll(async () => {
  photo = await sharp(demoPhoto('sample3.jpg')).resize(120, 80, { fit: 'fill' }).png().toBuffer();
});
const jpeg = (options: Parameters<Sharp['jpeg']>[0] = {}): Promise<Buffer> => sharp(photo).jpeg(options).toBuffer();

describe('inspectPicture', () => {
  it.each<readonly [string, () => Promise<Buffer>]>([
    ['JPEG', () => jpeg()],
    ['progressive JPEG', () => jpeg({ progressive: true })],
    ['JPEG with data behind its end', async () => Buffer.concat([await jpeg(), Buffer.from('appended by a camera')])],
    ['JPEG with a thumbnail', async () => withThumbnail(await jpeg(), await jpeg({ quality: 10 }))],
    ['PNG', async () => photo],
    ['WebP', () => sharp(photo).webp().toBuffer()],
    ['AVIF', () => sharp(photo).avif({ effort: 0 }).toBuffer()],
    ['GIF', () => sharp(photo).gif().toBuffer()],
    ['TIFF', () => sharp(photo).tiff().toBuffer()],
  ])('reads the size of a %s', async (_, make) => {
    expect(inspectPicture(await make())).toEqual({ width: 120, height: 80 });
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('gives the upright size of a JPEG of orientation %i', async (orientation) => {
    const size = inspectPicture(await sharp(photo).withMetadata({ orientation }).jpeg().toBuffer());
    expect([size.width, size.height]).toEqual(orientation < 5 ? [120, 80] : [80, 120]);
  });

  it('reads the size that a head claims, however absurd', () => {
    expect(inspectPicture(Buffer.concat([headOfPng(60_000, 60_000), Buffer.from('IEND')]))).toEqual({ width: 60_000, height: 60_000 });
  });

  it.each<readonly [string, () => Promise<Uint8Array>]>([
    ['no bytes', async () => new Uint8Array()],
    ['one byte', async () => new Uint8Array([0xff])],
    ['text', async () => Buffer.from('hello')],
    ['an SVG', async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')],
    ['an icon', async () => Buffer.from([0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0, 0, 0, 0, 0, 22, 0, 0, 0])],
    ['a JPEG without its end', async () => (await jpeg()).subarray(0, -2)],
    // The end of the thumbnail must not pass for the end of the picture.
    ['a JPEG with a thumbnail, without its end', async () => withThumbnail(await jpeg(), await jpeg({ quality: 10 })).subarray(0, -2)],
    ['a JPEG head', async () => (await jpeg()).subarray(0, 30)],
    ['a JPEG of nothing but its mark', async () => Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(1_000_000)])],
    ['a PNG without its end', async () => photo.subarray(0, -12)],
    ['half a WebP', async () => (await sharp(photo).webp().toBuffer()).subarray(0, 500)],
    ['a PNG of no pixels', async () => Buffer.concat([headOfPng(0, 0), Buffer.from('IEND')])],
    // Each box makes the reader look at all that follow: without a limit this would take for ever.
    ['an AVIF of two million boxes', async () => boxes(2_000_000)],
  ])('refuses %s', async (_, make) => {
    const bytes = await make();
    expect(() => inspectPicture(bytes)).toThrow(expect.objectContaining({ code: 'IMAGE_INVALID' }));
  });
});

/** Puts a JPEG into a segment in front of another, as cameras do. */
function withThumbnail(image: Buffer, thumbnail: Buffer): Buffer {
  const head = Buffer.from([0xff, 0xe1, 0, 0]);
  head.writeUInt16BE(thumbnail.length + 2, 2);
  return Buffer.concat([image.subarray(0, 2), head, thumbnail, image.subarray(2)]);
}

function boxes(count: number): Buffer {
  const box = (type: string, content: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(content.length + 8);
    head.write(type, 4, 'latin1');
    return Buffer.concat([head, content]);
  };
  const size = box('ispe', Buffer.alloc(12));
  const properties = box('iprp', box('ipco', Buffer.alloc(count * size.length, size)));
  return Buffer.concat([box('ftyp', Buffer.from('avif\0\0\0\0', 'latin1')), box('meta', Buffer.concat([Buffer.alloc(4), properties]))]);
}
