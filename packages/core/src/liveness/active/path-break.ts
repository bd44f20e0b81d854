/** Jumps between two frames that no head makes. */

import type { FaceSignals } from './face-signals.ts';

/** Frames further apart say nothing about the path between them. */
const LONGEST_GAP_MS = 300;
/** Noise of the landmarks, and the speed of a head that turns as fast as it can (some 300 degrees per second), with room. */
const JUMP_DEGREES = 14;
const DEGREES_PER_MS = 0.35;
/** The same for the logarithm of the closeness: a head moves a tenth of its distance in 100 ms when it hurries. */
const JUMP_LOG = 0.15;
const LOG_PER_MS = 0.002;

/**
 * Whether pose or distance jump.
 *
 * @param elapsedMs - Time between the two frames.
 */
export function findPathBreak(before: FaceSignals, now: FaceSignals, elapsedMs: number): boolean {
  if (elapsedMs > LONGEST_GAP_MS) return false;
  const degrees = JUMP_DEGREES + DEGREES_PER_MS * elapsedMs;
  const jumps = [
    now.pose.yawDegrees - before.pose.yawDegrees,
    now.pose.pitchDegrees - before.pose.pitchDegrees,
    now.pose.rollDegrees - before.pose.rollDegrees,
  ];
  return (
    jumps.some((jump) => Math.abs(jump) > degrees) ||
    Math.abs(Math.log(now.closeness / before.closeness)) > JUMP_LOG + LOG_PER_MS * elapsedMs
  );
}
