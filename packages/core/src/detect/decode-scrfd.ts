/** SCRFD with key points: two anchors per cell, distances to the four sides of the box. */

import type { HostTensor } from '../ports/tensor.ts';
import { DetectionCollector, type Detections } from './detections.ts';
import { requireOutput } from './require-output.ts';

const STRIDES = [8, 16, 32] as const;
const ANCHORS = 2;

/**
 * Decodes nine outputs: scores, boxes and key points, each for strides 8, 16, 32, with C = 1, 4 and 10 values per anchor.
 * The published files name their outputs by graph position, so that they are told apart by their last dimension and length.
 *
 * @returns Candidates with score >= `minScore`, in input pixels. Landmark order: right eye, left eye, nose tip, right and left mouth corner.
 * @throws {FaceError} `SHAPE_MISMATCH` if an output is missing.
 * @see Guo et al., "Sample and Computation Redistribution for Efficient Face Detection", ICLR 2022.
 */
export function decodeScrfd(
  outputs: Readonly<Record<string, HostTensor>>,
  input: { readonly width: number; readonly height: number },
  minScore: number,
): Detections {
  const found = new DetectionCollector(5);
  for (const stride of STRIDES) {
    const columns = Math.floor(input.width / stride);
    const rows = columns * Math.floor(input.height / stride) * ANCHORS;
    const scores = requireByShape(outputs, rows, 1, stride);
    const boxes = requireByShape(outputs, rows, 4, stride);
    const points = requireByShape(outputs, rows, 10, stride);
    for (let row = 0; row < rows; row++) {
      const score = scores[row] as number;
      if (!(score >= minScore)) continue;
      const cell = Math.floor(row / ANCHORS);
      const centreX = (cell % columns) * stride;
      const centreY = Math.floor(cell / columns) * stride;
      const [left, top, right, bottom] = Array.from(boxes.subarray(row * 4, row * 4 + 4), (distance) => distance * stride) as [
        number,
        number,
        number,
        number,
      ];
      const landmarks = Array.from(
        points.subarray(row * 10, row * 10 + 10),
        (offset, k) => (k % 2 === 0 ? centreX : centreY) + offset * stride,
      );
      found.add(score, centreX - left, centreY - top, left + right, top + bottom, landmarks);
    }
  }
  return found.toDetections();
}

function requireByShape(outputs: Readonly<Record<string, HostTensor>>, rows: number, channels: number, stride: number): Float32Array {
  const entry = Object.entries(outputs).find(([, { dims, data }]) => dims.at(-1) === channels && data.length === rows * channels);
  return requireOutput(outputs, entry?.[0] ?? `stride ${stride}, ${channels} values per anchor`, rows * channels);
}
