/** From model-input pixels back to image pixels. */

import type { FitGeometry } from '../image/fit.ts';
import type { Detections } from './detections.ts';

/** Maps boxes and points through the inverse of the fit. */
export function mapDetections(detections: Detections, geometry: FitGeometry): Detections {
  const { scaleX, scaleY, originX, originY } = geometry;
  const boxes = detections.boxes.map((value, i) => {
    if (i % 4 === 0) return value * scaleX + originX;
    if (i % 4 === 1) return value * scaleY + originY;
    return value * (i % 4 === 2 ? scaleX : scaleY);
  });
  const points = detections.points.map((value, i) => (i % 2 === 0 ? value * scaleX + originX : value * scaleY + originY));
  return { ...detections, boxes, points };
}
