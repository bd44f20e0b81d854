/** BlazeFace, "back" model: 896 anchors on a 256 x 256 input, six points per face. */

import type { HostTensor } from '../ports/tensor.ts';
import { DetectionCollector, type Detections } from './detections.ts';
import { requireOutput } from './require-output.ts';

/** Feature maps of the model: cells of `stride` input pixels, `anchors` boxes each. */
const MAPS = [
  { stride: 16, anchors: 2 },
  { stride: 32, anchors: 6 },
] as const;
const POINTS = 6;
const VALUES = 4 + POINTS * 2;

/**
 * Decodes `scores` `[1, 896, 1]` (logits) and `regressors` `[1, 896, 16]`.
 *
 * @returns Candidates with sigmoid score >= `minScore`, in input pixels. Points: right eye, left eye, nose tip, mouth centre, right ear, left ear.
 * @throws {FaceError} `SHAPE_MISMATCH` if an output is missing or has another length.
 * @see Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs", 2019.
 */
export function decodeBlazeface(
  outputs: Readonly<Record<string, HostTensor>>,
  input: { readonly width: number; readonly height: number },
  minScore: number,
): Detections {
  const rows = MAPS.reduce((sum, { stride, anchors }) => sum + (input.width / stride) * (input.height / stride) * anchors, 0);
  const scores = requireOutput(outputs, 'scores', rows);
  const regressors = requireOutput(outputs, 'regressors', rows * VALUES);
  const minLogit = Math.log(minScore / (1 - minScore));
  const found = new DetectionCollector(POINTS);
  let row = 0;
  for (const { stride, anchors } of MAPS) {
    const columns = input.width / stride;
    const cells = columns * (input.height / stride);
    for (let cell = 0; cell < cells; cell++) {
      const anchorX = stride * ((cell % columns) + 0.5);
      const anchorY = stride * (Math.floor(cell / columns) + 0.5);
      for (let anchor = 0; anchor < anchors; anchor++, row++) {
        const logit = scores[row] as number;
        if (!(logit >= minLogit && logit < Number.POSITIVE_INFINITY)) continue;
        const values = regressors.subarray(row * VALUES, (row + 1) * VALUES);
        const width = values[2] as number;
        const height = values[3] as number;
        const points: number[] = [];
        for (let k = 4; k < VALUES; k += 2) points.push((values[k] as number) + anchorX, (values[k + 1] as number) + anchorY);
        const x = (values[0] as number) + anchorX - width / 2;
        const y = (values[1] as number) + anchorY - height / 2;
        found.add(1 / (1 + Math.exp(-logit)), x, y, width, height, points);
      }
    }
  }
  return found.toDetections();
}
