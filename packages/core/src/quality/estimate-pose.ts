/** Head pose from five landmarks. */

/** Rotation of the head, degrees; 0, 0, 0 looks into the camera. */
export interface Pose {
  /** Positive when the nose points to the right of the image. */
  readonly yawDegrees: number;
  /** Positive when the nose points up. */
  readonly pitchDegrees: number;
  /** Positive when the eye at the right of the image is the lower one (clockwise in the image). */
  readonly rollDegrees: number;
}

/**
 * A neutral face in millimetres: x to the right of the image, y down, z towards the camera, origin between the eyes.
 * Adult averages after Farkas, "Anthropometry of the Head and Face", 1994: pupils 63 mm apart, mouth 50 mm wide; depths are rounded means of
 * published generic head models. Good to about ten degrees: enough to tell frontal from turned, not a head tracker.
 */
const MODEL: readonly (readonly [number, number, number])[] = [
  [-31.5, 0, 0],
  [31.5, 0, 0],
  [0, 40, 24],
  [-25, 70, 3],
  [25, 70, 3],
];

/**
 * Estimates the pose under weak perspective: the 2x3 matrix that projects the model onto the landmarks best, made a scaled rotation.
 *
 * @param landmarks - Right eye, left eye, nose tip, right and left mouth corner; shape [5, 2], image pixels.
 * @returns `undefined` for landmarks that coincide or are not finite: they show no pose.
 * @see DeMenthon and Davis, "Model-based object pose in 25 lines of code", IJCV 15, 1995 (the first iteration, POS).
 */
export function estimatePose(landmarks: ArrayLike<number>): Pose | undefined {
  const [rowX, rowY] = fitProjection(landmarks);
  const scale = (Math.hypot(...rowX) + Math.hypot(...rowY)) / 2;
  if (!(scale > 1e-9 && Number.isFinite(scale))) return undefined;
  // Rows of the rotation: e1 and e2 span the image plane; the two fitted rows are only nearly orthogonal, so both are corrected alike.
  const [e1, e2] = orthonormalize(rowX, rowY);
  const e3 = cross(e1, e2);
  // The face looks along model +z; in camera axes its direction is the third column of the rotation.
  const direction = [e1[2], e2[2], e3[2]] as const;
  const degrees = (radians: number): number => (radians * 180) / Math.PI;
  return {
    yawDegrees: degrees(Math.atan2(direction[0], direction[2])),
    pitchDegrees: degrees(Math.asin(Math.min(1, Math.max(-1, -direction[1])))),
    rollDegrees: degrees(
      Math.atan2((landmarks[3] as number) - (landmarks[1] as number), (landmarks[2] as number) - (landmarks[0] as number)),
    ),
  };
}

type Vector3 = readonly [number, number, number];

/** Least squares of both image coordinates over the centred model points. */
function fitProjection(landmarks: ArrayLike<number>): [Vector3, Vector3] {
  const count = MODEL.length;
  const modelMean = [0, 1, 2].map((axis) => MODEL.reduce((sum, point) => sum + (point[axis] as number), 0) / count);
  const centred = MODEL.map((point) => point.map((value, axis) => value - (modelMean[axis] as number)) as unknown as Vector3);
  const imageMean = [0, 1].map((axis) => MODEL.reduce((sum, _, i) => sum + (landmarks[i * 2 + axis] as number), 0) / count);
  const product = (a: number, b: number): number => centred.reduce((sum, p) => sum + (p[a] as number) * (p[b] as number), 0);
  const normal = [0, 1, 2].map((a) => [0, 1, 2].map((b) => product(a, b)) as unknown as Vector3) as unknown as [Vector3, Vector3, Vector3];
  const right = [0, 1].map(
    (axis) =>
      [0, 1, 2].map((a) =>
        centred.reduce((sum, p, i) => sum + (p[a] as number) * ((landmarks[i * 2 + axis] as number) - (imageMean[axis] as number)), 0),
      ) as unknown as Vector3,
  );
  return [solve3(normal, right[0] as Vector3), solve3(normal, right[1] as Vector3)];
}

/** Cramer's rule for a symmetric 3x3 system. */
function solve3([a, b, c]: readonly [Vector3, Vector3, Vector3], r: Vector3): Vector3 {
  const determinant = dot(a, cross(b, c));
  const x = dot(r, cross(b, c)) / determinant;
  const y = dot(a, cross(r, c)) / determinant;
  const z = dot(a, cross(b, r)) / determinant;
  return [x, y, z];
}

/** The two orthonormal vectors that lie symmetrically about `a` and `b` and closest to them. */
function orthonormalize(a: Vector3, b: Vector3): [Vector3, Vector3] {
  const u = normalize(a);
  const v = normalize(b);
  const sum = normalize([u[0] + v[0], u[1] + v[1], u[2] + v[2]]);
  const difference = normalize([u[0] - v[0], u[1] - v[1], u[2] - v[2]]);
  const combine = (sign: 1 | -1): Vector3 => [
    (sum[0] + sign * difference[0]) * Math.SQRT1_2,
    (sum[1] + sign * difference[1]) * Math.SQRT1_2,
    (sum[2] + sign * difference[2]) * Math.SQRT1_2,
  ];
  return [combine(1), combine(-1)];
}

function normalize(v: Vector3): Vector3 {
  const length = Math.hypot(...v) || 1;
  return [v[0] / length, v[1] / length, v[2] / length];
}

function dot(a: Vector3, b: Vector3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
