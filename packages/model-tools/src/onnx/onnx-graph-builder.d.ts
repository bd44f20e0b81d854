/** Builds ONNX graphs node by node. */
import { type AttributeValue } from './onnx-attribute.ts';
import { type TensorValues } from './onnx-tensor.ts';
import { type Dimension } from './onnx-value-info.ts';
/** Operator set that built models ask for. */
export declare const ONNX_OPSET = 17;
/** Version of the ONNX file format that built models use. */
export declare const ONNX_IR_VERSION = 8;
/** What a node may have besides operator and inputs. */
export interface NodeOptions {
    readonly attributes?: Readonly<Record<string, AttributeValue>> | undefined;
    /** Name of the node's output. @defaultValue a new short name */
    readonly output?: string | undefined;
    /** Name of the node itself, for people who look at the graph. @defaultValue none */
    readonly name?: string | undefined;
}
/**
 * Collects the parts of a graph in the order in which they are added: nodes must be added after the nodes they read from.
 * The same calls always give the same bytes.
 *
 * @example
 * const graph = new OnnxGraphBuilder('double');
 * const two = graph.initializer([], { type: 'float32', values: Float32Array.of(2) });
 * graph.node('Mul', [graph.input('x', ['N']), two], { output: 'y' });
 * graph.output('y', ['N']);
 * const bytes = graph.build();
 */
export declare class OnnxGraphBuilder {
    #private;
    /** @param name - name of the graph */
    constructor(name: string);
    /** Declares a float32 input and returns its name. */
    input(name: string, dims: readonly Dimension[]): string;
    /** Declares that the value `name`, which some node must give, is a float32 output. */
    output(name: string, dims: readonly Dimension[]): void;
    /** Adds a constant and returns its name. */
    initializer(dims: readonly number[], content: TensorValues): string;
    /** Adds a node with one output and returns the name of that output. */
    node(operator: string, inputs: readonly string[], { attributes, output, name }?: NodeOptions): string;
    /** Encodes the model. */
    build(): Uint8Array;
}
