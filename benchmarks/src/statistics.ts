/** The few numbers that a series of measurements is reported by. */

/** Value below which the share `quantile` of the values lies; nearest rank. */
export function quantileOf(values: readonly number[], quantile: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(quantile * sorted.length) - 1))] ?? Number.NaN;
}

/** The median. */
export function medianOf(values: readonly number[]): number {
  return quantileOf(values, 0.5);
}

/** CPU time of this process so far, all threads, milliseconds. */
export function cpuNow(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
