/** Pictures of faces that the fake pack can see: bright green-tinted rectangles on a dark wall. */

import type { Box, RgbaImage } from '@isoface/core';

/** A fake face: the detector goes by green, the embedder tells persons apart by red and blue. */
export interface FakeFace {
  readonly box: Box;
  /** Green value, 200..255; the detector score is its square root in [0, 1]. @defaultValue 255 */
  readonly brightness?: number | undefined;
  /** Red value of the left half and blue value of the right half; what tells one person from another. @defaultValue [0, 0] */
  readonly person?: readonly [number, number] | undefined;
}

/** Draws faces; later ones lie over earlier ones. */
export function drawFakeFaces(width: number, height: number, faces: readonly FakeFace[]): RgbaImage {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(colorAt(faces, x, y), (y * width + x) * 4);
  }
  return { width, height, data };
}

function colorAt(faces: readonly FakeFace[], x: number, y: number): readonly [number, number, number, number] {
  const face = faces.findLast(({ box }) => x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height);
  if (face === undefined) return [20, 20, 20, 255];
  const { box, brightness = 255, person = [0, 0] } = face;
  const isLeft = x < box.x + box.width / 2;
  return [isLeft ? person[0] : 0, brightness, isLeft ? 0 : person[1], 255];
}
