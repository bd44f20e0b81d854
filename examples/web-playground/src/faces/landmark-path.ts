/** Landmarks as one SVG path: a dot is a line of no length with round ends. One element instead of 68 per face. */

import type { Point } from 'isoface';

/** The path data. */
export function toLandmarkPath(points: readonly Point[]): string {
  return points.map(({ x, y }) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join('');
}
