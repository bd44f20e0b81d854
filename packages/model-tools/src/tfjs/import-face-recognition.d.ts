/** Imports the recognition network of face-api.js, which is dlib's 29-layer residual network. */
import { type FaceApiModelFiles } from './face-api-layers.ts';
/**
 * Converts `face_recognition_model`. Filters that were published in 8 bits stay so, the eight float32 filters stay float32: the
 * embeddings are those of the original.
 *
 * Input `input` float32 [N, 3, 150, 150], RGB 0..255. Output `embedding` [N, 128], not normalised.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` if manifest and shard do not fit this network or each other
 */
export declare function importFaceRecognition({ manifest, shard }: FaceApiModelFiles): Uint8Array;
