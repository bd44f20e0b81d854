/** Who makes and who reads the values of a graph. */

import type { GraphProto, NodeProto } from '../onnx/generated/onnx_pb.ts';

/** The edges of a graph, by value name. */
export interface GraphEdges {
  /** The node that gives a value; none for inputs and constants. */
  readonly producers: ReadonlyMap<string, NodeProto>;
  /** The nodes that read a value, each once. */
  readonly consumers: ReadonlyMap<string, readonly NodeProto[]>;
  /** Names of the graph's outputs. */
  readonly outputs: ReadonlySet<string>;
}

/** Finds the edges. */
export function findEdges(graph: GraphProto): GraphEdges {
  const producers = new Map<string, NodeProto>();
  const consumers = new Map<string, NodeProto[]>();
  for (const node of graph.node) {
    for (const output of node.output) producers.set(output, node);
    for (const input of new Set(node.input)) {
      const readers = consumers.get(input);
      if (readers === undefined) consumers.set(input, [node]);
      else readers.push(node);
    }
  }
  return { producers, consumers, outputs: new Set(graph.output.map(({ name }) => name)) };
}

/** The name by which reports and options call a node: its own, or that of its first output where it has none. */
export function labelNode(node: NodeProto): string {
  return node.name === '' ? (node.output[0] ?? '') : node.name;
}

/** Every name that is taken in a graph; new values must avoid them. */
export function listNames(graph: GraphProto): Set<string> {
  return new Set([
    ...graph.input.map(({ name }) => name),
    ...graph.initializer.map(({ name }) => name),
    ...graph.node.flatMap(({ output }) => output),
  ]);
}

/** Makes a name that `taken` does not have yet, and takes it. */
export function takeName(taken: Set<string>, wanted: string): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count += 1) name = `${wanted}_${count}`;
  taken.add(name);
  return name;
}

/** Drops the constants that no node reads any more, and the declarations of constants as inputs that old files carry. */
export function dropUnusedConstants(graph: GraphProto): void {
  const used = new Set([...graph.node.flatMap(({ input }) => input), ...graph.output.map(({ name }) => name)]);
  const constants = new Set(graph.initializer.map(({ name }) => name));
  graph.input = graph.input.filter(({ name }) => !constants.has(name));
  graph.initializer = graph.initializer.filter(({ name }) => used.has(name));
}
