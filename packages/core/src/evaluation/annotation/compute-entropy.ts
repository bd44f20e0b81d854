/** How many tones a picture uses. */

const LEVELS = 256;

/**
 * Computes the Shannon entropy of the histogram of luminances, 256 levels: 0 for a plain area, 8 for one that uses all levels alike.
 * A well lit face has about 7 bits; one that drowns in shadow or glare has fewer.
 *
 * @param luminance - Values in 0..255; rounded to whole levels.
 * @param isCounted - Says by index which values count. @defaultValue all
 * @returns Bits; 0 where nothing counts.
 * @see Shannon, "A mathematical theory of communication", Bell System Technical Journal 27, 1948.
 */
export function computeEntropy(luminance: ArrayLike<number>, isCounted: (index: number) => boolean = () => true): number {
  const histogram = new Float64Array(LEVELS);
  let total = 0;
  for (let i = 0; i < luminance.length; i++) {
    if (!isCounted(i)) continue;
    const level = Math.min(LEVELS - 1, Math.max(0, Math.round(luminance[i] as number)));
    histogram[level] = (histogram[level] as number) + 1;
    total++;
  }
  let bits = 0;
  for (const count of histogram) if (count > 0) bits -= (count / total) * Math.log2(count / total);
  return bits;
}
