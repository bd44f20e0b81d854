/** The pictures of the suite, the same for every contender. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceError, type RgbaImage } from '@isoface/core';
import sharp, { type Sharp } from 'sharp';
import { createFrame, createLargeJpeg, demoFolder } from '../../test-images.ts';

/** Encoded pictures by file name. */
export interface Pictures {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** A frame of 640x480 with one face, which every contender finds: the same work for all. Decoded before a measurement begins. */
  readonly frame: string;
  /** Photos of 1920 pixels with several faces, likewise. */
  readonly photos: readonly string[];
  /** The frame, moved a few pixels from picture to picture, as a face before a camera does. */
  readonly moving: readonly string[];
  /** 12 megapixels; decoding is measured. */
  readonly large: string;
}

/** Demo photos of a development dependency, by number: three faces, and five. */
const PHOTOS = [1, 5];
const MOVING_COUNT = 8;

/**
 * Reads and draws the pictures.
 *
 * @param quick - One photo is enough.
 */
export async function createPictures(quick: boolean): Promise<Pictures> {
  const files = new Map<string, Uint8Array>();
  const add = (name: string, bytes: Uint8Array): string => {
    files.set(name, bytes);
    return name;
  };
  const folder = demoFolder();
  const photos: string[] = [];
  for (const number of quick ? PHOTOS.slice(0, 1) : PHOTOS) {
    photos.push(add(`sample${number}.jpg`, await readFile(join(folder, `sample${number}.jpg`))));
  }
  const { width, height, data } = pixelsOf((await createFrame()).input);
  const pixels = (): Sharp => sharp(data, { raw: { width, height, channels: 4 } });
  const frame = add(`frame-${width}x${height}.png`, await pixels().png().toBuffer());
  const moving: string[] = [];
  for (let i = 0; i < MOVING_COUNT; i++) {
    // Forth and back, so that the last frame is followed by the first without a jump.
    const shift = 4 * Math.min(i, MOVING_COUNT - i);
    const moved = pixels()
      .extract({ left: shift, top: 0, width: width - 16, height })
      .resize(width, height, { fit: 'fill' });
    moving.push(add(`moving-${i}.png`, await moved.png().toBuffer()));
  }
  const { name, input } = await createLargeJpeg();
  if (!(input instanceof Uint8Array)) throw new FaceError('INVALID_OPTION', 'Expected the large picture as a file, got pixels.');
  return { files, frame, photos, moving, large: add(`${name}.jpg`, input) };
}

/** Decodes one of the pictures. */
export async function decodePicture({ files }: Pictures, name: string): Promise<RgbaImage> {
  const { data, info } = await sharp(files.get(name)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

function pixelsOf(input: RgbaImage | Uint8Array): RgbaImage {
  if (!(input instanceof Uint8Array)) return input;
  throw new FaceError('INVALID_OPTION', 'Expected the frame as pixels, got a file.');
}
