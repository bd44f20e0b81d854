/** A clip of a living face, made of one photo. It is what an injected deepfake is: good for tests, and a reason not to trust cameras blindly. */

import { type ClipMoment, type HeadMove, moveAt } from './clip-script.ts';
import { type FilmFace, openFilmFace, type PhotoFace } from './film-face.ts';
import { randomNumbers } from './random-numbers.ts';
import { type RgbFrame, toJpeg } from './rgb-frame.ts';
import { createSensorNoise } from './sensor-noise.ts';

/** Options of all clips. */
export interface ClipOptions {
  /** Chromium shows `.mjpeg` files at 30. @defaultValue 30 */
  readonly framesPerSecond?: number | undefined;
  /** Standard deviation of the noise, in steps of a byte. @defaultValue 2 */
  readonly noise?: number | undefined;
  /** Clips of one seed are equal. @defaultValue 1 */
  readonly seed?: number | undefined;
  /** How much a head moves that is held still; 1 is about half a degree and a pixel. @defaultValue 1 */
  readonly sway?: number | undefined;
}

/**
 * Films a face while it moves.
 *
 * @returns Frames as JPEG, 640x480; the last is that of the last moment.
 */
export async function renderClip(face: PhotoFace | FilmFace, script: readonly ClipMoment[], options: ClipOptions = {}): Promise<Buffer[]> {
  const filmed = 'frame' in face ? face : await openFilmFace(face);
  // Compressed by other threads while the next frames are rendered.
  return Promise.all(Array.from(renderFrames(filmed, script, options), toJpeg));
}

/** The frames of {@link renderClip} before they are compressed, one by one. */
export function* renderFrames(
  face: FilmFace,
  script: readonly ClipMoment[],
  { framesPerSecond = 30, noise = 2, seed = 1, sway = 1 }: ClipOptions = {},
): Generator<RgbFrame, undefined> {
  const addNoise = createSensorNoise(noise, seed);
  const swayAt = createSway(sway, seed);
  const lastMs = script.at(-1)?.atMs ?? 0;
  const frames = Math.max(1, Math.round((lastMs / 1000) * framesPerSecond) + 1);
  for (let i = 0; i < frames; i++) {
    const timeMs = (i / framesPerSecond) * 1000;
    const move = swayAt(moveAt(script, timeMs), timeMs);
    const frame = face.frame(move);
    addNoise(frame, move.brightness);
    yield frame;
  }
}

/** Slow waves that never fall together. */
function createSway(amount: number, seed: number): (move: HeadMove, timeMs: number) => HeadMove {
  const random = randomNumbers(seed);
  const wave = (amplitude: number): ((timeMs: number) => number) => {
    const [slow, fast, phase] = [1500 + 1500 * random(), 400 + 300 * random(), random() * 7];
    return (timeMs) => amount * amplitude * (0.8 * Math.sin(timeMs / slow + phase) + 0.2 * Math.sin(timeMs / fast + phase));
  };
  const [yaw, pitch, roll, x, y] = [wave(0.8), wave(0.6), wave(0.4), wave(1.5), wave(1)] as const;
  return (move, timeMs) => ({
    ...move,
    yawDegrees: move.yawDegrees + yaw(timeMs),
    pitchDegrees: move.pitchDegrees + pitch(timeMs),
    rollDegrees: move.rollDegrees + roll(timeMs),
    x: move.x + x(timeMs),
    y: move.y + y(timeMs),
  });
}
