/** Clips as the fake camera of Chromium reads them. */

import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';

/**
 * Writes an `.mjpeg` file: JPEGs one after the other. Chromium shows it over and over, 30 frames per second, and reads it anew each time the camera is
 * turned on.
 *
 * Chromium takes the brightness of these files for that of television, where 16 is black and 235 white, and stretches it by a sixth; passive liveness
 * models give quite other scores then. The file is written so that pages see what `frames` show.
 */
export async function writeMjpeg(frames: readonly Uint8Array[], file: string): Promise<void> {
  const different = [...new Set(frames)];
  const narrowed = await Promise.all(
    different.map((frame) =>
      sharp(frame)
        .linear(219 / 255, 16)
        .jpeg({ quality: 95 })
        .toBuffer(),
    ),
  );
  const byFrame = new Map(different.map((frame, i) => [frame, narrowed[i] as Buffer]));
  await writeFile(file, Buffer.concat(frames.map((frame) => byFrame.get(frame) as Buffer)));
}
