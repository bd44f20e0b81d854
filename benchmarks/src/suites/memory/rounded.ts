/** Numbers as far as they are meant. */

/** Three significant digits, and no fraction from 100 on. */
export function rounded(value: number): number {
  if (!Number.isFinite(value)) return value;
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
