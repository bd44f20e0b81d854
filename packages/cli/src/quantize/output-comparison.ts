/** How far the outputs of two forms of one model are apart. */

import {
  computeCosineSimilarity,
  computeIou,
  type Detections,
  type DetectorManifest,
  decodeBlazeface,
  decodeScrfd,
  decodeUltraface,
  decodeYunet,
  type HostTensor,
  isFaceError,
  type ModelManifest,
  nonMaximumSuppression,
} from '@isoface/core';

/** Outputs of one run, by name. */
export type Outputs = Readonly<Record<string, HostTensor>>;

/** Differences over all inputs compared. */
export interface OutputDifferences {
  readonly inputs: number;
  /** Whether every number of the second form was finite. */
  readonly allFinite: boolean;
  /** Each output: largest difference, and the root of squared difference over squared value. */
  readonly outputs: readonly { readonly name: string; readonly maxAbsolute: number; readonly relative: number }[];
  /** Embedders: cosine between the two embeddings of the same face. */
  readonly cosine?: { readonly mean: number; readonly min: number } | undefined;
  /** Landmarkers: distance of the 68 points, pixels of the model's input. */
  readonly landmarks?: { readonly meanPixels: number; readonly maxPixels: number } | undefined;
  /** Detectors: faces found by the first form, and of them by the second; faces that only the second found; pixels of the model's input. */
  readonly detection?: DetectionDifferences | undefined;
}

/** What became of the faces. */
export interface DetectionDifferences {
  readonly faces: number;
  readonly foundAgain: number;
  readonly additional: number;
  readonly meanIou: number;
  readonly maxScoreDifference: number;
  /** Distance of the landmarks; absent for detectors without. */
  readonly meanLandmarkPixels?: number | undefined;
}

/** Adds up differences run by run; memory does not grow. */
export interface OutputComparison {
  /** @param dims - dimensions of the input of the run */
  add(reference: Outputs, actual: Outputs, dims: readonly number[]): void;
  finish(): OutputDifferences;
}

const DECODERS = { blazeface: decodeBlazeface, yunet: decodeYunet, scrfd: decodeScrfd, ultraface: decodeUltraface } as const;
/** Two boxes are of one face from this overlap on. */
const SAME_FACE_IOU = 0.5;

/** Starts a comparison of outputs that are read as the manifest says; outputs that it cannot read are compared as numbers alone. */
export function createOutputComparison(manifest: ModelManifest): OutputComparison {
  const sums = new Map<string, { difference: number; magnitude: number; maxAbsolute: number }>();
  const cosines: number[] = [];
  const distances: number[] = [];
  const detection = { faces: 0, foundAgain: 0, additional: 0, iou: 0, scoreDifference: 0, landmarkPixels: 0, landmarks: 0 };
  let isDecodable = true;
  let inputs = 0;
  let areFinite = true;

  const addNumbers = (name: string, reference: Float32Array, actual: Float32Array): void => {
    const sum = sums.get(name) ?? { difference: 0, magnitude: 0, maxAbsolute: 0 };
    for (let index = 0; index < reference.length; index += 1) {
      const expected = reference[index] ?? 0;
      const difference = Math.abs((actual[index] ?? Number.NaN) - expected);
      if (!Number.isFinite(difference)) areFinite = false;
      sum.maxAbsolute = Math.max(sum.maxAbsolute, difference);
      sum.difference += difference ** 2;
      sum.magnitude += expected ** 2;
    }
    sums.set(name, sum);
  };
  const addFaces = (detector: DetectorManifest, reference: Outputs, actual: Outputs, dims: readonly number[]): void => {
    const [height = 0, width = 0] = detector.input.layout === 'NCHW' ? dims.slice(2) : dims.slice(1);
    const expected = findFaces(detector, reference, { width, height });
    const found = findFaces(detector, actual, { width, height });
    const taken = new Set<FoundFace>();
    for (const face of expected) {
      const match = findBest(face, found, taken);
      detection.faces += 1;
      if (match === undefined) continue;
      taken.add(match);
      detection.foundAgain += 1;
      detection.iou += measureOverlap(face, match);
      detection.scoreDifference = Math.max(detection.scoreDifference, Math.abs(face.score - match.score));
      for (const [index, [x, y]] of face.points.entries()) {
        const [otherX, otherY] = match.points[index] ?? [Number.NaN, Number.NaN];
        detection.landmarkPixels += Math.hypot(x - otherX, y - otherY);
        detection.landmarks += 1;
      }
    }
    detection.additional += found.length - taken.size;
  };

  return {
    add(reference, actual, dims) {
      inputs += 1;
      for (const [name, { data }] of Object.entries(reference)) addNumbers(name, data, actual[name]?.data ?? new Float32Array(0));
      const [first] = Object.entries(reference);
      const output = manifest.task === 'embed' && reference[manifest.output] !== undefined ? manifest.output : (first?.[0] ?? '');
      const [expected, got] = [reference[output]?.data, actual[output]?.data];
      if (expected === undefined || got === undefined || !areFinite) return;
      if (manifest.task === 'embed') cosines.push(computeCosineSimilarity(expected, got));
      if (manifest.task === 'landmarks') distances.push(...pointDistances(expected, got, manifest.input.width));
      if (manifest.task !== 'detect' || !isDecodable) return;
      try {
        addFaces(manifest, reference, actual, dims);
      } catch (error) {
        if (!isFaceError(error, 'SHAPE_MISMATCH')) throw error;
        isDecodable = false;
      }
    },
    finish() {
      return {
        inputs,
        allFinite: areFinite,
        outputs: Array.from(sums, ([name, { difference, magnitude, maxAbsolute }]) => ({
          name,
          maxAbsolute,
          relative: magnitude === 0 ? Math.sqrt(difference) : Math.sqrt(difference / magnitude),
        })),
        cosine: cosines.length === 0 ? undefined : { mean: meanOf(cosines), min: Math.min(...cosines) },
        landmarks:
          distances.length === 0
            ? undefined
            : { meanPixels: meanOf(distances), maxPixels: distances.reduce((largest, value) => Math.max(largest, value), 0) },
        detection: manifest.task === 'detect' && isDecodable && areFinite ? summarizeDetection(detection) : undefined,
      };
    },
  };
}

interface FoundFace {
  /** x, y, width, height. */
  readonly box: readonly number[];
  readonly score: number;
  readonly points: readonly (readonly [x: number, y: number])[];
}

function findFaces(
  { decoder, minScore, nmsIou }: DetectorManifest,
  outputs: Outputs,
  size: { readonly width: number; readonly height: number },
): FoundFace[] {
  const detections: Detections = DECODERS[decoder](outputs, size, minScore);
  const { boxes, scores, points, pointsPerFace } = detections;
  return Array.from(nonMaximumSuppression(boxes, scores, nmsIou), (index) => {
    return {
      box: Array.from(boxes.subarray(index * 4, index * 4 + 4)),
      score: scores[index] ?? 0,
      points: Array.from({ length: pointsPerFace }, (_, point): readonly [number, number] => {
        const at = (index * pointsPerFace + point) * 2;
        return [points[at] ?? 0, points[at + 1] ?? 0];
      }),
    };
  });
}

function measureOverlap(a: FoundFace, b: FoundFace): number {
  return computeIou([...a.box, ...b.box], 0, 1);
}

function findBest(face: FoundFace, found: readonly FoundFace[], taken: ReadonlySet<FoundFace>): FoundFace | undefined {
  let best: FoundFace | undefined;
  let overlap = SAME_FACE_IOU;
  for (const candidate of found) {
    const iou = taken.has(candidate) ? 0 : measureOverlap(face, candidate);
    if (iou < overlap) continue;
    best = candidate;
    overlap = iou;
  }
  return best;
}

/** Landmarkers give x, y relative to the crop. */
function pointDistances(expected: Float32Array, got: Float32Array, side: number): number[] {
  return Array.from({ length: Math.floor(expected.length / 2) }, (_, point) => {
    const [x, y] = [point * 2, point * 2 + 1];
    return side * Math.hypot((expected[x] ?? 0) - (got[x] ?? 0), (expected[y] ?? 0) - (got[y] ?? 0));
  });
}

function summarizeDetection(sums: {
  faces: number;
  foundAgain: number;
  additional: number;
  iou: number;
  scoreDifference: number;
  landmarkPixels: number;
  landmarks: number;
}): DetectionDifferences {
  const { faces, foundAgain, additional, iou, scoreDifference, landmarkPixels, landmarks } = sums;
  return {
    faces,
    foundAgain,
    additional,
    meanIou: foundAgain === 0 ? 0 : iou / foundAgain,
    maxScoreDifference: scoreDifference,
    meanLandmarkPixels: landmarks === 0 ? undefined : landmarkPixels / landmarks,
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
