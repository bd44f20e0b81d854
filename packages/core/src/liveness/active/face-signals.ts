/** What a face does in one frame: numbers for head pose, eyes, mouth and distance. */

import type { Point } from '../../engine/analysis.ts';
import type { TrackedFace } from '../../engine/face-engine.ts';
import { estimateMeshPose } from '../../landmarks/mesh468.ts';
import { estimatePose, type Pose } from '../../quality/estimate-pose.ts';

/** Numbers of one face in one frame. */
export interface FaceSignals {
  /** Signs as in {@link Pose}: yaw positive when the nose points to the right of the image, pitch when it points up. */
  readonly pose: Pose;
  /**
   * Mean eye aspect ratio of both eyes: height of the opening by its width; about 0.27 open. Exact landmarks give less than
   * 0.15 for closed eyes, the mesh often hardly less than for open ones. Absent where there are only five landmarks.
   *
   * @see Soukupova and Cech, "Real-Time Eye Blink Detection using Facial Landmarks", CVWW 2016.
   */
  readonly eyeAspectRatio?: number | undefined;
  /** Width of the mouth in distances between the outer eye corners, both measured along the face. Grows with a smile. Absent with five landmarks. */
  readonly mouthWidthRatio?: number | undefined;
  /** Distance of the eye centres by the width of the frame, corrected for yaw. Grows as the face comes closer. */
  readonly closeness: number;
  /** Points that move with the skull, x and y in image pixels, shape [N, 2]: for `computePlanarResidual`. Absent with five landmarks. */
  readonly points?: Float32Array | undefined;
}

/** Size of the frame, pixels of the source. */
export interface FrameSize {
  readonly width: number;
  readonly height: number;
}

/** A face as the signals need it. */
export type SignalFace = Pick<TrackedFace, 'box' | 'landmarks' | 'landmarks68' | 'mesh'>;

/** Outer and inner corner, then pairs of upper and lower lid: first the eye at the left of the image. */
const MESH_EYES = [
  {
    corners: [33, 133],
    lids: [
      [160, 144],
      [159, 145],
      [158, 153],
    ],
  },
  {
    corners: [263, 362],
    lids: [
      [387, 373],
      [386, 374],
      [385, 380],
    ],
  },
] as const;
const MESH_MOUTH = [61, 291] as const;
/** Nose, eye corners, brows, forehead, temples, cheeks, chin: spread in depth, and little moved by eyes and mouth. */
const MESH_SKULL = [
  1, 4, 5, 195, 197, 6, 168, 33, 133, 263, 362, 98, 327, 2, 10, 151, 9, 67, 297, 103, 332, 127, 356, 234, 454, 93, 323, 50, 280, 205, 425,
  116, 345, 129, 358, 152,
];
/** The same of the 68 landmarks: nose, eye corners, every other point of the jaw. */
const IBUG_SKULL = [27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 39, 42, 45, 0, 2, 4, 6, 8, 10, 12, 14, 16];
/**
 * Yaw by five landmarks reads 1.7 times that by the mesh (regression on 600 photos of LFW against a third network), whose scale the thresholds of
 * challenges have.
 */
const FIVE_POINT_YAW = 1 / 1.7;

/**
 * Measures a face: by its mesh where there is one, else by its 68 landmarks, else by five.
 *
 * @returns `undefined` for a face without landmarks, or with points that coincide or are not finite.
 */
export function measureFaceSignals(face: SignalFace, frame: FrameSize): FaceSignals | undefined {
  const signals = face.mesh === undefined ? measureLandmarks(face, frame) : measureMesh(face.mesh, frame);
  return signals !== undefined && areFinite(signals) ? signals : undefined;
}

function measureMesh(mesh: Float32Array, { width }: FrameSize): FaceSignals | undefined {
  const pose = estimateMeshPose(mesh);
  if (pose === undefined) return undefined;
  const distance = (a: number, b: number): number =>
    Math.hypot(...[0, 1, 2].map((axis) => (mesh[a * 3 + axis] as number) - (mesh[b * 3 + axis] as number)));
  let [height, breadth] = [0, 0];
  for (const { corners, lids } of MESH_EYES) {
    // Sums over both eyes: the one that is turned away is narrower and counts less.
    breadth += distance(corners[0], corners[1]);
    height += lids.reduce((sum, [upper, lower]) => sum + distance(upper, lower) / lids.length, 0);
  }
  const centre = ([outer, inner]: readonly [number, number], axis: number): number =>
    ((mesh[outer * 3 + axis] as number) + (mesh[inner * 3 + axis] as number)) / 2;
  const [right, left] = MESH_EYES;
  const apart = Math.hypot(...[0, 1].map((axis) => centre(right.corners, axis) - centre(left.corners, axis)));
  return {
    pose,
    eyeAspectRatio: height / breadth,
    mouthWidthRatio: distance(MESH_MOUTH[0], MESH_MOUTH[1]) / distance(right.corners[0], left.corners[0]),
    closeness: toCloseness(apart, pose, width),
    points: Float32Array.from(MESH_SKULL.flatMap((point) => [mesh[point * 3] as number, mesh[point * 3 + 1] as number])),
  };
}

function measureLandmarks({ landmarks, landmarks68 }: SignalFace, { width }: FrameSize): FaceSignals | undefined {
  const found = landmarks && estimatePose(landmarks.flatMap(({ x, y }) => [x, y]));
  if (landmarks === undefined || found === undefined) return undefined;
  const pose = { ...found, yawDegrees: found.yawDegrees * FIVE_POINT_YAW };
  const [right, left] = landmarks as readonly [Point, Point];
  const closeness = toCloseness(between(right, left), pose, width);
  if (landmarks68 === undefined) return { pose, closeness };
  const at = (index: number): Point => landmarks68[index] as Point;
  const height = (upper: number, lower: number): number => between(at(upper), at(lower)) / 2;
  const heights = height(37, 41) + height(38, 40) + height(43, 47) + height(44, 46);
  return {
    pose,
    closeness,
    eyeAspectRatio: heights / (between(at(36), at(39)) + between(at(42), at(45))),
    mouthWidthRatio: between(at(48), at(54)) / between(at(36), at(45)),
    points: Float32Array.from(IBUG_SKULL.flatMap((index) => [at(index).x, at(index).y])),
  };
}

function between(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** Eyes that are seen from the side are less far apart. */
function toCloseness(apart: number, { yawDegrees }: Pose, width: number): number {
  return apart / Math.max(0.3, Math.cos((yawDegrees * Math.PI) / 180)) / width;
}

function areFinite({ pose, eyeAspectRatio = 0, mouthWidthRatio = 0, closeness }: FaceSignals): boolean {
  const sum = pose.yawDegrees + pose.pitchDegrees + pose.rollDegrees + eyeAspectRatio + mouthWidthRatio + closeness;
  return Number.isFinite(sum) && closeness > 0;
}
