/** Order of the nodes of a graph. */

import { FaceError } from '@isoface/core';

/**
 * Sorts everything that `roots` depend on so that each node comes after the nodes it reads from. Deterministic; no recursion, so
 * that deep graphs are no danger to the stack.
 *
 * @param inputsOf - the nodes that a node reads from
 * @throws {FaceError} `MODEL_INTEGRITY` if the graph has a cycle; whatever `inputsOf` throws for unknown nodes
 */
export function sortByDependency(roots: readonly string[], inputsOf: (node: string) => readonly string[]): string[] {
  const sorted = new Set<string>();
  const open = new Set<string>();
  const stack = [...roots].reverse();
  for (let node = stack.at(-1); node !== undefined; node = stack.at(-1)) {
    const missing = sorted.has(node) ? [] : inputsOf(node).filter((input) => !sorted.has(input));
    if (missing.length === 0) {
      sorted.add(node);
      stack.pop();
      continue;
    }
    if (open.has(node)) throw new FaceError('MODEL_INTEGRITY', `The graph has a cycle through "${node}".`, { node });
    open.add(node);
    stack.push(...missing.reverse());
  }
  return [...sorted];
}
