/** Clips as the fake camera of Chromium reads them. */

import { writeFile } from 'node:fs/promises';

/** Writes an `.mjpeg` file: JPEGs one after the other. Chromium shows it over and over, 30 frames per second. */
export function writeMjpeg(frames: readonly Uint8Array[], file: string): Promise<void> {
  return writeFile(file, Buffer.concat(frames));
}
