/** A film for the fake camera, made of a photo: the view wanders over it and back. */

import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';

const [WIDTH, HEIGHT] = [640, 480];
const FRAMES = 12;
/** Pixels per frame: a slow hand. */
const STEP = 2;

/** Writes an `.mjpeg` file. Chromium shows it over and over. */
export async function filmPhoto(photo: string, file: string): Promise<void> {
  const wide = await sharp(photo)
    .resize(WIDTH + FRAMES * STEP, HEIGHT, { fit: 'cover' })
    .toBuffer();
  const there = Array.from({ length: FRAMES }, (_, i) => i * STEP);
  const frames = [...there, ...there.toReversed()].map((left) =>
    sharp(wide).extract({ left, top: 0, width: WIDTH, height: HEIGHT }).jpeg({ quality: 90 }).toBuffer(),
  );
  await writeFile(file, Buffer.concat(await Promise.all(frames)));
}
