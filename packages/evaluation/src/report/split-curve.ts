/** Which parts of a curve an axis can show. */

import type { PixelPoint } from './thin-line.ts';

/** A point of a curve in the picture. */
export interface PlacedPoint {
  readonly point: PixelPoint;
  /** True where an axis cannot show it, so that it stands at the end of that axis. */
  readonly beyond: boolean;
}

/** A part of a curve that is drawn in one way. Neighbours share their points. */
export interface Stretch {
  readonly points: readonly PixelPoint[];
  /** True where the line goes to or between points that an axis cannot show. */
  readonly beyond: boolean;
  /** Where it meets what can be shown: a point at the end of an axis, and its neighbour. */
  readonly exits: readonly Exit[];
}

/** A place at which a curve leaves or enters what the axes can show. */
export interface Exit {
  /** At the end of an axis. */
  readonly end: PixelPoint;
  /** The point that can be shown; `undefined` for a curve that starts at the end of an axis. */
  readonly neighbour: PixelPoint | undefined;
}

/** Splits a curve at its gaps (`undefined`) and where it leaves or enters what the axes can show. */
export function splitCurve(places: readonly (PlacedPoint | undefined)[]): readonly Stretch[] {
  const stretches: { points: PixelPoint[]; beyond: boolean; exits: Exit[] }[] = [];
  let previous: PlacedPoint | undefined;
  for (const place of places) {
    if (place !== undefined) {
      const beyond = place.beyond || previous?.beyond === true;
      const current = stretches.at(-1);
      // A stretch of one point has not been a line yet: the next point decides what it is.
      const isOpen = previous !== undefined && current !== undefined && (current.beyond === beyond || current.points.length === 1);
      const stretch = isOpen ? current : { points: previous === undefined ? [] : [previous.point], beyond, exits: [] };
      if (!isOpen) stretches.push(stretch);
      stretch.beyond = beyond;
      stretch.points.push(place.point);
      if (place.beyond && !previous?.beyond) stretch.exits.push({ end: place.point, neighbour: previous?.point });
      if (!place.beyond && previous?.beyond) stretch.exits.push({ end: previous.point, neighbour: place.point });
    }
    previous = place;
  }
  return stretches;
}
