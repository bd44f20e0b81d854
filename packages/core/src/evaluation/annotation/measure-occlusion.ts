/** What is measured of a face to tell whether something covers it. No verdict here: see `estimateOcclusion`. */

import { FACE_OVAL, type FacePatch, isInFaceOval, PATCH_SIDE } from './face-patch.ts';

/** Parts of the face that are looked at, in the order of the figures. Right and left are the subject's. */
export const FACE_REGIONS = ['forehead', 'rightEye', 'leftEye', 'nose', 'rightCheek', 'leftCheek', 'mouth', 'chin'] as const;
/** A part of the face. */
export type FaceRegion = (typeof FACE_REGIONS)[number];

/** x, y, width, height on the patch, pixels. Pairs are mirror images of each other about the middle. */
const RECTANGLES: Readonly<Record<FaceRegion, readonly [number, number, number, number]>> = {
  forehead: [28, 10, 40, 16],
  rightEye: [20, 32, 24, 16],
  leftEye: [52, 32, 24, 16],
  nose: [40, 42, 16, 24],
  rightCheek: [17, 54, 18, 16],
  leftCheek: [61, 54, 18, 16],
  mouth: [32, 68, 32, 14],
  chin: [34, 82, 28, 11],
};
/** Where the mirror image of a region stands. */
const MIRRORED_ORDER = [0, 2, 1, 3, 5, 4, 6, 7] as const;

/** How far five landmarks of different origin lie apart, in distances between the eyes. */
export interface LandmarkDisagreement {
  /** Mean and largest distance of the detector's landmarks from those of the 68-point network. */
  readonly fromDetectorMean: number;
  readonly fromDetectorMax: number;
  /** Between the 68-point network's answers for the face and for its mirror image: all five, the eyes, the mouth corners. */
  readonly fromMirrorMean: number;
  readonly fromMirrorMax: number;
  readonly fromMirrorEyes: number;
  readonly fromMirrorMouth: number;
}

/** The same for the 468-point mesh, with its own opinion whether this is a face at all. */
export interface MeshDisagreement {
  readonly fromDetectorMean: number;
  readonly fromDetectorMax: number;
  readonly fromLandmarks68Mean: number;
  /** In [0, 1]. */
  readonly faceFlag: number;
}

/** Everything that was measured of one face: plain data. */
export interface OcclusionFigures {
  /** Shape [8, 7]: a row for each of {@link FACE_REGIONS}, of the face as it is or mirrored so that its nose points to the right. */
  readonly regions: readonly (readonly number[])[];
  /** Whether `regions` are those of the mirror image. */
  readonly isMirrored: boolean;
  /** Share of the face oval beyond the edge of the image, in [0, 1]. */
  readonly outsideShare: number;
  /** Size of the yaw, degrees; 0 where it is not known. */
  readonly yawDegrees: number;
  /** Absent without a 68-point network. */
  readonly landmarks?: LandmarkDisagreement | undefined;
  /** Absent without the mesh. */
  readonly mesh?: MeshDisagreement | undefined;
}

/** Five landmarks of a face by other networks than the detector; shape [5, 2], image pixels. */
export interface SecondOpinions {
  /** Of the 68-point network, for the face and for its mirror image (mapped back). */
  readonly landmarks68?: { readonly straight: ArrayLike<number>; readonly mirrored: ArrayLike<number> } | undefined;
  /** Of the 468-point mesh. */
  readonly mesh?: { readonly landmarks: ArrayLike<number>; readonly faceFlag: number } | undefined;
}

/**
 * Measures a face.
 *
 * @param face - What the detector gave: landmarks of shape [5, 2] and the size of the box, image pixels; yaw in degrees where known.
 */
export function measureOcclusion(
  patch: FacePatch,
  face: { readonly landmarks?: ArrayLike<number> | undefined; readonly boxSize: number; readonly yawDegrees?: number | undefined },
  opinions: SecondOpinions = {},
): OcclusionFigures {
  const yaw = face.yawDegrees ?? 0;
  const isMirrored = yaw < 0;
  const regions = measureRegions(patch);
  const { landmarks68, mesh } = opinions;
  const own = face.landmarks;
  // A face from the side has its eyes close together: the box keeps the unit from shrinking with them.
  const unit = own === undefined ? 0 : Math.max(distance(own, own, 0, 1), face.boxSize / 4);
  return {
    regions: isMirrored ? MIRRORED_ORDER.map((index) => regions[index] as number[]) : regions,
    isMirrored,
    outsideShare: measureOutsideShare(patch),
    yawDegrees: Math.abs(yaw),
    landmarks: own && landmarks68 && compareLandmarks(own, landmarks68, unit),
    mesh: own && landmarks68 && mesh && compareMesh(own, landmarks68, mesh, unit),
  };
}

/**
 * Measures the regions of a patch, each relative to the others of the same face, so that neither skin colour nor exposure counts:
 * luminance (log ratio to the median region), texture (log gradient energy), direction of edges (log ratio), contrast (log variance), two
 * chromaticities (difference to the median region), likeness to the mirrored region opposite (correlation).
 *
 * @returns Shape [8, 7].
 */
function measureRegions(patch: FacePatch): number[][] {
  const raw = FACE_REGIONS.map((region) => describeRegion(patch, RECTANGLES[region]));
  const column = (pick: (region: RawRegion) => number): number[] => raw.map(pick);
  const luminances = column(({ luminance }) => Math.log(luminance + 8));
  const textures = column(({ energyX, energyY }) => Math.log(energyX + energyY + 2));
  const contrasts = column(({ variance }) => Math.log(variance + 3));
  const reds = column(({ redness }) => redness);
  const blues = column(({ blueness }) => blueness);
  const columns = [
    relativeTo(median(luminances), luminances),
    relativeTo(mean(textures), textures),
    column(({ energyX, energyY }) => Math.log((energyY + 1) / (energyX + 1))),
    relativeTo(mean(contrasts), contrasts),
    relativeTo(median(reds), reds),
    relativeTo(median(blues), blues),
    column(({ symmetry }) => symmetry),
  ];
  return raw.map((_, region) => columns.map((values) => values[region] as number));
}

interface RawRegion {
  readonly luminance: number;
  readonly variance: number;
  readonly energyX: number;
  readonly energyY: number;
  readonly redness: number;
  readonly blueness: number;
  readonly symmetry: number;
}

function describeRegion({ luminance, rgb }: FacePatch, [x, y, width, height]: readonly [number, number, number, number]): RawRegion {
  const plane = PATCH_SIDE * PATCH_SIDE;
  const count = width * height;
  const opposite = (column: number): number => PATCH_SIDE - 1 - column;
  let sum = 0;
  let squares = 0;
  let sumOpposite = 0;
  let squaresOpposite = 0;
  let products = 0;
  let energyX = 0;
  let energyY = 0;
  const colors = [0, 0, 0];
  for (let row = y; row < y + height; row++) {
    for (let column = x; column < x + width; column++) {
      const i = row * PATCH_SIDE + column;
      const value = luminance[i] as number;
      const other = luminance[row * PATCH_SIDE + opposite(column)] as number;
      sum += value;
      squares += value * value;
      sumOpposite += other;
      squaresOpposite += other * other;
      products += value * other;
      energyX += (((luminance[i + 1] as number) - (luminance[i - 1] as number)) / 2) ** 2;
      energyY += (((luminance[i + PATCH_SIDE] as number) - (luminance[i - PATCH_SIDE] as number)) / 2) ** 2;
      for (let k = 0; k < 3; k++) colors[k] = (colors[k] as number) + (rgb[k * plane + i] as number) / count;
    }
  }
  const [red = 0, green = 0, blue = 0] = colors;
  const level = sum / count;
  const levelOpposite = sumOpposite / count;
  const variance = Math.max(0, squares / count - level * level);
  const varianceOpposite = Math.max(0, squaresOpposite / count - levelOpposite * levelOpposite);
  // Constants of a few grey levels keep plain regions from being judged by their noise.
  const total = (red + green + blue + 12) / 3;
  return {
    luminance: level,
    variance,
    energyX: energyX / count,
    energyY: energyY / count,
    redness: (red - green) / total,
    blueness: (blue - (red + green) / 2) / total,
    symmetry: (products / count - level * levelOpposite + 4) / (Math.sqrt(variance * varianceOpposite) + 4),
  };
}

function measureOutsideShare({ inside }: FacePatch): number {
  let total = 0;
  let outside = 0;
  for (let y = Math.floor(FACE_OVAL.y - FACE_OVAL.radiusY); y < PATCH_SIDE; y++) {
    for (let x = 0; x < PATCH_SIDE; x++) {
      if (!isInFaceOval(x, y)) continue;
      total++;
      if (inside[y * PATCH_SIDE + x] === 0) outside++;
    }
  }
  return outside / total;
}

function compareLandmarks(
  own: ArrayLike<number>,
  { straight, mirrored }: NonNullable<SecondOpinions['landmarks68']>,
  unit: number,
): LandmarkDisagreement {
  const middle = averageOf(straight, mirrored);
  const fromDetector = distances(own, middle, unit);
  const fromMirror = distances(straight, mirrored, unit);
  return {
    fromDetectorMean: mean(fromDetector),
    fromDetectorMax: Math.max(...fromDetector),
    fromMirrorMean: mean(fromMirror),
    fromMirrorMax: Math.max(...fromMirror),
    fromMirrorEyes: mean(fromMirror.slice(0, 2)),
    fromMirrorMouth: mean(fromMirror.slice(3)),
  };
}

function compareMesh(
  own: ArrayLike<number>,
  { straight, mirrored }: NonNullable<SecondOpinions['landmarks68']>,
  { landmarks, faceFlag }: NonNullable<SecondOpinions['mesh']>,
  unit: number,
): MeshDisagreement {
  const fromDetector = distances(own, landmarks, unit);
  return {
    fromDetectorMean: mean(fromDetector),
    fromDetectorMax: Math.max(...fromDetector),
    fromLandmarks68Mean: mean(distances(averageOf(straight, mirrored), landmarks, unit)),
    faceFlag,
  };
}

function distances(a: ArrayLike<number>, b: ArrayLike<number>, unit: number): number[] {
  return [0, 1, 2, 3, 4].map((point) => distance(a, b, point, point) / unit);
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>, i: number, j: number): number {
  return Math.hypot((a[i * 2] as number) - (b[j * 2] as number), (a[i * 2 + 1] as number) - (b[j * 2 + 1] as number));
}

function averageOf(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  return Array.from(a, (value, i) => (value + (b[i] as number)) / 2);
}

function relativeTo(reference: number, values: readonly number[]): number[] {
  return values.map((value) => value - reference);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
}
