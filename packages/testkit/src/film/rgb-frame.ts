/** Frames of a clip before they are compressed. */

import sharp from 'sharp';

/** Width and height of all clips, pixels. */
export const [CLIP_WIDTH, CLIP_HEIGHT] = [640, 480];

/** A frame, three bytes per pixel. */
export interface RgbFrame {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** Compresses one frame; 90 leaves noise and edges as a camera does. */
export function toJpeg({ width, height, data }: RgbFrame): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** A frame of one colour. */
export function plainFrame(red: number, green: number, blue: number): RgbFrame {
  const data = new Uint8ClampedArray(CLIP_WIDTH * CLIP_HEIGHT * 3);
  for (let i = 0; i < data.length; i += 3) data.set([red, green, blue], i);
  return { width: CLIP_WIDTH, height: CLIP_HEIGHT, data };
}
