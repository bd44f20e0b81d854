/** Where an upright face comes to lie on a square crop. */

import type { Point } from 'isoface';

/** Side of the crop, pixels. */
export const CROP_SIDE = 112;

/**
 * Eyes, nose and mouth corners on the crop. From Deng et al., "ArcFace: Additive Angular Margin Loss for Deep Face Recognition", CVPR 2019,
 * reference implementation.
 */
const TARGET: readonly Point[] = [
  { x: 38.2946, y: 51.6963 },
  { x: 73.5318, y: 51.5014 },
  { x: 56.0252, y: 71.7366 },
  { x: 41.5493, y: 92.3655 },
  { x: 70.7299, y: 92.2041 },
];

/** An affine map as a canvas takes it: x' = a x + c y + e, y' = b x + d y + f. */
export interface CanvasTransform {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

/**
 * The rotation, scale and shift that bring five landmarks closest to their places on the crop (least squares).
 *
 * @param landmarks - Right eye, left eye, nose tip, right and left mouth corner, pixels of the image.
 * @returns `undefined` if there are not five, or they coincide.
 */
export function computeCropTransform(landmarks: readonly Point[]): CanvasTransform | undefined {
  if (landmarks.length !== TARGET.length) return undefined;
  const from = meanOf(landmarks);
  const to = meanOf(TARGET);
  let parallel = 0;
  let crossed = 0;
  let spread = 0;
  for (const [i, point] of landmarks.entries()) {
    const target = TARGET[i] ?? to;
    const [x, y] = [point.x - from.x, point.y - from.y];
    const [u, v] = [target.x - to.x, target.y - to.y];
    parallel += x * u + y * v;
    crossed += x * v - y * u;
    spread += x * x + y * y;
  }
  const a = parallel / spread;
  const b = crossed / spread;
  if (!Number.isFinite(a) || !Number.isFinite(b) || Math.hypot(a, b) < 1e-9) return undefined;
  return { a, b, c: -b, d: a, e: to.x - a * from.x + b * from.y, f: to.y - b * from.x - a * from.y };
}

function meanOf(points: readonly Point[]): Point {
  const sum = points.reduce((total, { x, y }) => ({ x: total.x + x, y: total.y + y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}
