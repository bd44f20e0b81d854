/**
 * A head of points that moves as it is told, filmed by a camera with noise: what the mesh network would see, without the network. Its face is an
 * ellipsoid with a nose; only the points that challenges look at matter.
 */

import type { ChallengeAction, ChallengeObservation } from '../../../src/liveness/active/challenge.ts';
import type { SignalFace } from '../../../src/liveness/active/face-signals.ts';
import { measureFaceSignals } from '../../../src/liveness/active/face-signals.ts';

/** Where the head is at one moment. */
export interface HeadPose {
  /** Positive: the nose to the right of the picture. */
  readonly yaw: number;
  /** Positive: the nose up. */
  readonly pitch: number;
  /** 1 open, 0 closed. */
  readonly eyes: number;
  /** 1 at rest. */
  readonly mouth: number;
  /** 1 at rest, larger is closer. */
  readonly scale: number;
}

export const REST: HeadPose = { yaw: 0, pitch: 0, eyes: 1, mouth: 1, scale: 1 };
const FRAME = { width: 640, height: 480 };
/** Outer eye corners 90 units apart, which are 100 pixels at scale 1. */
const PIXELS = 100 / 90;

/** Points of the neutral face in units, x to the right of the picture, y down, z away from the camera; the rest lies on the ellipsoid. */
const PLACES: ReadonlyMap<number, readonly [number, number, number]> = new Map(
  (
    [
      [263, 45, -1, -11],
      [362, 17, 0, -16],
      [356, 71, 3, 38],
      [454, 70, 18, 42],
      [323, 69, 32, 43],
      [361, 67, 48, 40],
      [284, 60, -36, 3],
      [251, 66, -25, 15],
      [389, 69, -13, 28],
      [297, 35, -51, -21],
      [327, 18, 42, -30],
      [332, 48, -44, -12],
      [280, 47, 30, -12],
      [425, 40, 40, -15],
      [345, 55, 15, -2],
      [358, 20, 38, -30],
    ] as const
  ).flatMap(([point, x, y, z], i): [number, [number, number, number]][] => [
    [point, [x, y, z]],
    [[33, 133, 127, 234, 93, 132, 54, 21, 162, 67, 98, 103, 50, 205, 116, 129][i] as number, [-x, y, z]],
  ]),
);
const MIDDLE: readonly (readonly [number, number, number])[] = [
  [10, -55, -29],
  [151, -39, -32],
  [9, -21, -35],
  [168, -6, -33],
  [6, 2, -38],
  [197, 12, -43],
  [195, 22, -48],
  [5, 32, -54],
  [4, 37, -56],
  [1, 39, -54],
  [2, 45, -38],
  [152, 100, -20],
];
const LIDS: readonly (readonly [upper: number, lower: number, x: number])[] = [
  [160, 144, -36],
  [159, 145, -31],
  [158, 153, -26],
  [387, 373, 36],
  [386, 374, 31],
  [385, 380, 26],
];
/** Height of the open eyes: an aspect ratio of 0.3 for eyes 28 wide. */
const LID_HEIGHT = 8.6;

/** A generator of numbers in [0, 1), Mulberry32. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Options of a film. */
export interface FilmOptions {
  /** Standard deviation of each coordinate, pixels. */
  readonly noise?: number;
  readonly random: () => number;
  /** A flat picture of the resting face, turned and tilted in the place of the head, at so many picture widths from the camera. */
  readonly flatAt?: number;
}

/** The mesh as the camera sees it. */
export function filmHead(pose: HeadPose, { noise = 0, random, flatAt }: FilmOptions): SignalFace {
  const mesh = new Float32Array(468 * 3);
  const shape = toShape(flatAt === undefined ? pose : REST);
  const [yaw, pitch] = [(pose.yaw * Math.PI) / 180, (pose.pitch * Math.PI) / 180];
  for (const [point, [x, y, z]] of shape) {
    // A picture has no depth, but the network sees one in it.
    const [px, py, pz] = turn([x, y, flatAt === undefined ? z : 0], yaw, pitch);
    const far = flatAt === undefined ? 1 : 1 + pz / (flatAt * 180);
    const depth = flatAt === undefined ? pz : z;
    const at = [px / far, py / far, depth].map((value) => value * PIXELS * pose.scale + noise * gaussian(random));
    mesh.set([(at[0] as number) + FRAME.width / 2, (at[1] as number) + FRAME.height / 2, at[2] as number], point * 3);
  }
  return { box: { x: 0, y: 0, width: 1, height: 1 }, mesh };
}

function toShape({ eyes, mouth }: HeadPose): Map<number, readonly [number, number, number]> {
  const shape = new Map(PLACES);
  for (const [point, y, z] of MIDDLE) shape.set(point, [0, y, z]);
  for (const [upper, lower, x] of LIDS) {
    shape.set(upper, [x, -(LID_HEIGHT / 2) * eyes, -14]);
    shape.set(lower, [x, (LID_HEIGHT / 2) * eyes, -14]);
  }
  shape.set(61, [-26 * mouth, 68, -25]);
  shape.set(291, [26 * mouth, 68, -25]);
  return shape;
}

/** Yaw about the vertical axis, then pitch about the horizontal one. z grows away from the camera. */
function turn([x, y, z]: readonly [number, number, number], yaw: number, pitch: number): [number, number, number] {
  const [tiltedY, tiltedZ] = [y * Math.cos(pitch) + z * Math.sin(pitch), -y * Math.sin(pitch) + z * Math.cos(pitch)];
  return [x * Math.cos(yaw) - tiltedZ * Math.sin(yaw), tiltedY, x * Math.sin(yaw) + tiltedZ * Math.cos(yaw)];
}

function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** What a movement does to the head, from 0 (rest) to 1 (its end). */
export function poseOf(action: ChallengeAction, share: number): HeadPose {
  const far: Readonly<Record<ChallengeAction, HeadPose>> = {
    turnLeft: { ...REST, yaw: 26 },
    turnRight: { ...REST, yaw: -26 },
    nod: { ...REST, pitch: -18 },
    blink: { ...REST, eyes: 0.1 },
    smile: { ...REST, mouth: 1.25 },
    moveCloser: { ...REST, scale: 1.45 },
  };
  const mix = (name: keyof HeadPose): number => REST[name] + (far[action][name] - REST[name]) * share;
  return { yaw: mix('yaw'), pitch: mix('pitch'), eyes: mix('eyes'), mouth: mix('mouth'), scale: mix('scale') };
}

/** There and back: eased, as muscles move. */
export function shareAt(action: ChallengeAction, sinceMs: number): number {
  const [rise, hold, fall] = action === 'blink' ? [90, 120, 120] : action === 'moveCloser' ? [900, 300, 900] : [450, 350, 450];
  const ease = (t: number): number => (1 - Math.cos(Math.PI * Math.min(1, Math.max(0, t)))) / 2;
  return ease(sinceMs / rise) - ease((sinceMs - rise - hold) / fall);
}

/** An observation of the head by the real measurement. */
export function observe(
  pose: HeadPose,
  timestampMs: number,
  film: FilmOptions,
  more: Partial<ChallengeObservation> = {},
): ChallengeObservation {
  return {
    timestampMs,
    faces: 1,
    trackId: 1,
    signals: measureFaceSignals(filmHead(pose, film), FRAME),
    fingerprint: Math.floor(film.random() * 2 ** 32),
    ...more,
  };
}
