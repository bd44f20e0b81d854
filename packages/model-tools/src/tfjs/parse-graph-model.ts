/** Reads the topology of a TensorFlow.js graph model. */

import { FaceError } from '@isoface/core';
import { type JsonObject, parseArray, parseInteger, parseObject, parseString } from '../json-fields.ts';

/** A graph model as TensorFlow.js publishes it. */
export interface TfjsGraphModelFiles {
  /** Parsed `<name>.json`, with `modelTopology` and `weightsManifest`. */
  readonly model: unknown;
  /** Content of the binary shard; several shards joined in the order of the manifest. */
  readonly weights: Uint8Array;
}

/** One operation. */
export interface GraphNode {
  readonly name: string;
  readonly operator: string;
  /** Names of the nodes it reads from. */
  readonly inputs: readonly string[];
  readonly attributes: JsonObject;
}

/**
 * The nodes of a graph model by name.
 *
 * @throws {FaceError} `MODEL_INTEGRITY` if the JSON is not a graph model
 */
export function parseGraphModel(model: unknown): { readonly nodes: ReadonlyMap<string, GraphNode>; readonly weightsManifest: unknown } {
  const root = parseObject(model, 'the model');
  const topology = parseObject(root['modelTopology'], 'modelTopology');
  const nodes = parseArray(topology['node'], 'the nodes').map((node) => parseNode(parseObject(node, 'a node')));
  return { nodes: new Map(nodes.map((node) => [node.name, node])), weightsManifest: root['weightsManifest'] };
}

/** @throws {FaceError} `MODEL_INTEGRITY` if no node has this name */
export function requireNode(nodes: ReadonlyMap<string, GraphNode>, name: string): GraphNode {
  const node = nodes.get(name);
  if (node !== undefined) return node;
  throw new FaceError('MODEL_INTEGRITY', `The graph has no node named "${name}".`, { node: name });
}

/** A list of integers such as `strides`. @throws {FaceError} `MODEL_INTEGRITY` if there is none */
export function integerList(node: GraphNode, attribute: string): number[] {
  const label = `${attribute} of "${node.name}"`;
  const list = parseObject(parseObject(node.attributes[attribute], label)['list'], label);
  return parseArray(list['i'] ?? [], label).map((value) => parseInteger(value, label));
}

/** A string such as `padding`, which JSON holds in base64. @throws {FaceError} `MODEL_INTEGRITY` if there is none */
export function text(node: GraphNode, attribute: string): string {
  const label = `${attribute} of "${node.name}"`;
  return decodeBase64(parseString(parseObject(node.attributes[attribute], label)['s'], label), label);
}

/** A list of strings such as `fused_ops`; empty if the node has none. */
export function textList(node: GraphNode, attribute: string): string[] {
  if (node.attributes[attribute] === undefined) return [];
  const label = `${attribute} of "${node.name}"`;
  const list = parseObject(parseObject(node.attributes[attribute], label)['list'], label);
  return parseArray(list['s'] ?? [], label).map((value) => decodeBase64(parseString(value, label), label));
}

/** A flag such as `transpose_a`; false if the node has none. */
export function flag(node: GraphNode, attribute: string): boolean {
  const value = node.attributes[attribute];
  return value !== undefined && parseObject(value, `${attribute} of "${node.name}"`)['b'] === true;
}

function parseNode(node: JsonObject): GraphNode {
  const name = parseString(node['name'], 'the name of a node');
  const inputs = parseArray(node['input'] ?? [], `the inputs of "${name}"`).map((input) => parseString(input, `an input of "${name}"`));
  return {
    name,
    operator: parseString(node['op'], `the operator of "${name}"`),
    inputs: inputs.filter((input) => !input.startsWith('^')).map(withoutOutputIndex),
    attributes: parseObject(node['attr'] ?? {}, `the attributes of "${name}"`),
  };
}

/** `node:0` and `node` are the same value. */
function withoutOutputIndex(input: string): string {
  return input.endsWith(':0') ? input.slice(0, -2) : input;
}

function decodeBase64(value: string, label: string): string {
  try {
    return atob(value);
  } catch (cause) {
    throw new FaceError('MODEL_INTEGRITY', `Expected ${label} to be base64; the file is damaged.`, {}, { cause });
  }
}
