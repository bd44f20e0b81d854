/** The quality of a face as figures to read. */

import type { FaceQuality } from 'isoface';

/** Label and value of each figure. */
export function listQuality({ sizePixels, sharpness, brightness, pose }: FaceQuality): readonly (readonly [string, string])[] {
  const degrees = (value: number): string => `${Math.round(value)}°`;
  return [
    ['size', `${Math.round(sizePixels)} px`],
    ['sharpness', String(Math.round(sharpness))],
    ['brightness', `${Math.round(brightness * 100)} %`],
    ...(pose === undefined ? [] : [['turned', degrees(pose.yawDegrees)] as const, ['tilted', degrees(pose.rollDegrees)] as const]),
  ];
}
