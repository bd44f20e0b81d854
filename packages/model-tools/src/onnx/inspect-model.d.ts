/** Says what an ONNX file holds, without running it. */
import { type Dimension } from './onnx-value-info.ts';
/** Name, element type and dimensions of an input or output; a dimension is a string where it is free. */
export interface ModelValue {
    readonly name: string;
    /** ONNX name of the element type in lower case, e.g. `float`. */
    readonly elementType: string;
    readonly dims: readonly Dimension[];
}
/** What {@link inspectModel} finds. */
export interface ModelSummary {
    readonly inputs: readonly ModelValue[];
    readonly outputs: readonly ModelValue[];
    /** How often each operator occurs in the main graph, most frequent first; operators of other domains as `domain.Operator`. */
    readonly operators: readonly {
        readonly operator: string;
        readonly count: number;
    }[];
    readonly opsets: readonly {
        readonly domain: string;
        readonly version: number;
    }[];
    readonly irVersion: number;
    /** Values in all constants of the main graph. */
    readonly parameterCount: number;
    readonly producer: {
        readonly name: string;
        readonly version: string;
    };
    readonly bytes: number;
}
/**
 * Summarises an ONNX model.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` if the bytes are not an ONNX model; `MODEL_UNSUPPORTED` if weights lie in another file
 */
export declare function inspectModel(bytes: Uint8Array): ModelSummary;
