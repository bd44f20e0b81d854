/** Imports the 68-point landmark network of face-api.js: four densely connected blocks of separable convolutions. */
import { type FaceApiModelFiles } from './face-api-layers.ts';
/**
 * Converts `face_landmark_68_model`.
 *
 * Input `input` float32 [N, 3, 112, 112], RGB 0..255. Output `landmarks` [N, 136]: 68 x, y pairs relative to the square input.
 *
 * @returns ONNX bytes with the 8-bit weights of the original
 * @throws {FaceError} `MODEL_INTEGRITY` if manifest and shard do not fit this network or each other
 */
export declare function importFaceLandmark68({ manifest, shard }: FaceApiModelFiles): Uint8Array;
