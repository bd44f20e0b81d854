/** The pictures of the suite, served to every contender alike. */

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { createFrame, createLargeJpeg } from '../test-images.ts';

/** Encoded pictures by file name. */
export interface Pictures {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Decoded before a measurement begins: the demo photos of a development dependency, and a frame with one face. */
  readonly stills: readonly string[];
  /** Moves a few pixels from frame to frame, as a face before a camera does. */
  readonly frames: readonly string[];
  /** 12 megapixels; decoding is measured. */
  readonly large: string;
}

/** Of {@link Pictures.frames}. */
const FRAME_COUNT = 8;

/** Reads and draws the pictures. */
export async function createPictures(): Promise<Pictures> {
  const files = new Map<string, Uint8Array>();
  const add = (name: string, bytes: Uint8Array): string => {
    files.set(name, bytes);
    return name;
  };
  const folder = join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo');
  const stills: string[] = [];
  for (let i = 1; i <= 6; i++) stills.push(add(`sample${i}.jpg`, await readFile(join(folder, `sample${i}.jpg`))));
  const frame = (await createFrame()).input;
  if (frame instanceof Uint8Array) throw new Error('Expected the frame as pixels, got a file.');
  const { width, height, data } = frame;
  const pixels = (): Sharp => sharp(data, { raw: { width, height, channels: 4 } });
  stills.push(add(`frame-${width}x${height}.png`, await pixels().png().toBuffer()));
  const frames: string[] = [];
  for (let i = 0; i < FRAME_COUNT; i++) {
    // Forth and back, so that the last frame is followed by the first without a jump.
    const shift = 4 * Math.min(i, FRAME_COUNT - i);
    const moved = pixels()
      .extract({ left: shift, top: 0, width: width - 16, height })
      .resize(width, height, { fit: 'fill' });
    frames.push(add(`moving-${i}.png`, await moved.png().toBuffer()));
  }
  const { name, input } = await createLargeJpeg();
  if (!(input instanceof Uint8Array)) throw new Error('Expected the large picture as a file, got pixels.');
  return { files, stills, frames, large: add(`${name}.jpg`, input) };
}
