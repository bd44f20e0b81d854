/** When a new embedding of a followed face is worth its cost. */

import type { FaceQuality } from '../quality/compute-quality.ts';

/** Size from which on a larger face gains nothing, pixels of the source: the inputs of the embedders are about as large. */
const FULL_SIZE_PIXELS = 112;
/** Sharpness that counts half: faces below about 20 are blurred, those of good cameras reach several hundred. */
const HALF_SHARPNESS = 40;
/** Gain that is worth a new embedding. Pose and sharpness of a still face waver by less. */
const CLEAR_GAIN = 1.3;
/** Share of the newest frame in the running mean: one lucky frame is no improvement. */
const NEWEST_SHARE = 0.3;

/**
 * One number for how well a face can be embedded: the product of size (1 from 112 pixels on), sharpness (`s / (s + 40)`) and frontal pose
 * (cosine of yaw times cosine of pitch; 1 where the pose is unknown).
 *
 * @returns In [0, 1]; larger is better.
 */
export function computeUsability({ sizePixels, sharpness, pose }: FaceQuality): number {
  const size = Math.min(1, sizePixels / FULL_SIZE_PIXELS);
  const sharp = sharpness / (sharpness + HALF_SHARPNESS);
  const cosine = (degrees: number): number => Math.max(0, Math.cos((degrees * Math.PI) / 180));
  const frontal = pose === undefined ? 1 : cosine(pose.yawDegrees) * cosine(pose.pitchDegrees);
  return size * sharp * frontal;
}

/** Running mean of the usability of one face. */
export function smoothUsability(before: number | undefined, newest: number): number {
  return before === undefined ? newest : before + NEWEST_SHARE * (newest - before);
}

/** What is known of the embedding that a face has. */
export interface EmbeddingAge {
  /** Running mean of the usability now. */
  readonly usability: number;
  /** Running mean when the face was embedded last; absent if it was not, or if it may be another face since. */
  readonly embeddedUsability?: number | undefined;
  /** When that was. */
  readonly embeddedMs?: number | undefined;
}

/**
 * Whether a face should be embedded (again): it has no embedding, is clearly better to see, or the embedding is too old.
 *
 * @param elapsedMs - Time of the frame, by `TrackState.elapsedMs`.
 * @param embedEveryMs - See `TrackOptions.embedEveryMs`.
 */
export function isEmbeddingDue(
  { usability, embeddedUsability, embeddedMs }: EmbeddingAge,
  elapsedMs: number,
  embedEveryMs: number,
): boolean {
  if (embeddedUsability === undefined || usability > embeddedUsability * CLEAR_GAIN) return true;
  return embeddedMs !== undefined && elapsedMs - embeddedMs >= embedEveryMs;
}
