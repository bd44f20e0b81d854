/** Which galleries are searched. */

import type { NotMeasured } from '../../run/suite.ts';
import type { Gallery } from './search-piece.ts';

const COUNTS = [1_000, 10_000, 100_000, 1_000_000];
const QUICK_COUNTS = [1_000, 10_000];
/** Those of the built-in packs (128, 256) and of common others (512). */
const DIMENSIONS = [128, 256, 512];
/** A matrix and its copy, and as much again of the smaller one for the program, the scorer and what the machine needs meanwhile. */
const MATRICES = 3;

/** Bytes of the templates of a gallery. */
export function bytesOf({ count, dimension }: Gallery): number {
  return count * dimension * 4;
}

/**
 * Galleries that fit into memory, the small ones first, and those that do not.
 *
 * @param availableBytes - Memory that this process may still take.
 */
export function planGalleries(
  quick: boolean,
  availableBytes: number,
): { readonly galleries: readonly Gallery[]; readonly notMeasured: readonly NotMeasured[] } {
  const galleries: Gallery[] = [];
  const notMeasured: NotMeasured[] = [];
  for (const count of quick ? QUICK_COUNTS : COUNTS) {
    for (const dimension of DIMENSIONS) {
      const needed = bytesOf({ count, dimension }) * MATRICES;
      if (needed <= availableBytes) galleries.push({ count, dimension });
      else {
        const reason = `The matrix, its copy and the rest need ${toGigabytes(needed)} GB of free memory; there are ${toGigabytes(availableBytes)} GB.`;
        notMeasured.push({ name: `${count.toLocaleString('en-US')} templates of ${dimension} numbers`, reason });
      }
    }
  }
  if (quick) notMeasured.push({ name: 'more than 10,000 templates', reason: 'Left out by --quick.' });
  return { galleries, notMeasured };
}

function toGigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
