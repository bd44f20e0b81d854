/** From approximate scores, wherever they were computed, to exact results. */

import type { HeldRows, IndexHit, IndexSpec } from '../../ports/template-index.ts';
import { createCandidateCollector } from './candidate-collector.ts';
import { rankHits } from './rank-hits.ts';

/**
 * The results of one probe, as `TemplateIndex.search` gives them, from scores of all rows that another device computed.
 *
 * @param scores - Of each row, finite: about the cosine (metric `cosine`), or about p·x - |x|²/2 (metric `euclidean`) of the probe p and the row x. At
 *   least `rows.count`.
 * @param errorBound - How far any of the scores may be from what it stands for, in exact arithmetic on the stored float32 numbers. For sums of D
 *   products in float32, in any order: (D + 8) · 2^-24 for cosines, and times |p|·|x| + |x|²/2 of the longest row otherwise. Infinity compares all rows.
 * @param limit - Identities wanted, at least 1.
 */
export function selectHits(
  scores: Float32Array,
  errorBound: number,
  probe: Float32Array,
  rows: HeldRows,
  metric: IndexSpec['metric'],
  limit: number,
): IndexHit[] {
  const collector = createCandidateCollector({ metric, limit, groups: rows.groups, errorBound, probe });
  for (let row = 0; row < rows.count; row++) collector.offer(row, scores[row] as number);
  return rankHits(collector.candidates(), probe, rows, metric, limit);
}
