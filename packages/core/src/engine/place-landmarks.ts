/** Stage align, first half: from detections to faces with landmarks. */

import type { Detections } from '../detect/detections.ts';
import { requireOutput } from '../detect/require-output.ts';
import { FaceError } from '../errors/face-error.ts';
import type { FrameImage } from '../image/rgba-image.ts';
import { decodeIbug68, IBUG68_COUNT, toFiveLandmarks } from '../landmarks/ibug68.ts';
import { computeUprightCrop } from '../landmarks/upright-crop.ts';
import type { LandmarkerManifest } from '../ports/model-manifest.ts';
import type { Preprocessor } from '../ports/preprocessor.ts';
import type { FrameFace } from './frame-face.ts';
import { batchSizeOf, type OpenModel, runModel } from './run-model.ts';

/** Points per face of detectors whose points are already the five common landmarks. */
const FIVE_LANDMARKS = 5;

/**
 * Gives faces their landmarks: the detector's own five, and the 68 of the landmark model where the pack has one (then the five come from these).
 *
 * @returns Faces in image pixels, in the order of `detections`.
 * @throws {FaceError} `SHAPE_MISMATCH`; `DEGENERATE_LANDMARKS` if the landmark model gives numbers that are not finite, as a broken GPU does.
 */
export async function placeLandmarks(
  image: FrameImage,
  detections: Detections,
  landmarker: OpenModel<LandmarkerManifest> | undefined,
  preprocessor: Preprocessor,
  signal?: AbortSignal,
): Promise<FrameFace[]> {
  const faces = Array.from({ length: detections.count }, (_, index) => toFrameFace(detections, index));
  if (landmarker === undefined || faces.length === 0) return faces;
  const { input } = landmarker.manifest;
  const transforms = faces.map(({ box }, index) => {
    const at = index * detections.pointsPerFace * 2;
    const [x1, y1, x2, y2] =
      detections.pointsPerFace >= 2
        ? (Array.from(detections.points.subarray(at, at + 4)) as [number, number, number, number])
        : [0, 0, 1, 0];
    return computeUprightCrop(box, [x1, y1], [x2, y2], input.width);
  });
  const placed: FrameFace[] = [];
  const batchSize = batchSizeOf(input);
  for (let start = 0; start < faces.length; start += batchSize) {
    const batch = transforms.slice(start, start + batchSize);
    signal?.throwIfAborted();
    const outputs = await runModel(landmarker, await preprocessor.warp(image, batch, input), signal);
    const values = requireOutput(outputs, 'landmarks', batch.length * IBUG68_COUNT * 2);
    assertFinite(values, landmarker.manifest.id);
    for (const [position, transform] of batch.entries()) {
      const relative = values.subarray(position * IBUG68_COUNT * 2, (position + 1) * IBUG68_COUNT * 2);
      const landmarks68 = decodeIbug68(relative, transform, input.width);
      placed.push({ ...(faces[start + position] as FrameFace), landmarks68, landmarks: toFiveLandmarks(landmarks68) });
    }
  }
  return placed;
}

function assertFinite(values: Float32Array, model: string): void {
  if (values.every(Number.isFinite)) return;
  throw new FaceError(
    'DEGENERATE_LANDMARKS',
    `Expected finite landmarks from ${model}, got NaN or Infinity; try another execution provider.`,
    {
      model,
    },
  );
}

function toFrameFace(detections: Detections, index: number): FrameFace {
  const [x, y, width, height] = Array.from(detections.boxes.subarray(index * 4, index * 4 + 4)) as [number, number, number, number];
  const { pointsPerFace, points } = detections;
  const landmarks = pointsPerFace === FIVE_LANDMARKS ? points.slice(index * 10, index * 10 + 10) : undefined;
  return { box: { x, y, width, height }, score: detections.scores[index] as number, landmarks };
}
