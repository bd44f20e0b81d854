/** Photos with one face, cut out of the group photos of a development dependency. */

import { demoPhoto, readRgba } from '@isoface/testkit/node';
import { encodePng } from './encode-png.ts';

/** Who is on which photo: `ada` and `adaAgain` are one woman, `bea` is another. Pixels of the photo. */
const PORTRAITS = {
  ada: { photo: 'sample1.jpg', x: 1360, y: 120, side: 420 },
  adaAgain: { photo: 'sample3.jpg', x: 960, y: 150, side: 460 },
  bea: { photo: 'sample3.jpg', x: 480, y: 280, side: 420 },
} as const;

/** One of the portraits. */
export type PortraitName = keyof typeof PORTRAITS;

/** A portrait as a PNG file. */
export async function cutPortrait(name: PortraitName): Promise<Buffer> {
  const { photo, x, y, side } = PORTRAITS[name];
  const { width, data } = await readRgba(demoPhoto(photo));
  const pixels = new Uint8Array(side * side * 4);
  for (let row = 0; row < side; row++) {
    const start = ((y + row) * width + x) * 4;
    pixels.set(data.subarray(start, start + side * 4), row * side * 4);
  }
  return encodePng(side, side, pixels, 4);
}
