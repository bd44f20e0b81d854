/** Imports TensorFlow.js graph models of pictures. */
import { type PixelNormalization } from '../onnx/add-normalization.ts';
import { type TfjsGraphModelFiles } from './parse-graph-model.ts';
/** What a graph model does not say itself. */
export interface TfjsGraphModelOptions {
    /** Name of the ONNX graph. */
    readonly name: string;
    /** What the caller of the original does to pixels before the model sees them. */
    readonly normalization: PixelNormalization;
    /** Outputs of the ONNX model: one node, or several joined along the first axis after the batch. */
    readonly outputs: readonly {
        readonly name: string;
        readonly nodes: readonly [string, ...string[]];
    }[];
}
/**
 * Converts a graph model with one picture as input to ONNX. Weights are stored in half precision where that loses nothing.
 *
 * Input `input` float32 [N, C, H, W], pixels 0..255 in the channel order of the original.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` if the files are damaged; `MODEL_UNSUPPORTED` for operations that are not known
 */
export declare function importTfjsGraphModel({ model, weights: shard }: TfjsGraphModelFiles, { name, normalization, outputs }: TfjsGraphModelOptions): Uint8Array;
