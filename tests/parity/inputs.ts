/** The pictures on which all runtimes must agree: one drawn, the others cut from demo photos of a development dependency. */

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawSelfTestFace, type RgbaImage } from '@isoface/core';
import { demoPhoto } from '@isoface/testkit/node';
import sharp, { type Sharp } from 'sharp';

/** Pixels, the same for every runtime. */
export interface PixelInput {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** File with the RGBA bytes, below the folder of the inputs. */
  readonly file: string;
}

/** An encoded picture, which every runtime decodes with its own decoder. */
export interface JpegInput {
  readonly name: string;
  readonly file: string;
}

/** All inputs and where they lie. */
export interface ParityInputs {
  readonly folder: string;
  readonly pixels: readonly PixelInput[];
  readonly jpegs: readonly JpegInput[];
}

/** Writes the inputs into a folder. Software GPUs take minutes per large picture: they get the first two only. */
export async function writeParityInputs(folder: string): Promise<ParityInputs> {
  await mkdir(folder, { recursive: true });
  const pictures: readonly (readonly [string, RgbaImage])[] = [
    ['drawn face, 192 x 192', drawSelfTestFace()],
    [
      'portrait, 256 x 256',
      await readPixels(sharp(demoPhoto('sample1.jpg')).extract({ left: 320, top: 310, width: 390, height: 390 }).resize(256, 256)),
    ],
    ['three people, 960 x 640', await readPixels(sharp(demoPhoto('sample1.jpg')).resize(960, 640))],
    ['group, full size', await readPixels(sharp(demoPhoto('sample3.jpg')))],
    [
      'tall cut, 300 x 700',
      await readPixels(
        sharp(demoPhoto('sample5.jpg')).resize(700, 700, { fit: 'cover' }).extract({ left: 200, top: 0, width: 300, height: 700 }),
      ),
    ],
  ];
  const pixels = await Promise.all(
    pictures.map(async ([name, { width, height, data }], i): Promise<PixelInput> => {
      const file = `pixels-${i}.rgba`;
      await writeFile(join(folder, file), data);
      return { name, width, height, file };
    }),
  );
  const encoded: readonly (readonly [string, Buffer])[] = [
    ['photo as it is', await sharp(demoPhoto('sample1.jpg')).toBuffer()],
    [
      'photo turned by EXIF orientation 6',
      await sharp(demoPhoto('sample3.jpg')).rotate(-90).withMetadata({ orientation: 6 }).jpeg({ quality: 92 }).toBuffer(),
    ],
    ['12 megapixels', await sharp(demoPhoto('sample1.jpg')).resize(4200, 2800).jpeg({ quality: 90 }).toBuffer()],
  ];
  const jpegs = await Promise.all(
    encoded.map(async ([name, bytes], i): Promise<JpegInput> => {
      const file = `photo-${i}.jpg`;
      await writeFile(join(folder, file), bytes);
      return { name, file };
    }),
  );
  return { folder, pixels, jpegs };
}

async function readPixels(picture: Sharp): Promise<RgbaImage> {
  const { data, info } = await picture.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}
