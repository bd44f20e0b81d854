/**
 * A drawn face: the picture on which every engine proves itself when it is created. It shows nobody.
 * Only the four operations and comparisons are used, so that every platform draws the very same pixels.
 */

import type { RgbaImage } from '../image/rgba-image.ts';

/** Side of the picture, pixels. */
const SELF_TEST_SIZE = 192;

type Rgb = readonly [number, number, number];

/** An ellipse with a soft edge: centre, radii (pixels), width of the edge as a share of the radius, colour, opacity. */
interface Blob {
  readonly at: readonly [number, number];
  readonly radii: readonly [number, number];
  readonly softness: number;
  readonly color: Rgb;
  readonly opacity: number;
}

const SKIN: Rgb = [214, 168, 140];
const SHADE: Rgb = [150, 100, 80];
const LIGHT: Rgb = [238, 202, 180];
const HAIR: Rgb = [52, 38, 32];

/** Painted in order; features that come in pairs are mirrored about the middle, with a slightly different light. */
const BLOBS: readonly Blob[] = [
  { at: [96, 88], radii: [60, 72], softness: 0.1, color: HAIR, opacity: 1 },
  { at: [96, 172], radii: [70, 30], softness: 0.1, color: [60, 80, 120], opacity: 1 },
  { at: [96, 148], radii: [22, 30], softness: 0.15, color: [186, 138, 112], opacity: 1 },
  { at: [96, 102], radii: [46, 60], softness: 0.05, color: SKIN, opacity: 1 },
  { at: [96, 62], radii: [34, 16], softness: 0.9, color: LIGHT, opacity: 0.5 },
  { at: [62, 112], radii: [12, 34], softness: 0.9, color: SHADE, opacity: 0.35 },
  { at: [130, 112], radii: [12, 34], softness: 0.9, color: SHADE, opacity: 0.5 },
  ...pair({ at: [76, 90], radii: [15, 9], softness: 0.8, color: SHADE, opacity: 0.55 }),
  ...pair({ at: [76, 78], radii: [14, 3.4], softness: 0.5, color: HAIR, opacity: 0.9 }),
  ...pair({ at: [76, 91], radii: [10, 5], softness: 0.3, color: [240, 236, 232], opacity: 0.95 }),
  ...pair({ at: [76, 91], radii: [5, 5], softness: 0.25, color: [60, 44, 36], opacity: 1 }),
  ...pair({ at: [76, 91], radii: [2.2, 2.2], softness: 0.3, color: [12, 10, 10], opacity: 1 }),
  ...pair({ at: [78, 89], radii: [1.2, 1.2], softness: 0.5, color: [250, 250, 250], opacity: 0.9 }),
  ...pair({ at: [76, 86.5], radii: [11, 2], softness: 0.5, color: [60, 40, 34], opacity: 0.9 }),
  ...pair({ at: [74, 116], radii: [11, 9], softness: 0.9, color: [226, 150, 128], opacity: 0.5 }),
  { at: [96, 104], radii: [5, 20], softness: 0.9, color: LIGHT, opacity: 0.7 },
  { at: [104, 106], radii: [4, 16], softness: 0.9, color: SHADE, opacity: 0.45 },
  { at: [96, 117], radii: [12, 6], softness: 0.8, color: [196, 144, 118], opacity: 0.8 },
  ...pair({ at: [90.5, 120], radii: [3.2, 2], softness: 0.6, color: [90, 52, 44], opacity: 0.9 }),
  { at: [96, 136], radii: [19, 7], softness: 0.4, color: [178, 84, 80], opacity: 0.95 },
  { at: [96, 135], radii: [18, 1.4], softness: 0.5, color: [96, 40, 40], opacity: 0.95 },
  { at: [96, 147], radii: [12, 3], softness: 0.9, color: SHADE, opacity: 0.5 },
  { at: [96, 42], radii: [46, 18], softness: 0.3, color: HAIR, opacity: 0.95 },
];

/** Draws the face on a grey wall, {@link SELF_TEST_SIZE} pixels square. */
export function drawSelfTestFace(): RgbaImage {
  const size = SELF_TEST_SIZE;
  const data = new Uint8ClampedArray(size * size * 4);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const wall = 150 + (x * 24) / size - (y * 30) / size;
      let color: Rgb = [wall, wall, wall + 6];
      for (const blob of BLOBS) color = paint(color, blob, x, y);
      data.set([...color, 255], (y * size + x) * 4);
    }
  }
  return { width: size, height: size, data };
}

function paint(color: Rgb, { at, radii, softness, color: paintColor, opacity }: Blob, x: number, y: number): Rgb {
  const dx = (x - at[0]) / radii[0];
  const dy = (y - at[1]) / radii[1];
  // Squared distance instead of distance: a square root would be exact too, but is not needed.
  const inside = (1 - (dx * dx + dy * dy)) / softness;
  if (inside <= 0) return color;
  const edge = inside >= 1 ? 1 : inside * inside * (3 - 2 * inside);
  const share = edge * opacity;
  return [
    color[0] + (paintColor[0] - color[0]) * share,
    color[1] + (paintColor[1] - color[1]) * share,
    color[2] + (paintColor[2] - color[2]) * share,
  ];
}

function pair(blob: Blob): readonly [Blob, Blob] {
  return [blob, { ...blob, at: [SELF_TEST_SIZE - blob.at[0], blob.at[1]], opacity: blob.opacity * 0.95 }];
}
