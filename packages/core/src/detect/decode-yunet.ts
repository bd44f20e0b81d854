/** YuNet, 2023mar: anchor-free face detector with five landmarks. */

import type { HostTensor } from '../ports/tensor.ts';
import { DetectionCollector, type Detections } from './detections.ts';
import { requireOutput } from './require-output.ts';

const STRIDES = [8, 16, 32] as const;

/**
 * Decodes the twelve outputs `cls_s`, `obj_s`, `bbox_s`, `kps_s` (s = 8, 16, 32), each `[1, H/s * W/s, C]`.
 * The score is `sqrt(cls * obj)`, both clamped to [0, 1].
 *
 * @returns Candidates with score >= `minScore`, in input pixels. Landmark order: right eye, left eye, nose tip, right and left mouth corner.
 * @throws {FaceError} `SHAPE_MISMATCH` if an output is missing or has another length.
 * @see Wu et al., "YuNet: A Tiny Millisecond-level Face Detector", Machine Intelligence Research 20, 2023; decoding as in OpenCV's FaceDetectorYN.
 */
export function decodeYunet(
  outputs: Readonly<Record<string, HostTensor>>,
  input: { readonly width: number; readonly height: number },
  minScore: number,
): Detections {
  const found = new DetectionCollector(5);
  for (const stride of STRIDES) {
    const columns = Math.floor(input.width / stride);
    const cells = columns * Math.floor(input.height / stride);
    const cls = requireOutput(outputs, `cls_${stride}`, cells);
    const obj = requireOutput(outputs, `obj_${stride}`, cells);
    const bbox = requireOutput(outputs, `bbox_${stride}`, cells * 4);
    const kps = requireOutput(outputs, `kps_${stride}`, cells * 10);
    const minProduct = minScore * minScore;
    for (let cell = 0; cell < cells; cell++) {
      const product = clampToUnit(cls[cell] as number) * clampToUnit(obj[cell] as number);
      // Not finite before clamping: a broken run, not a sure face.
      if (!(product >= minProduct) || !Number.isFinite((cls[cell] as number) + (obj[cell] as number))) continue;
      const column = cell % columns;
      const row = Math.floor(cell / columns);
      const width = Math.exp(bbox[cell * 4 + 2] as number) * stride;
      const height = Math.exp(bbox[cell * 4 + 3] as number) * stride;
      const centreX = (column + (bbox[cell * 4] as number)) * stride;
      const centreY = (row + (bbox[cell * 4 + 1] as number)) * stride;
      const points: number[] = [];
      for (let k = cell * 10; k < cell * 10 + 10; k += 2) {
        points.push((column + (kps[k] as number)) * stride, (row + (kps[k + 1] as number)) * stride);
      }
      found.add(Math.sqrt(product), centreX - width / 2, centreY - height / 2, width, height, points);
    }
  }
  return found.toDetections();
}

function clampToUnit(value: number): number {
  return Math.min(1, Math.max(0, value));
}
