/** The 468-point face mesh of MediaPipe and what is derived from it. */

import { invertAffine } from '../geometry/similarity-transform.ts';
import type { Pose } from '../quality/estimate-pose.ts';

/** Points per face. */
export const MESH468_COUNT = 468;

/** Side of the crop in whose pixels the network answers. */
const NETWORK_SIDE = 192;

/**
 * A neutral face: points that hardly move with eyes and mouth. First two points that mirror each other, that of the person's left side first (the same
 * point twice on the middle line), then where the first is: x to the right of the image, y down, z away from the camera, in units of which the outer eye
 * corners are 90 apart.
 *
 * Means of 358 photos of LFW in which yaw is small, made symmetric. Pitch is zero for the median of 615 people there, who look at a camera: faces differ
 * in build, so one person's level gaze may read as up to about five degrees up or down.
 */
const NEUTRAL_FACE: readonly (readonly [left: number, right: number, x: number, y: number, z: number])[] = [
  [263, 33, 45, -1, -11],
  [362, 133, 17, 0, -16],
  [356, 127, 71, 3, 38],
  [454, 234, 70, 18, 42],
  [323, 93, 69, 32, 43],
  [361, 132, 67, 48, 40],
  [284, 54, 60, -36, 3],
  [251, 21, 66, -25, 15],
  [389, 162, 69, -13, 28],
  [297, 67, 35, -51, -21],
  [327, 98, 18, 42, -30],
  [10, 10, 0, -55, -29],
  [151, 151, 0, -39, -32],
  [9, 9, 0, -21, -35],
  [168, 168, 0, -6, -33],
  [6, 6, 0, 2, -38],
  [2, 2, 0, 45, -38],
  [1, 1, 0, 39, -54],
];

/**
 * Maps the output of the mesh network back to the image.
 *
 * @param output - 468 x, y, z triples in 192ths of the crop's side; z smaller = nearer.
 * @param cropTransform - From image to crop pixels: a similarity, row-major 2x3.
 * @param size - Side of the crop, pixels.
 * @returns x, y in image pixels and z in the same unit; shape [468, 3].
 * @throws {FaceError} `DEGENERATE_LANDMARKS` if the transform has no inverse.
 */
export function decodeMesh468(output: Float32Array, cropTransform: Float64Array, size: number): Float32Array {
  const unit = size / NETWORK_SIDE;
  const [a, b, tx, c, d, ty] = invertAffine(cropTransform) as unknown as readonly [number, number, number, number, number, number];
  const depth = Math.hypot(a, c) * unit;
  const mesh = new Float32Array(output.length);
  for (let i = 0; i < output.length; i += 3) {
    // The network counts from the edges of the crop, the matrix from the centres of pixels.
    const x = (output[i] as number) * unit - 0.5;
    const y = (output[i + 1] as number) * unit - 0.5;
    mesh[i] = a * x + b * y + tx;
    mesh[i + 1] = c * x + d * y + ty;
    mesh[i + 2] = (output[i + 2] as number) * depth;
  }
  return mesh;
}

/**
 * Estimates the pose of a face from its mesh: the axes of the head are those by which the neutral face explains the mesh best in the least-squares
 * sense, made orthonormal. Position and size of the face do not matter.
 *
 * @param mesh - x, y, z; shape [468, 3], image pixels, as {@link decodeMesh468} gives it.
 * @returns `undefined` for points that coincide or are not finite: they show no pose.
 */
export function estimateMeshPose(mesh: ArrayLike<number>): Pose | undefined {
  const across = normalize(sumPoints(mesh, ACROSS_WEIGHTS));
  const leaning = sumPoints(mesh, DOWN_WEIGHTS);
  const lean = dot(leaning, across);
  const down = normalize([leaning[0] - lean * across[0], leaning[1] - lean * across[1], leaning[2] - lean * across[2]]);
  // Across and down span the face; their cross product points into the picture, the face looks the other way.
  const lookX = -(across[1] * down[2] - across[2] * down[1]);
  const lookY = -(across[2] * down[0] - across[0] * down[2]);
  const lookZ = -(across[0] * down[1] - across[1] * down[0]);
  if (!Number.isFinite(lookX + lookY + lookZ)) return undefined;
  return {
    yawDegrees: toDegrees(Math.atan2(lookX, -lookZ)),
    pitchDegrees: toDegrees(Math.asin(Math.min(1, Math.max(-1, -lookY)))),
    rollDegrees: toDegrees(Math.atan2(across[1], across[0])),
  };
}

type Vector3 = readonly [number, number, number];

/** Weights of points in a sum of them. */
type PointWeights = readonly (readonly [point: number, weight: number])[];

/** The least-squares solution is linear in the points, so it is worked out once: x is decoupled from y and z because the face is symmetric. */
function solveWeights(): { readonly across: PointWeights; readonly down: PointWeights } {
  const points = NEUTRAL_FACE.flatMap(([left, right, x, y, z]) =>
    left === right
      ? [{ point: left, x, y, z }]
      : [
          { point: left, x, y, z },
          { point: right, x: -x, y, z },
        ],
  );
  const mean = (axis: 'y' | 'z'): number => points.reduce((sum, place) => sum + place[axis] / points.length, 0);
  const [meanY, meanZ] = [mean('y'), mean('z')];
  const centred = points.map(({ point, x, y, z }) => ({ point, x, y: y - meanY, z: z - meanZ }));
  const depthPower = centred.reduce((sum, { z }) => sum + z * z, 0);
  const shared = centred.reduce((sum, { y, z }) => sum + y * z, 0);
  return {
    across: centred.map(({ point, x }) => [point, x] as const),
    down: centred.map(({ point, y, z }) => [point, depthPower * y - shared * z] as const),
  };
}

function sumPoints(mesh: ArrayLike<number>, weights: PointWeights): Vector3 {
  let [x, y, z] = [0, 0, 0];
  for (const [point, weight] of weights) {
    x += (mesh[point * 3] as number) * weight;
    y += (mesh[point * 3 + 1] as number) * weight;
    z += (mesh[point * 3 + 2] as number) * weight;
  }
  return [x, y, z];
}

/** NaN for a vector without a direction. */
function normalize([x, y, z]: Vector3): Vector3 {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}

function dot(a: Vector3, b: Vector3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function toDegrees(radians: number): number {
  return (radians * 180) / Math.PI;
}

const { across: ACROSS_WEIGHTS, down: DOWN_WEIGHTS } = solveWeights();
