/** A duration with as many digits as are worth reading, e.g. `7.3 ms`, `120 ms`. */
export function formatMilliseconds(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}
