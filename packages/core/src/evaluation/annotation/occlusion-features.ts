/** From what was measured of a face to the few numbers that are weighed: how unlike an uncovered face it is. */

import { FACE_REGIONS, type FaceRegion, type OcclusionFigures } from './measure-occlusion.ts';

/** What uncovered faces look like, by yaw. */
export interface RegionNorms {
  /** Yaws, degrees, growing; between them norms are interpolated. */
  readonly yawDegrees: readonly number[];
  /** Centre of each figure: shape [yaws, 8, 7]. */
  readonly centres: readonly (readonly (readonly number[])[])[];
  /** Spread of each figure, same shape; all positive. */
  readonly spreads: readonly (readonly (readonly number[])[])[];
}

/** A figure further off than this counts as this far: one region gone wild must not decide alone. */
const MAX_DEVIATION = 5;
const REDNESS = 4;
const BLUENESS = 5;

/**
 * How far each figure of each region is from that of uncovered faces, in spreads, at most 5; shape [8, 7].
 */
export function computeDeviations({ regions, yawDegrees }: OcclusionFigures, norms: RegionNorms): number[][] {
  const [below, above, share] = locate(yawDegrees, norms.yawDegrees);
  const at = (table: RegionNorms['centres'], region: number, figure: number): number => {
    const low = table[below]?.[region]?.[figure] as number;
    return low + ((table[above]?.[region]?.[figure] as number) - low) * share;
  };
  return regions.map((figures, region) =>
    figures.map((value, figure) =>
      Math.min(MAX_DEVIATION, Math.abs(value - at(norms.centres, region, figure)) / at(norms.spreads, region, figure)),
    ),
  );
}

/** Root mean square deviation of each region of the face as it is, not mirrored. */
export function summarizeRegions({ isMirrored }: OcclusionFigures, deviations: readonly (readonly number[])[]): Record<FaceRegion, number> {
  const opposite = (region: FaceRegion): FaceRegion =>
    region.startsWith('right')
      ? (region.replace('right', 'left') as FaceRegion)
      : region.startsWith('left')
        ? (region.replace('left', 'right') as FaceRegion)
        : region;
  const entries = FACE_REGIONS.map((region) => {
    const row = deviations[FACE_REGIONS.indexOf(isMirrored ? opposite(region) : region)] as readonly number[];
    return [region, rootMeanSquare(row)] as const;
  });
  return Object.fromEntries(entries) as Record<FaceRegion, number>;
}

/** Which evidence a set of weights is for. */
export type OcclusionBasis = 'patch' | 'patch+landmarks68' | 'patch+landmarks68+mesh';

/** All the evidence there is. */
export function selectBasis({ landmarks, mesh }: OcclusionFigures): OcclusionBasis {
  if (landmarks === undefined) return 'patch';
  return mesh === undefined ? 'patch+landmarks68' : 'patch+landmarks68+mesh';
}

/** Names of the features of a basis, in order. */
export function featureNames(basis: OcclusionBasis): readonly string[] {
  const patch = [...PATCH_NAMES];
  if (basis === 'patch') return patch;
  return basis === 'patch+landmarks68' ? [...patch, ...LANDMARK_NAMES] : [...patch, ...LANDMARK_NAMES, ...MESH_NAMES];
}

const PATCH_NAMES = [
  'colour, most unusual region',
  'colour, second',
  'colour, fourth',
  'most unusual region',
  'second',
  'third',
  'fourth',
  'mean of regions',
  'share outside',
  'yaw',
  'mean of regions x yaw',
];
const LANDMARK_NAMES = [
  'detector to landmarks68',
  'mirrored to straight, mean',
  'mirrored to straight, largest',
  'mirrored to straight, largest x yaw',
];
const MESH_NAMES = ['mesh to landmarks68', 'log odds of no face', 'log odds of no face x yaw'];

/** The features of a basis, in the order of {@link featureNames}. */
export function toOcclusionFeatures(figures: OcclusionFigures, norms: RegionNorms, basis: OcclusionBasis): number[] {
  const deviations = computeDeviations(figures, norms);
  const turned = Math.min(1, figures.yawDegrees / 60);
  const features: number[] = [];
  const colours = descending(deviations.map((row) => Math.hypot(row[REDNESS] as number, row[BLUENESS] as number)));
  features.push(colours[0] as number, colours[1] as number, colours[3] as number);
  const regions = descending(deviations.map(rootMeanSquare));
  features.push(...regions.slice(0, 4), mean(regions), figures.outsideShare, turned, mean(regions) * turned);
  if (basis === 'patch') return features;
  const { landmarks, mesh } = figures;
  if (landmarks === undefined) return features;
  // Logarithms: a landmark that is lost altogether says little more than one that is far off.
  const spread = (value: number): number => Math.log(value + 0.02);
  const farthest = spread(landmarks.fromMirrorMax);
  features.push(spread(landmarks.fromDetectorMean), spread(landmarks.fromMirrorMean), farthest, farthest * turned);
  if (basis === 'patch+landmarks68' || mesh === undefined) return features;
  const flag = Math.min(1 - 1e-4, Math.max(1e-4, mesh.faceFlag));
  const noFace = Math.log((1 - flag) / flag);
  features.push(spread(mesh.fromLandmarks68Mean), noFace, noFace * turned);
  return features;
}

function locate(yaw: number, knots: readonly number[]): [number, number, number] {
  const above = knots.findIndex((knot) => yaw <= knot);
  if (above === 0) return [0, 0, 0];
  if (above < 0) return [knots.length - 1, knots.length - 1, 0];
  const [low, high] = [knots[above - 1] as number, knots[above] as number];
  return [above - 1, above, (yaw - low) / (high - low)];
}

function descending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => b - a);
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(mean(values.map((value) => value * value)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
