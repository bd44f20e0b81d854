/** Which galleries are searched. */

import type { NotMeasured } from '../../run/suite.ts';
import type { Gallery, SearchVariant } from './search-piece.ts';

const COUNTS = [1_000, 10_000, 100_000, 1_000_000];
const QUICK_COUNTS = [1_000, 10_000];
/** Those of the built-in packs (128, 256) and of common others (512). */
const DIMENSIONS = [128, 256, 512];
/** Beyond, plain JavaScript takes seconds, which tell no more than those of smaller galleries. */
const MOST_SLOW_ROWS = 100_000;
/** Beyond, an index has no bytes by itself, see `IndexSpec.prefilter`. */
const MOST_FILTERED_BYTES = 768 * 2 ** 20;

/** Kinds of index that are measured with a gallery. */
export function planVariants(gallery: Gallery): readonly SearchVariant[] {
  if (gallery.count <= MOST_SLOW_ROWS) return ['float32', 'int8', 'javascript'];
  return bytesOf(gallery) <= MOST_FILTERED_BYTES ? ['float32', 'int8'] : ['float32'];
}

/** A matrix, its copy and the indexes; those with bytes take a quarter more, and half a matrix is for the program and the machine. */
function countMatrices(gallery: Gallery): number {
  const variants = planVariants(gallery);
  return 2.5 + variants.length + (variants.includes('int8') ? 0.25 : 0);
}

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
      const needed = bytesOf({ count, dimension }) * countMatrices({ count, dimension });
      if (needed <= availableBytes) galleries.push({ count, dimension });
      else {
        const reason = `The matrix, its copy and the indexes need ${toGigabytes(needed)} GB of free memory; there are ${toGigabytes(availableBytes)} GB.`;
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
