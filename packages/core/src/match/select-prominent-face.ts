/** Which face of a picture is meant when a picture should show one person. */

import type { Face } from '../engine/analysis.ts';

/**
 * The face that is large and central: the largest `area - 2 * (distance to the image centre)²`.
 *
 * @returns `undefined` for no faces.
 */
export function selectProminentFace<F extends Face>(faces: readonly F[], width: number, height: number): F | undefined {
  const prominence = ({ box }: Face): number => {
    const dx = box.x + box.width / 2 - width / 2;
    const dy = box.y + box.height / 2 - height / 2;
    return box.width * box.height - 2 * (dx * dx + dy * dy);
  };
  return faces.reduce<F | undefined>((best, face) => (best === undefined || prominence(face) > prominence(best) ? face : best), undefined);
}
