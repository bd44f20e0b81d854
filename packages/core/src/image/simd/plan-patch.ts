/** Which part of an image a patch needs, and how to cut the work so that it fits the kernels' memory. */

import type { Size } from '../fit.ts';
import { OUT_BYTES, PIXELS_BYTES } from './memory-map.ts';
import type { Tile } from './tensor-block.ts';

/** Zero pixels before and behind each row of a region, and zero rows above and below it: the kernel reads two beyond at most. */
export const BORDER = 2;
/** The kernel keeps coordinates as 32 bits before and 32 after the point. */
const MAX_COORDINATE = 2 ** 28;
/** A patch of which even so few pixels need more than the memory holds comes from landmarks that no face has. */
const LEAST_TILE_PIXELS = 16;
/** From so many image pixels per sample on, copying them costs more than the kernel saves. */
const MAX_PIXELS_PER_SAMPLE = 24;

/** A rectangle of an image; empty where a tile lies outside. */
interface Region {
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
}

/** A part of a patch, with the region of the image that its samples read. */
export interface PatchTile {
  readonly tile: Tile;
  readonly region: Region;
}

/**
 * Cuts a patch into tiles; most patches are one.
 *
 * @param matrix - Row-major 2x3, from patch to image pixels.
 * @param samples - Sub-samples per axis of a patch pixel.
 * @returns `undefined` for a patch that is better done without the kernels.
 */
export function planPatch(image: Size, matrix: Float64Array, samples: number, patch: Size): readonly PatchTile[] | undefined {
  const whole = { x: 0, y: 0, width: patch.width, height: patch.height };
  const { columns, rows } = findRegion(image, matrix, whole);
  const sampleCount = patch.width * patch.height * samples * samples;
  if (!(columns * rows <= sampleCount * MAX_PIXELS_PER_SAMPLE) || !Number.isInteger(samples) || samples < 1) return undefined;
  if (!cornersOf(matrix, whole).every((coordinate) => Math.abs(coordinate) < MAX_COORDINATE)) return undefined;
  return cutTile(image, matrix, whole);
}

function cutTile(image: Size, matrix: Float64Array, tile: Tile): readonly PatchTile[] | undefined {
  const region = findRegion(image, matrix, tile);
  const bytes = ((region.rows + 2 * BORDER) * (region.columns + BORDER) + BORDER) * 4;
  const { x, y, width, height } = tile;
  if (bytes <= PIXELS_BYTES && width * height * 12 <= OUT_BYTES) return [{ tile, region }];
  if (width * height <= LEAST_TILE_PIXELS) return undefined;
  const halves =
    width > height
      ? [
          { x, y, width: width >> 1, height },
          { x: x + (width >> 1), y, width: width - (width >> 1), height },
        ]
      : [
          { x, y, width, height: height >> 1 },
          { x, y: y + (height >> 1), width, height: height - (height >> 1) },
        ];
  const parts = halves.map((half) => cutTile(image, matrix, half));
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

/** All pixels that bilinear samples of the tile read, and one more at each side for what rounding may do. */
function findRegion(image: Size, matrix: Float64Array, tile: Tile): Region {
  const corners = cornersOf(matrix, tile);
  const clip = (least: number, most: number, size: number): readonly [number, number] => {
    const from = Math.min(size, Math.max(0, Math.floor(least) - 1));
    return [from, Math.max(0, Math.min(size, Math.floor(most) + 3) - from)];
  };
  const xs = corners.filter((_, i) => i % 2 === 0);
  const ys = corners.filter((_, i) => i % 2 === 1);
  const [left, columns] = clip(Math.min(...xs), Math.max(...xs), image.width);
  const [top, rows] = clip(Math.min(...ys), Math.max(...ys), image.height);
  return { left, top, columns: rows === 0 ? 0 : columns, rows: columns === 0 ? 0 : rows };
}

/** Where the corners of a tile lie in the image: x, y of each. */
function cornersOf([a, b, tx, c, d, ty]: Float64Array, { x, y, width, height }: Tile): readonly number[] {
  return [x - 0.5, x + width - 0.5].flatMap((u) =>
    [y - 0.5, y + height - 0.5].flatMap((v) => [
      (a as number) * u + (b as number) * v + (tx as number),
      (c as number) * u + (d as number) * v + (ty as number),
    ]),
  );
}
