/** How much memory a gallery takes: measured in a process that does nothing else. */

import { createTemplateIndex } from '@isoface/core/gallery';
import { fillUnitRows } from '../../../page/search-work.js';
import { runChild } from '../../runtimes/run-child.ts';
import { LIMIT } from './measure-gallery.ts';
import type { Gallery, SearchMemoryPiece } from './search-piece.ts';

/** Templates arrive in parts, as a store gives them. */
const ADDED_ROWS = 5_000;
const SEARCHES = 5;

/** Measures in a process of its own. */
export async function runSearchMemoryChild(gallery: Gallery, signal: AbortSignal): Promise<SearchMemoryPiece> {
  return await runChild<SearchMemoryPiece>('search-child', gallery, signal);
}

/** Fills an index with the defaults, searches, and tells how large this process has become at most. */
export async function measureSearchMemory({ count, dimension }: Gallery): Promise<SearchMemoryPiece> {
  const part = new Float32Array(ADDED_ROWS * dimension);
  const beforeBytes = process.memoryUsage.rss();
  const index = await createTemplateIndex({ dimension, metric: 'cosine' });
  for (let from = 0; from < count; from += ADDED_ROWS) {
    const rows = Math.min(ADDED_ROWS, count - from);
    fillUnitRows(part, dimension, { from: 0, to: rows, seed: from });
    const groups = Int32Array.from({ length: rows }, (_, i) => from + i);
    await index.add({ vectors: part.subarray(0, rows * dimension), groups, labels: new Int32Array(rows) });
  }
  for (let i = 0; i < SEARCHES; i++) await index.search(part.subarray(i * dimension, (i + 1) * dimension), { limit: LIMIT });
  const { bytes } = await index.info();
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  return { kind: 'memory', engine: `Node ${process.versions.node}`, count, dimension, beforeBytes, peakBytes, indexBytes: bytes };
}
