/** UltraFace RFB-320: boxes only, decoded inside the model. */

import type { HostTensor } from '../ports/tensor.ts';
import { DetectionCollector, type Detections } from './detections.ts';
import { requireOutput } from './require-output.ts';

/** Candidates that reach non-maximum suppression, as in the reference implementation. */
const MAX_CANDIDATES = 200;

/**
 * Decodes `scores` `[1, N, 2]` (background, face) and `boxes` `[1, N, 4]` (x1, y1, x2, y2 relative to the input).
 *
 * @returns The best candidates with score > `minScore`, in input pixels, without landmarks.
 * @throws {FaceError} `SHAPE_MISMATCH` if an output is missing or has another length.
 */
export function decodeUltraface(
  outputs: Readonly<Record<string, HostTensor>>,
  input: { readonly width: number; readonly height: number },
  minScore: number,
): Detections {
  const rows = (outputs['scores']?.data.length ?? 0) / 2;
  const scores = requireOutput(outputs, 'scores', rows * 2);
  const boxes = requireOutput(outputs, 'boxes', rows * 4);
  const faceScore = (row: number): number => scores[row * 2 + 1] as number;
  const candidates = Array.from({ length: rows }, (_, row) => row)
    .filter((row) => faceScore(row) > minScore)
    .sort((a, b) => faceScore(b) - faceScore(a) || a - b)
    .slice(0, MAX_CANDIDATES);
  const found = new DetectionCollector(0);
  for (const row of candidates) {
    const [x1, y1, x2, y2] = Array.from(boxes.subarray(row * 4, row * 4 + 4)) as [number, number, number, number];
    found.add(faceScore(row), x1 * input.width, y1 * input.height, (x2 - x1) * input.width, (y2 - y1) * input.height, []);
  }
  return found.toDetections();
}
