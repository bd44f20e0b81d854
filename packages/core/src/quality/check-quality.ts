/** Quality figures against limits. */

import type { QualityLimits } from '../engine/analysis.ts';
import type { FaceQuality } from './compute-quality.ts';

/** @returns A sentence for the first limit that the face breaks, or `undefined` if it respects all. */
export function findQualityViolation(quality: FaceQuality, limits: QualityLimits): string | undefined {
  const { pose } = quality;
  const checks: readonly (readonly [keyof QualityLimits, number | undefined, 'min' | 'max'])[] = [
    ['minSizePixels', quality.sizePixels, 'min'],
    ['minSharpness', quality.sharpness, 'min'],
    ['minBrightness', quality.brightness, 'min'],
    ['maxBrightness', quality.brightness, 'max'],
    ['maxYawDegrees', pose && Math.abs(pose.yawDegrees), 'max'],
    ['maxPitchDegrees', pose && Math.abs(pose.pitchDegrees), 'max'],
  ];
  for (const [name, value, kind] of checks) {
    const limit = limits[name];
    if (limit === undefined || value === undefined) continue;
    if (kind === 'min' ? value < limit : value > limit) {
      return `${name} is ${limit}, the face has ${Number(value.toPrecision(3))}`;
    }
  }
  return undefined;
}
