/**
 * TensorFlow operations as ONNX nodes. TensorFlow keeps pictures as [N, H, W, C]; here every picture is [N, C, H, W] from the input
 * on, and turned only where the model flattens it.
 */
import type { OnnxGraphBuilder } from '../onnx/onnx-graph-builder.ts';
import { type GraphNode } from './parse-graph-model.ts';
import { type TfjsWeight } from './tfjs-weights.ts';
/** A computed value. `shape` is TensorFlow's without the batch: [H, W, C] for pictures, which ONNX keeps as [N, C, H, W]. */
export interface Activation {
    readonly name: string;
    readonly shape: readonly number[];
}
/** What an operation can ask for while it is imported. */
export interface OperatorContext {
    readonly graph: OnnxGraphBuilder;
    /** The computed value at this position of the inputs. @throws {FaceError} `MODEL_UNSUPPORTED` if it is a constant */
    activation(node: GraphNode, index: number): Activation;
    /** The constant at this position of the inputs. @throws {FaceError} `MODEL_UNSUPPORTED` if it is computed */
    constant(node: GraphNode, index: number): TfjsWeight;
    /** Whether the input at this position is a constant. */
    isConstant(node: GraphNode, index: number): boolean;
}
type ImportOperator = (node: GraphNode, context: OperatorContext) => Activation;
/** The operations that are understood; `Placeholder` and `Const` are handled by the graph importer. */
export declare const GRAPH_OPERATORS: ReadonlyMap<string, ImportOperator>;
export {};
