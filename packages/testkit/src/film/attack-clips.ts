/** Clips that must not unlock anything: pictures of a face before the camera, and cameras that show nothing. */

import { moveAt } from './clip-script.ts';
import { type FilmFace, openFilmFace, type PhotoFace } from './film-face.ts';
import { randomNumbers } from './random-numbers.ts';
import type { ClipOptions } from './render-clip.ts';
import { CLIP_HEIGHT, CLIP_WIDTH, plainFrame, type RgbFrame, toJpeg } from './rgb-frame.ts';
import { createSensorNoise } from './sensor-noise.ts';
import { type TriangleNet, warpTriangles } from './warp-triangles.ts';

/**
 * A face that does not move at all.
 *
 * @param noise - 0: the very same frame again and again; more: only the noise of the sensor differs.
 */
export async function stillClip(face: FilmFace, frames: number, noise: number, seed = 1): Promise<Buffer[]> {
  const still = face.frame(moveAt([], 0));
  if (noise === 0) return new Array<Buffer>(frames).fill(await toJpeg(still));
  const addNoise = createSensorNoise(noise, seed);
  return Promise.all(
    Array.from({ length: frames }, () => {
      const frame = { ...still, data: still.data.slice() };
      addNoise(frame);
      return toJpeg(frame);
    }),
  );
}

/** The lens is covered, or the sensor is dead. */
export async function blackClip(frames: number): Promise<Buffer[]> {
  return new Array<Buffer>(frames).fill(await toJpeg(plainFrame(0, 0, 0)));
}

/** What a photo is shown on. */
export type PhotoMedium = 'paper' | 'screen';

/** Of a picture on paper or on a screen, its edge, its light and its pattern. */
const MEDIA = {
  paper: { edge: [236, 234, 228], edgePixels: 26, gain: 0.72, lift: 38, pattern: 3 },
  screen: { edge: [14, 14, 16], edgePixels: 34, gain: 0.9, lift: 16, pattern: 9 },
} as const;
/** Size of the photo by the frame. */
const PHOTO_SHARE = 0.72;
const WALL = [148, 140, 128] as const;

/** A photo of the face on paper or on a screen, held before the camera by a hand that is not quite still. */
export async function framedPhotoClip(
  photo: PhotoFace,
  medium: PhotoMedium,
  frames: number,
  { noise = 2, seed = 1, framesPerSecond = 30 }: ClipOptions = {},
): Promise<Buffer[]> {
  const { picture } = await openFilmFace(photo, 0.62);
  const shown = putOn(picture, medium);
  const addNoise = createSensorNoise(noise, seed);
  const phase = randomNumbers(seed)() * 7;
  const { source, triangles } = cornersOf(shown);
  const wall = plainFrame(...WALL);
  return Promise.all(
    Array.from({ length: frames }, (_, i) => {
      const seconds = i / framesPerSecond;
      const angle = ((2.5 + 0.8 * Math.sin(seconds * 1.7 + phase)) * Math.PI) / 180;
      const [sine, cosine] = [Math.sin(angle) * PHOTO_SHARE, Math.cos(angle) * PHOTO_SHARE];
      const [x, y] = [CLIP_WIDTH / 2 + 7 * Math.sin(seconds * 1.1 + phase), CLIP_HEIGHT / 2 + 5 * Math.sin(seconds * 1.9)];
      const moved = new Float64Array((source.length / 2) * 3);
      for (let corner = 0; corner < source.length / 2; corner++) {
        const [u, v] = [(source[corner * 2] as number) - shown.width / 2, (source[corner * 2 + 1] as number) - shown.height / 2];
        moved.set([x + u * cosine - v * sine, y + u * sine + v * cosine, 0], corner * 3);
      }
      const frame = { ...wall, data: wall.data.slice() };
      warpTriangles(shown, { source, triangles }, moved, frame);
      addNoise(frame);
      return toJpeg(frame);
    }),
  );
}

/** The picture with its edge around it, paler, and with the pattern that the raster of a print or a screen leaves in a camera. */
function putOn(picture: RgbFrame, medium: PhotoMedium): RgbFrame {
  const { edge, edgePixels, gain, lift, pattern } = MEDIA[medium];
  const [width, height] = [picture.width + 2 * edgePixels, picture.height + 2 * edgePixels];
  const data = new Uint8ClampedArray(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = edge[i % 3] as number;
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      const wave = pattern * Math.sin(x * 1.9 + y * 0.13) * Math.sin(y * 1.7 - x * 0.09);
      for (let channel = 0; channel < 3; channel++) {
        const value = picture.data[(y * picture.width + x) * 3 + channel] as number;
        data[((y + edgePixels) * width + x + edgePixels) * 3 + channel] = value * gain + lift + wave;
      }
    }
  }
  return { width, height, data };
}

function cornersOf({ width, height }: RgbFrame): TriangleNet {
  return { source: Float64Array.from([0, 0, width, 0, width, height, 0, height]), triangles: Uint32Array.from([0, 1, 2, 0, 2, 3]) };
}
