/** The last word on similarities: proposed rows are compared once more, in float64. */

import { cosineOfUsable, distanceOfUsable } from '../../match/compare-embeddings.ts';
import type { HeldRows, IndexHit, IndexSpec } from '../../ports/template-index.ts';

/**
 * The best identities among some rows, best first, with all that are exactly as similar as the last one.
 *
 * @param candidates - Rows that may be among the results; those that certainly are not may be left out.
 * @param limit - Identities wanted, at least 1.
 */
export function rankHits(
  candidates: Iterable<number>,
  probe: Float32Array,
  rows: HeldRows,
  metric: IndexSpec['metric'],
  limit: number,
): IndexHit[] {
  const bestOf = new Map<number, IndexHit>();
  for (const row of candidates) {
    const vector = rows.rowAt(row);
    const similarity = metric === 'cosine' ? cosineOfUsable(probe, vector) : -distanceOfUsable(probe, vector);
    const group = rows.groups[row] as number;
    const label = rows.labels[row] as number;
    const known = bestOf.get(group);
    if (known === undefined || similarity > known.similarity || (similarity === known.similarity && label < known.label)) {
      bestOf.set(group, { group, label, similarity });
    }
  }
  const hits = [...bestOf.values()].sort((a, b) => b.similarity - a.similarity);
  const last = hits[limit - 1];
  if (last === undefined) return hits;
  let end = limit;
  while (hits[end]?.similarity === last.similarity) end++;
  return hits.slice(0, end);
}
