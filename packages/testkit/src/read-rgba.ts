/** Pixels for tests. */

import type { RgbaImage } from '@isoface/core';
import sharp from 'sharp';

/** Decodes an image file to RGBA, without any limit or shrinking. */
export async function readRgba(path: string): Promise<RgbaImage> {
  const { data, info } = await sharp(path).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}
