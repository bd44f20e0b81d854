/** Order of the nodes of a graph. */
/**
 * Sorts everything that `roots` depend on so that each node comes after the nodes it reads from. Deterministic; no recursion, so
 * that deep graphs are no danger to the stack.
 *
 * @param inputsOf - the nodes that a node reads from
 * @throws {FaceError} `MODEL_INTEGRITY` if the graph has a cycle; whatever `inputsOf` throws for unknown nodes
 */
export declare function sortByDependency(roots: readonly string[], inputsOf: (node: string) => readonly string[]): string[];
