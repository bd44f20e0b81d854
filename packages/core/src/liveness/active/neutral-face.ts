/** The face between two movements: straight and at rest. */

import type { FaceSignals } from './face-signals.ts';
import type { Baseline } from './movement.ts';

/** Frames and time of rest that a baseline takes. */
const LEAST_FRAMES = 4;
const LEAST_MS = 300;
/** Straight enough without a baseline to compare with: cameras stand above and below faces, and heads are built differently. */
const STRAIGHT_YAW_DEGREES = 15;
const STRAIGHT_PITCH_DEGREES = 25;
const STRAIGHT_ROLL_DEGREES = 25;
/** As straight as at first. Landmarks of a face at rest waver by up to 2 degrees of yaw and 2.6 of pitch (95 %). */
const SAME_YAW_DEGREES = 9;
const SAME_PITCH_DEGREES = 11;
/** A smile must be over before the next movement. */
const SAME_MOUTH_SHARE = 1.09;
/** Largest range at rest. */
const REST_YAW_DEGREES = 8;
const REST_PITCH_DEGREES = 10;
const REST_CLOSENESS_SHARE = 1.12;

/**
 * Whether a face looks straight.
 *
 * @param first - How it looked straight before the first movement.
 */
export function isNeutral({ pose, mouthWidthRatio }: FaceSignals, first: Baseline | undefined): boolean {
  const { yawDegrees, pitchDegrees, rollDegrees } = pose;
  if (Math.abs(rollDegrees) > STRAIGHT_ROLL_DEGREES) return false;
  if (first === undefined) return Math.abs(yawDegrees) <= STRAIGHT_YAW_DEGREES && Math.abs(pitchDegrees) <= STRAIGHT_PITCH_DEGREES;
  const isMouthAtRest =
    mouthWidthRatio === undefined || first.mouthWidthRatio === undefined || mouthWidthRatio <= first.mouthWidthRatio * SAME_MOUTH_SHARE;
  return (
    Math.abs(yawDegrees - first.pose.yawDegrees) <= SAME_YAW_DEGREES &&
    Math.abs(pitchDegrees - first.pose.pitchDegrees) <= SAME_PITCH_DEGREES &&
    isMouthAtRest
  );
}

/**
 * The medians over the newest frames of rest.
 *
 * @param frames - Frames in a row in which the face looks straight, oldest first.
 * @returns `undefined` while it has not rested for long enough.
 */
export function computeBaseline(frames: readonly { readonly atMs: number; readonly signals: FaceSignals }[]): Baseline | undefined {
  const newestMs = frames.at(-1)?.atMs ?? 0;
  // As few of the newest as are enough: a face that has just come to rest needs not wait for the older ones to be forgotten.
  let from = frames.length - LEAST_FRAMES;
  while (from >= 0 && newestMs - (frames[from]?.atMs ?? newestMs) < LEAST_MS) from--;
  if (from < 0) return undefined;
  const resting = frames.slice(from).map(({ signals }) => signals);
  const valuesOf = (read: (signals: FaceSignals) => number | undefined): number[] => resting.flatMap((signals) => read(signals) ?? []);
  const yaws = valuesOf(({ pose }) => pose.yawDegrees);
  const pitches = valuesOf(({ pose }) => pose.pitchDegrees);
  const closeness = valuesOf((signals) => signals.closeness);
  const range = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
  const isAtRest =
    range(yaws) <= REST_YAW_DEGREES &&
    range(pitches) <= REST_PITCH_DEGREES &&
    Math.max(...closeness) <= Math.min(...closeness) * REST_CLOSENESS_SHARE;
  if (!isAtRest) return undefined;
  const eyes = valuesOf(({ eyeAspectRatio }) => eyeAspectRatio);
  const mouths = valuesOf(({ mouthWidthRatio }) => mouthWidthRatio);
  return {
    pose: { yawDegrees: median(yaws), pitchDegrees: median(pitches), rollDegrees: median(valuesOf(({ pose }) => pose.rollDegrees)) },
    closeness: median(closeness),
    eyeAspectRatio: eyes.length === resting.length ? median(eyes) : undefined,
    mouthWidthRatio: mouths.length === resting.length ? median(mouths) : undefined,
    points: medianPoints(resting),
  };
}

/** Medians of each coordinate, about the mean of the points of each frame: the head may have drifted. */
function medianPoints(frames: readonly FaceSignals[]): Float32Array | undefined {
  const all = frames.flatMap(({ points }) => points ?? []);
  const length = all[0]?.length ?? 0;
  if (length === 0 || all.length < frames.length || all.some((points) => points.length !== length)) return undefined;
  const centred = all.map((points) => {
    const mean = [0, 1].map((axis) => points.reduce((sum, value, i) => (i % 2 === axis ? sum + (value * 2) / length : sum), 0));
    return points.map((value, i) => value - (mean[i % 2] as number));
  });
  return Float32Array.from({ length }, (_, i) => median(centred.map((points) => points[i] as number)));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
