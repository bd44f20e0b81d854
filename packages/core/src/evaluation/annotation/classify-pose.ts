/** Which side of a head is seen. */

import type { Pose } from '../../quality/estimate-pose.ts';

/** Looks into the camera, turned half away, seen from the side; `unknown` where the face has no usable landmarks. */
export type PoseClass = 'frontal' | 'half-profile' | 'profile' | 'unknown';

/** Yaw, degrees, from which on a head is nearer to 45° than to 0°, and nearer to 90° than to 45°. */
const HALF_PROFILE_FROM = 22.5;
const PROFILE_FROM = 67.5;

/** Classifies by yaw alone: whichever of 0°, 45° and 90° is nearest. Beyond 90° the nose points away from the camera; that is `profile` too. */
export function classifyPose(pose: Pick<Pose, 'yawDegrees'> | undefined): PoseClass {
  const yaw = Math.abs(pose?.yawDegrees ?? Number.NaN);
  if (Number.isNaN(yaw)) return 'unknown';
  if (yaw < HALF_PROFILE_FROM) return 'frontal';
  return yaw < PROFILE_FROM ? 'half-profile' : 'profile';
}
