/** Which photos of an enrolment show one and the same person. */

/**
 * Finds the largest set of photos that hang together: each is alike with at least one other of the set. One photo of somebody else among several
 * does not change it, wherever it comes.
 *
 * @param isAlike - Whether two of the photos, or a photo and what is enrolled already, are alike enough to be of one person. Called for i < j.
 * @param count - Photos.
 * @param anchored - Photos that are alike with a template that the person has already. If there are templates, only photos that hang together with
 * one of these belong to the person.
 * @returns For each photo whether it belongs to the person. Of several largest sets the one with the earliest photo.
 */
export function selectSamePerson(count: number, isAlike: (i: number, j: number) => boolean, anchored?: readonly boolean[]): boolean[] {
  const sets = Array.from({ length: count }, (_, i) => i);
  const rootOf = (i: number): number => {
    let root = i;
    while (sets[root] !== root) root = sets[root] as number;
    return root;
  };
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      const [a, b] = [rootOf(i), rootOf(j)];
      if (a !== b && isAlike(i, j)) sets[Math.max(a, b)] = Math.min(a, b);
    }
  }
  const roots = sets.map((_, i) => rootOf(i));
  if (anchored !== undefined) {
    const own = new Set(roots.filter((_, i) => anchored[i] === true));
    return roots.map((root) => own.has(root));
  }
  const sizes = new Map<number, number>();
  for (const root of roots) sizes.set(root, (sizes.get(root) ?? 0) + 1);
  let largest = -1;
  // Roots are the earliest photos of their sets, and come in that order.
  for (const [root, size] of [...sizes].sort(([a], [b]) => a - b)) if (size > (sizes.get(largest) ?? 0)) largest = root;
  return roots.map((root) => root === largest);
}
