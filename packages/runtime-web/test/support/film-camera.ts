/** A film for the fake camera: a photo over which the view wanders, there and back. */

import { writeFile } from 'node:fs/promises';
import { demoPhoto } from '@isoface/testkit/node';
import sharp from 'sharp';

const [WIDTH, HEIGHT] = [640, 480];
const FRAMES = 12;
/** Pixels per frame: a slow hand. */
const STEP = 2;

/** Writes an `.mjpeg` file of 640 x 480, in which two persons are seen. Chromium shows it over and over. */
export async function filmCamera(file: string): Promise<void> {
  const wide = await sharp(demoPhoto('sample1.jpg'))
    .resize(WIDTH + FRAMES * STEP, HEIGHT, { fit: 'cover' })
    .toBuffer();
  const there = Array.from({ length: FRAMES }, (_, i) => i * STEP);
  const frames = [...there, ...there.toReversed()].map((left) =>
    sharp(wide).extract({ left, top: 0, width: WIDTH, height: HEIGHT }).jpeg({ quality: 90 }).toBuffer(),
  );
  await writeFile(file, Buffer.concat(await Promise.all(frames)));
}
