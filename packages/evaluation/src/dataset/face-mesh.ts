/** The 468-point face mesh as a second opinion of the annotator. */

/** Points of the mesh, in the order of the five landmarks: means of two corners and two lids, nose tip, mouth corners. */
const FIVE: readonly (readonly number[])[] = [[33, 133, 159, 145], [263, 362, 386, 374], [1], [61], [291]];

/**
 * The five common landmarks out of the mesh.
 *
 * @param mesh - 468 x, y, z triples.
 * @returns x and y in the unit of the mesh; shape [5, 2].
 */
export function toFiveMeshLandmarks(mesh: ArrayLike<number>): Float32Array {
  const mean = (points: readonly number[], axis: number): number =>
    points.reduce((sum, point) => sum + (mesh[point * 3 + axis] as number) / points.length, 0);
  return Float32Array.from(FIVE.flatMap((points) => [mean(points, 0), mean(points, 1)]));
}
