/** Imports the face mesh of MediaPipe from the graph model of the `human` library. */

import { importTfjsGraphModel } from './import-graph-model.ts';
import type { TfjsGraphModelFiles } from './parse-graph-model.ts';

/**
 * Converts `facemesh`.
 *
 * Input `input` float32 [N, 3, 192, 192], RGB, 0..1, a square crop with some room around an upright face; whoever makes the tensor scales.
 * Outputs `mesh` [N, 1404], 468 x (x, y, z) in pixels of the crop, z smaller = nearer, and `face_flag` [N, 1] in [0, 1], whether the crop shows
 * a face at all. The third output of the original, contours of eyes and lips that the mesh holds too, is left out with the layers only it needs.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` if the files are damaged; `MODEL_UNSUPPORTED` if they are another network
 */
export function importFacemesh(files: TfjsGraphModelFiles): Uint8Array {
  return importTfjsGraphModel(files, {
    name: 'facemesh-468',
    outputs: [
      { name: 'mesh', nodes: ['Identity_2'] },
      { name: 'face_flag', nodes: ['Identity_1'] },
    ],
  });
}
