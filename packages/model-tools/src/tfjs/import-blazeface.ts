/** Imports the BlazeFace "back camera" detector from the graph model of the `human` library. */

import { importTfjsGraphModel } from './import-graph-model.ts';
import type { TfjsGraphModelFiles } from './parse-graph-model.ts';

/**
 * Converts `blazeface`.
 *
 * Input `input` float32 [N, 3, 256, 256], RGB, (pixel - 127.5) / 127.5: whoever makes the tensor scales at no cost, while two passes over the
 * largest tensor of the graph take a tenth of the network's time. Outputs `scores` [N, 896, 1], which are logits (a sigmoid belongs to the
 * decoder), and `regressors` [N, 896, 16] in pixels of the input: 512 rows of the 16x16 map, then 384 rows of the 8x8 map.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` if the files are damaged; `MODEL_UNSUPPORTED` if they are another network
 */
export function importBlazeface(files: TfjsGraphModelFiles): Uint8Array {
  return importTfjsGraphModel(files, {
    name: 'blazeface',
    outputs: [
      { name: 'scores', nodes: ['Identity', 'Identity_1'] },
      { name: 'regressors', nodes: ['Identity_2', 'Identity_3'] },
    ],
  });
}
