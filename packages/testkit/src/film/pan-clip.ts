/** Clips in which nothing moves but the view: a photo on a wall, filmed by hand. */

import sharp from 'sharp';
import { CLIP_HEIGHT, CLIP_WIDTH } from './rgb-frame.ts';
import { writeMjpeg } from './write-mjpeg.ts';

const FRAMES = 12;
/** Pixels per frame: a slow hand. */
const STEP = 2;

/** The view wanders over a photo and back. */
export async function panClip(photo: string | Uint8Array): Promise<Buffer[]> {
  const wide = await sharp(photo)
    .resize(CLIP_WIDTH + FRAMES * STEP, CLIP_HEIGHT, { fit: 'cover' })
    .toBuffer();
  const there = Array.from({ length: FRAMES }, (_, i) => i * STEP);
  return Promise.all(
    [...there, ...there.toReversed()].map((left) =>
      sharp(wide).extract({ left, top: 0, width: CLIP_WIDTH, height: CLIP_HEIGHT }).jpeg({ quality: 90 }).toBuffer(),
    ),
  );
}

/** Writes {@link panClip} as an `.mjpeg` file for the fake camera. */
export async function filmPhoto(photo: string, file: string): Promise<void> {
  await writeMjpeg(await panClip(photo), file);
}
