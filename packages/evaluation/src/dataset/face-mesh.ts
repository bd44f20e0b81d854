/** The 468-point face mesh of MediaPipe: an optional second opinion of the annotator. It is no part of any pack. */

import type { InputSpec, LoadableModel } from '@isoface/core';

/** MediaPipe Face Mesh as ONNX: outputs `mesh` [N, 1404] in crop pixels and `face_flag` [N, 1] in [0, 1]. Apache-2.0 (Google). */
export const faceMesh468: LoadableModel = {
  id: 'facemesh468-mediapipe',
  file: {
    name: 'facemesh468_mediapipe.onnx',
    sha256: '2c540778d1903d34a19db17ac20e22b3307403a9ef3fbdcc760a64a9ef9d1bf2',
    bytes: 1_221_444,
    urls: [],
  },
};

/** What {@link faceMesh468} takes: RGB, 0..1. */
export const FACE_MESH_INPUT: InputSpec = {
  name: 'input',
  width: 192,
  height: 192,
  batch: 'dynamic',
  layout: 'NCHW',
  channelOrder: 'RGB',
  mean: [0, 0, 0],
  scale: [1 / 255, 1 / 255, 1 / 255],
};

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
