/** A face in the pixels of the decoded frame, and its form in the pixels of the source image. */

import type { Box } from '../geometry/box.ts';
import type { Face, Point } from './analysis.ts';

/** A face while it is worked on: packed coordinates in frame pixels. */
export interface FrameFace {
  readonly box: Box;
  readonly score: number;
  /** Shape [5, 2]. */
  readonly landmarks?: Float32Array | undefined;
  /** Shape [68, 2]. */
  readonly landmarks68?: Float32Array | undefined;
}

/** Coordinates times `scale`. */
export function scaleFrameFace(face: FrameFace, scale: number): FrameFace {
  if (scale === 1) return face;
  const { box, landmarks, landmarks68 } = face;
  return {
    box: { x: box.x * scale, y: box.y * scale, width: box.width * scale, height: box.height * scale },
    score: face.score,
    landmarks: landmarks?.map((value) => value * scale),
    landmarks68: landmarks68?.map((value) => value * scale),
  };
}

/** The public form of a face whose coordinates are already those of the source. */
export function toFace({ box, score, landmarks, landmarks68 }: FrameFace): Face {
  return { box, score, landmarks: landmarks && toPoints(landmarks), landmarks68: landmarks68 && toPoints(landmarks68) };
}

/** The packed form of a public face. */
export function toFrameFace({ box, score, landmarks, landmarks68 }: Face): FrameFace {
  return { box, score, landmarks: landmarks && packPoints(landmarks), landmarks68: landmarks68 && packPoints(landmarks68) };
}

function toPoints(packed: Float32Array): Point[] {
  return Array.from({ length: packed.length / 2 }, (_, i) => ({ x: packed[i * 2] as number, y: packed[i * 2 + 1] as number }));
}

function packPoints(points: readonly Point[]): Float32Array {
  return Float32Array.from(points.flatMap(({ x, y }) => [x, y]));
}
