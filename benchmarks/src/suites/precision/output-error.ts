/** How far the outputs of a variant are from those of float32. */

import {
  computeCosineSimilarity,
  computeIou,
  type Detections,
  type DetectorManifest,
  decodeBlazeface,
  decodeScrfd,
  decodeUltraface,
  decodeYunet,
  type FitGeometry,
  type HostTensor,
  nonMaximumSuppression,
} from '@isoface/core';
import { medianOf, quantileOf } from '../../statistics.ts';
import type { ModelSample } from './model-samples.ts';
import type { MeasuredManifest, OutputError } from './precision-piece.ts';

/** Outputs of one run by name. */
export type Outputs = Readonly<Record<string, HostTensor>>;

const DECODERS = { blazeface: decodeBlazeface, yunet: decodeYunet, scrfd: decodeScrfd, ultraface: decodeUltraface } as const;
/** Two boxes that overlap by less are not the same face. */
const SAME_FACE_IOU = 0.5;

/**
 * Compares the outputs for the same inputs.
 *
 * @param samples - The inputs, in the order of the outputs.
 * @param reference - What float32 gives.
 * @returns `undefined` where there is nothing to compare: no inputs, or no faces in them.
 */
export function computeOutputError(
  manifest: MeasuredManifest,
  samples: readonly ModelSample[],
  reference: readonly Outputs[],
  outputs: readonly Outputs[],
): OutputError | undefined {
  if (samples.length === 0) return undefined;
  if (manifest.task === 'embed') return compareEmbedded(manifest.output, reference, outputs);
  return manifest.task === 'landmarks'
    ? compareLandmarks(samples, reference, outputs)
    : compareDetected(manifest, samples, reference, outputs);
}

function compareEmbedded(output: string, reference: readonly Outputs[], outputs: readonly Outputs[]): OutputError {
  const cosines = reference.map((expected, i) => computeCosineSimilarity(valuesOf(expected, output), valuesOf(outputs[i], output)));
  return { kind: 'cosine', faces: cosines.length, median: medianOf(cosines), lowest: Math.min(...cosines) };
}

function compareLandmarks(samples: readonly ModelSample[], reference: readonly Outputs[], outputs: readonly Outputs[]): OutputError {
  const shifts = reference.map((expected, i) => {
    const unit = samples[i]?.unitPx ?? 1;
    return meanShift(valuesOf(expected, 'landmarks'), valuesOf(outputs[i], 'landmarks'), unit, unit);
  });
  return { kind: 'shift', faces: shifts.length, lost: 0, extra: 0, medianPx: medianOf(shifts), p95Px: quantileOf(shifts, 0.95) };
}

function compareDetected(
  manifest: DetectorManifest,
  samples: readonly ModelSample[],
  reference: readonly Outputs[],
  outputs: readonly Outputs[],
): OutputError | undefined {
  const shifts: number[] = [];
  let faces = 0;
  let found = 0;
  for (const [i, { geometry }] of samples.entries()) {
    if (geometry === undefined) continue;
    const expected = decode(manifest, reference[i] ?? {}, geometry);
    const actual = decode(manifest, outputs[i] ?? {}, geometry);
    faces += expected.count;
    found += actual.count;
    for (const [a, b] of matchFaces(expected, actual)) {
      shifts.push(meanShift(pointsOf(expected, a), pointsOf(actual, b), geometry.scaleX, geometry.scaleY));
    }
  }
  if (faces === 0) return undefined;
  const counts = { faces, lost: faces - shifts.length, extra: found - shifts.length };
  if (shifts.length === 0) return { kind: 'shift', ...counts };
  return { kind: 'shift', ...counts, medianPx: medianOf(shifts), p95Px: quantileOf(shifts, 0.95) };
}

function decode({ decoder, minScore, nmsIou }: DetectorManifest, outputs: Outputs, { inputWidth, inputHeight }: FitGeometry): Detections {
  const candidates = DECODERS[decoder](outputs, { width: inputWidth, height: inputHeight }, minScore);
  const kept = nonMaximumSuppression(candidates.boxes, candidates.scores, nmsIou);
  const pick = (values: Float32Array, stride: number): Float32Array =>
    Float32Array.from(kept.flatMap((index) => Array.from(values.subarray(index * stride, (index + 1) * stride))));
  return {
    count: kept.length,
    boxes: pick(candidates.boxes, 4),
    scores: pick(candidates.scores, 1),
    pointsPerFace: candidates.pointsPerFace,
    points: pick(candidates.points, 2 * candidates.pointsPerFace),
  };
}

/** Each expected face with the one that overlaps it most; no face is taken twice. */
function matchFaces(expected: Detections, actual: Detections): [number, number][] {
  const free = new Set(Array.from({ length: actual.count }, (_, i) => i));
  const matches: [number, number][] = [];
  const boxes = [...expected.boxes, ...actual.boxes];
  for (let a = 0; a < expected.count; a++) {
    let best = -1;
    let bestIou = SAME_FACE_IOU;
    for (const b of free) {
      const iou = computeIou(boxes, a, expected.count + b);
      if (iou < bestIou) continue;
      best = b;
      bestIou = iou;
    }
    if (best < 0) continue;
    free.delete(best);
    matches.push([a, best]);
  }
  return matches;
}

function pointsOf(detections: Detections, index: number): ArrayLike<number> {
  const stride = 2 * detections.pointsPerFace;
  if (stride > 0) return detections.points.subarray(index * stride, (index + 1) * stride);
  const [x, y, width, height] = Array.from(detections.boxes.subarray(index * 4, index * 4 + 4)) as [number, number, number, number];
  return [x, y, x + width, y, x, y + height, x + width, y + height];
}

/** Mean distance between the points of both lists of x, y pairs. */
function meanShift(a: ArrayLike<number>, b: ArrayLike<number>, scaleX: number, scaleY: number): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 2) {
    sum += Math.hypot(((a[i] as number) - (b[i] as number)) * scaleX, ((a[i + 1] as number) - (b[i + 1] as number)) * scaleY);
  }
  return sum / (a.length / 2);
}

function valuesOf(outputs: Outputs | undefined, name: string): Float32Array {
  const tensor = outputs?.[name];
  if (tensor === undefined) throw new Error(`Expected an output "${name}", got ${Object.keys(outputs ?? {}).join(', ') || 'none'}.`);
  return tensor.data;
}
