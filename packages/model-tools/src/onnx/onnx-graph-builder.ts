/** Builds ONNX graphs node by node. */

import { create } from '@bufbuild/protobuf';
import { FaceError } from '@isoface/core';
import {
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  type TensorProto,
  type ValueInfoProto,
} from './generated/onnx_pb.ts';
import { type AttributeValue, createAttribute } from './onnx-attribute.ts';
import { createTensor, type TensorValues } from './onnx-tensor.ts';
import { createValueInfo, type Dimension } from './onnx-value-info.ts';
import { writeOnnx } from './write-onnx.ts';

/** Operator set that built models ask for. */
export const ONNX_OPSET = 17;
/** Version of the ONNX file format that built models use. */
export const ONNX_IR_VERSION = 8;

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
export class OnnxGraphBuilder {
  readonly #name: string;
  readonly #valueNames = new Set<string>();
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  #unnamedValues = 0;

  /** @param name - name of the graph */
  constructor(name: string) {
    this.#name = name;
  }

  /** Declares a float32 input and returns its name. */
  input(name: string, dims: readonly Dimension[]): string {
    this.#inputs.push(createValueInfo(this.#define(name), dims));
    return name;
  }

  /** Declares that the value `name`, which some node must give, is a float32 output. */
  output(name: string, dims: readonly Dimension[]): void {
    this.#outputs.push(createValueInfo(this.#use(name), dims));
  }

  /** Adds a constant and returns its name. */
  initializer(dims: readonly number[], content: TensorValues): string {
    const name = this.#define(this.#newName());
    this.#initializers.push(createTensor(name, dims, content));
    return name;
  }

  /** Adds a node with one output and returns the name of that output. */
  node(operator: string, inputs: readonly string[], { attributes = {}, output, name = '' }: NodeOptions = {}): string {
    for (const input of inputs) this.#use(input);
    const result = this.#define(output ?? this.#newName());
    const attribute = Object.entries(attributes).map(([key, value]) => createAttribute(key, value));
    const node = create(NodeProtoSchema, { opType: operator, input: [...inputs], output: [result], attribute });
    if (name !== '') node.name = name;
    this.#nodes.push(node);
    return result;
  }

  /** Encodes the model. */
  build(): Uint8Array {
    const graph = create(GraphProtoSchema, {
      name: this.#name,
      node: this.#nodes,
      initializer: this.#initializers,
      input: this.#inputs,
      output: this.#outputs,
    });
    const opsetImport = [create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(ONNX_OPSET) })];
    return writeOnnx(create(ModelProtoSchema, { irVersion: BigInt(ONNX_IR_VERSION), producerName: 'isoface', opsetImport, graph }));
  }

  #newName(): string {
    this.#unnamedValues += 1;
    return `v${this.#unnamedValues}`;
  }

  #define(name: string): string {
    if (this.#valueNames.has(name)) throw new FaceError('INVALID_OPTION', `The graph already has a value named "${name}".`);
    this.#valueNames.add(name);
    return name;
  }

  #use(name: string): string {
    if (!this.#valueNames.has(name)) throw new FaceError('INVALID_OPTION', `The graph has no value named "${name}" yet.`);
    return name;
  }
}
