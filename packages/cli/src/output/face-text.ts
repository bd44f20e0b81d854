/** Faces, times and rates as text for people. */

import type { AnalyzedFace, StageTimings } from '@isoface/core';

/** One face on one line. */
export function describeFace({ box, score, quality }: AnalyzedFace): string {
  const place = `${Math.round(box.width)}x${Math.round(box.height)} at ${Math.round(box.x)},${Math.round(box.y)}`;
  const figures = [`sharpness ${quality.sharpness.toFixed(0)}`, `brightness ${quality.brightness.toFixed(2)}`];
  if (quality.pose !== undefined)
    figures.push(`yaw ${quality.pose.yawDegrees.toFixed(0)}°`, `pitch ${quality.pose.pitchDegrees.toFixed(0)}°`);
  return `score ${score.toFixed(3)}  ${place.padEnd(22)}  ${figures.join('  ')}`;
}

/** The stages and their times on one line. */
export function describeTimings({ decodeMs, preprocessMs, detectMs, alignMs, embedMs, livenessMs, matchMs }: StageTimings): string {
  const liveness = livenessMs === 0 ? {} : { liveness: livenessMs };
  const stages = {
    decode: decodeMs,
    preprocess: preprocessMs,
    detect: detectMs,
    align: alignMs,
    embed: embedMs,
    ...liveness,
    match: matchMs,
  };
  return Object.entries(stages)
    .map(([stage, ms]) => `${stage} ${ms.toFixed(1)}`)
    .join(' · ')
    .concat(' ms');
}

/** `1 face`, `2 faces`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A false match rate as people write it: `1e-3`, or `own threshold` where there is none. */
export function describeFmr(fmr: number | undefined): string {
  return fmr === undefined ? 'own threshold' : `FMR ${fmr.toExponential()}`;
}
