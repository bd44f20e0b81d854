/** Weight files of TensorFlow.js: a JSON manifest and one binary shard in which the tensors lie one after another. */
/** One tensor of a weight file. For `uint8` the value is `values * scale + min`. */
export type TfjsWeight = {
    readonly name: string;
    readonly shape: readonly number[];
} & ({
    readonly type: 'float32';
    readonly values: Float32Array;
} | {
    readonly type: 'int32';
    readonly values: Int32Array;
} | {
    readonly type: 'uint8';
    readonly values: Uint8Array;
    readonly scale: number;
    readonly min: number;
});
/** Tensors by name. */
export type TfjsWeights = ReadonlyMap<string, TfjsWeight>;
/**
 * Cuts a shard into tensors. Halves are widened to float32; 8-bit tensors stay 8-bit and are views into `shard`.
 *
 * @param manifest - parsed `weights_manifest.json`, or the `weightsManifest` of a graph model; groups follow each other in `shard`
 * @param shard - content of the binary file
 * @throws {FaceError} `MODEL_INTEGRITY` if the manifest is malformed or the shard has another length;
 * `MODEL_UNSUPPORTED` for other data types
 */
export declare function readTfjsWeights(manifest: unknown, shard: Uint8Array): TfjsWeights;
/**
 * Finds a tensor.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` if there is none of this name, or it has another shape than `shape`
 */
export declare function requireWeight(weights: TfjsWeights, name: string, shape?: readonly number[]): TfjsWeight;
/** The values of a tensor as float32: `values * scale + min` is computed in double precision and rounded once. */
export declare function dequantize(weight: TfjsWeight): Float32Array;
/**
 * The integer that stands for 0 in an 8-bit tensor.
 *
 * @returns an integer in 0..255, or `undefined` when zero is not representable, so that only float32 keeps the values
 */
export declare function findZeroPoint({ scale, min }: {
    readonly scale: number;
    readonly min: number;
}): number | undefined;
