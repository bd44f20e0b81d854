/** Faces that move: blink, smile, turn. Geometry only, on the 468 points of the face mesh. */

import type { HeadMove } from './clip-script.ts';

/** Points of the face mesh. */
export const MESH_POINTS = 468;

/** Points of the face mesh around the face, from the forehead clockwise. */
export const FACE_OVAL: readonly number[] = [
  10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150, 136, 172, 58, 132, 93,
  234, 127, 162, 21, 54, 103, 67, 109,
];

/** Pairs from the outer to the inner corner: the edge of the upper lid above that of the lower lid, and the crease above the upper lid. */
const EYES = [
  { upper: [246, 161, 160, 159, 158, 157, 173], lower: [7, 163, 144, 145, 153, 154, 155], crease: [247, 30, 29, 27, 28, 56, 190] },
  { upper: [466, 388, 387, 386, 385, 384, 398], lower: [249, 390, 373, 374, 380, 381, 382], crease: [467, 260, 259, 257, 258, 286, 414] },
] as const;
/**
 * Shares of the way from the upper lid to the lower one. The face mesh sees eyes that are closed so in some photos well and in others hardly: of six people
 * the opening fell to 0.58 to 0.88 of what it was. Choose photos by measuring.
 */
const [UPPER_WAY, LOWER_WAY, CREASE_WAY] = [1, 0, 1];

const [MOUTH_LEFT, MOUTH_RIGHT] = [61, 291];
/** Of half the width of the mouth. */
const [SMILE_WIDER, SMILE_UP] = [0.34, 0.22];

/** A point in space: pixels of the frame, and depth in the same unit, smaller for what is nearer. */
type Point = readonly [x: number, y: number, z: number];

/**
 * Blinks and smiles.
 *
 * @param mesh - Points at rest, shape [468, 3].
 * @returns New points of the same shape.
 */
export function moveFeatures(mesh: Float64Array, { eyesClosed, smile }: Pick<HeadMove, 'eyesClosed' | 'smile'>): Float64Array {
  const moved = mesh.slice();
  if (eyesClosed !== 0) closeEyes(mesh, moved, eyesClosed);
  if (smile !== 0) widenMouth(mesh, moved, smile);
  return moved;
}

/** Lids meet; the eye between them becomes a line. */
function closeEyes(mesh: Float64Array, moved: Float64Array, share: number): void {
  for (const { upper, lower, crease } of EYES) {
    upper.forEach((top, i) => {
      const bottom = lower[i] as number;
      for (const [point, way] of [
        [top, UPPER_WAY],
        [bottom, LOWER_WAY],
        [crease[i] as number, CREASE_WAY],
      ] as const) {
        for (let axis = 0; axis < 3; axis++) {
          moved[point * 3 + axis] =
            (moved[point * 3 + axis] as number) + share * way * ((mesh[bottom * 3 + axis] as number) - (mesh[top * 3 + axis] as number));
        }
      }
    });
  }
}

/** The corners of the mouth go outwards and up; lips and cheeks follow the less the farther they are. */
function widenMouth(mesh: Float64Array, moved: Float64Array, share: number): void {
  const [leftX, leftY] = pointOf(mesh, MOUTH_LEFT);
  const [rightX, rightY] = pointOf(mesh, MOUTH_RIGHT);
  const [centreX, centreY, half] = [(leftX + rightX) / 2, (leftY + rightY) / 2, Math.abs(rightX - leftX) / 2];
  for (let point = 0; point < MESH_POINTS; point++) {
    const [x, y] = pointOf(mesh, point);
    const [across, down] = [(x - centreX) / half, (y - centreY) / half];
    const beyond = Math.max(0, Math.abs(across) - 1);
    const weight = share * half * Math.exp(-4 * beyond * beyond - 1.5 * down * down);
    const reach = Math.max(-1, Math.min(1, across));
    moved[point * 3] = x + SMILE_WIDER * reach * weight;
    moved[point * 3 + 1] = y - SMILE_UP * reach * reach * weight;
  }
}

/** Where the head turns, and how far away the camera is. */
export interface HeadAxis {
  readonly pivot: Point;
  readonly cameraDistance: number;
}

/**
 * Turns and shifts points of a head and looks at them with a camera.
 *
 * @param points - Shape [N, 3].
 * @returns New points of the same shape.
 */
export function turnHead(points: Float64Array, move: HeadMove, { pivot, cameraDistance }: HeadAxis): Float64Array {
  const [sinYaw, cosYaw] = sine(move.yawDegrees);
  const [sinPitch, cosPitch] = sine(move.pitchDegrees);
  const [sinRoll, cosRoll] = sine(move.rollDegrees);
  const [pivotX, pivotY, pivotZ] = pivot;
  const moved = new Float64Array(points.length);
  for (let i = 0; i < points.length; i += 3) {
    const [x, y, z] = [(points[i] as number) - pivotX, (points[i + 1] as number) - pivotY, (points[i + 2] as number) - pivotZ];
    const [tiltedX, tiltedY] = [x * cosRoll - y * sinRoll, x * sinRoll + y * cosRoll];
    const [pitchedY, pitchedZ] = [tiltedY * cosPitch + z * sinPitch, z * cosPitch - tiltedY * sinPitch];
    const [turnedX, turnedZ] = [tiltedX * cosYaw - pitchedZ * sinYaw, tiltedX * sinYaw + pitchedZ * cosYaw];
    // The photo was taken with perspective already: only what depth changes is added.
    const near = move.scale * (1 + (z - turnedZ) / cameraDistance);
    moved[i] = pivotX + turnedX * near + move.x;
    moved[i + 1] = pivotY + pitchedY * near + move.y;
    moved[i + 2] = turnedZ;
  }
  return moved;
}

/** One point of a packed list. */
export function pointOf(points: ArrayLike<number>, index: number): Point {
  return [points[index * 3] as number, points[index * 3 + 1] as number, points[index * 3 + 2] as number];
}

function sine(degrees: number): [sine: number, cosine: number] {
  const angle = (degrees * Math.PI) / 180;
  return [Math.sin(angle), Math.cos(angle)];
}
