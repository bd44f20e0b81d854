/** Reads the topology of a TensorFlow.js graph model. */
import { type JsonObject } from '../json-fields.ts';
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
export declare function parseGraphModel(model: unknown): {
    readonly nodes: ReadonlyMap<string, GraphNode>;
    readonly weightsManifest: unknown;
};
/** @throws {FaceError} `MODEL_INTEGRITY` if no node has this name */
export declare function requireNode(nodes: ReadonlyMap<string, GraphNode>, name: string): GraphNode;
/** A list of integers such as `strides`. @throws {FaceError} `MODEL_INTEGRITY` if there is none */
export declare function integerList(node: GraphNode, attribute: string): number[];
/** A string such as `padding`, which JSON holds in base64. @throws {FaceError} `MODEL_INTEGRITY` if there is none */
export declare function text(node: GraphNode, attribute: string): string;
/** A list of strings such as `fused_ops`; empty if the node has none. */
export declare function textList(node: GraphNode, attribute: string): string[];
/** A flag such as `transpose_a`; false if the node has none. */
export declare function flag(node: GraphNode, attribute: string): boolean;
