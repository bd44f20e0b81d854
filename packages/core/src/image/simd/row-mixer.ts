/** The vertical half of a resize: weighted sums of source rows, which pass through a window of the kernels' memory. */

import type { AxisTaps } from '../resample-axis.ts';
import { asPlainBytes, type RgbaImage } from '../rgba-image.ts';
import type { Kernels } from './create-kernels.ts';
import { MIXED_AT, PIXELS_AT, PIXELS_BYTES } from './memory-map.ts';

/** The sum of so many bytes fits 16 bits. */
const MAX_SUMMED_ROWS = 256;

/**
 * Returns a function that fills the mixed row at `MIXED_AT` for output row `y`, which must lie in the image. Called in rising order it copies
 * each source row in once.
 *
 * @param columns - The source columns that are wanted, `from … to - 1`; the mixed row begins with the first of them.
 */
export function createRowMixer(
  kernels: Kernels,
  image: RgbaImage,
  { first, count, weights, stride }: AxisTaps,
  columns: { readonly from: number; readonly to: number },
): (y: number) => void {
  const data = asPlainBytes(image);
  const rowBytes = image.width * 4;
  const capacity = Math.floor(PIXELS_BYTES / rowBytes);
  const pixels = columns.to - columns.from;
  let heldFrom = 0;
  let heldTo = 0;

  /** Address of the first wanted column of source row `row`; it and the `rows - 1` rows after it (`capacity` at most) are in memory then. */
  const bring = (row: number, rows: number): number => {
    if (row < heldFrom || row + rows > heldTo) {
      heldFrom = row;
      heldTo = Math.min(row + capacity, image.height);
      kernels.bytes.set(data.subarray(heldFrom * rowBytes, heldTo * rowBytes), PIXELS_AT);
    }
    return PIXELS_AT + (row - heldFrom) * rowBytes + columns.from * 4;
  };

  const sum = (from: number, rows: number, weight: number, isAdded: boolean): void => {
    const step = Math.min(capacity, MAX_SUMMED_ROWS);
    for (let done = 0; done < rows; done += step) {
      const part = Math.min(step, rows - done);
      kernels.sumRows(bring(from + done, part), rowBytes, part, weight, pixels, MIXED_AT, isAdded || done > 0 ? 1 : 0);
    }
  };

  return (y) => {
    const start = first[y] as number;
    const rows = count[y] as number;
    const firstWeight = weights[y * stride] as number;
    const innerWeight = weights[y * stride + Math.min(1, rows - 1)] as number;
    const lastWeight = weights[y * stride + rows - 1] as number;
    if (firstWeight === lastWeight && firstWeight === innerWeight) {
      sum(start, rows, firstWeight, false);
      return;
    }
    if (rows <= capacity) {
      const top = bring(start, rows);
      kernels.mixTwoRows(top, top + (rows - 1) * rowBytes, firstWeight, lastWeight, pixels, MIXED_AT);
    } else {
      sum(start, 1, firstWeight, false);
      sum(start + rows - 1, 1, lastWeight, true);
    }
    if (rows > 2) sum(start + 1, rows - 2, innerWeight, true);
  };
}
