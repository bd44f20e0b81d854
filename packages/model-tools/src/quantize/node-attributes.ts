/** Attributes of a node, with the defaults of the ONNX operators. */

import type { NodeProto } from '../onnx/generated/onnx_pb.ts';
import { type AttributeValue, readAttribute } from '../onnx/onnx-attribute.ts';

/** An integer attribute, or `fallback` where the node does not state it. */
export function readInt(node: NodeProto, name: string, fallback: number): number {
  const value = find(node, name);
  return value !== undefined && 'int' in value ? value.int : fallback;
}

/** A list of integers; `undefined` where the node does not state it. */
export function readInts(node: NodeProto, name: string): readonly number[] | undefined {
  const value = find(node, name);
  return value !== undefined && 'ints' in value ? value.ints : undefined;
}

/** A float attribute, or `fallback`. */
export function readFloat(node: NodeProto, name: string, fallback: number): number {
  const value = find(node, name);
  return value !== undefined && 'float' in value ? value.float : fallback;
}

/** A text attribute, or `fallback`. */
export function readText(node: NodeProto, name: string, fallback: string): string {
  const value = find(node, name);
  return value !== undefined && 'string' in value ? value.string : fallback;
}

function find(node: NodeProto, name: string): AttributeValue | undefined {
  const attribute = node.attribute.find((candidate) => candidate.name === name);
  return attribute === undefined ? undefined : readAttribute(attribute);
}
