/** Indices by what they belong to. */

/** Groups the indices 0..count-1 by their key, in order of first appearance; those without a key are left out. */
export function groupIndices<K extends string | number>(count: number, keyOf: (i: number) => K | undefined): Map<K, number[]> {
  const groups = new Map<K, number[]>();
  for (let i = 0; i < count; i++) {
    const key = keyOf(i);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [i]);
    else group.push(i);
  }
  return groups;
}
