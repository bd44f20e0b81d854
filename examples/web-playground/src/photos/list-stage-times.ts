/** The stages of an analysis with their times. */

import type { StageTimings } from 'isoface';

/** Stage and milliseconds, in the order of the pipeline; `total` last. */
export function listStageTimes(timings: StageTimings): readonly (readonly [string, number])[] {
  const { decodeMs, preprocessMs, detectMs, alignMs, embedMs } = timings;
  const stages = [
    ['decode', decodeMs],
    ['preprocess', preprocessMs],
    ['detect', detectMs],
    ['align', alignMs],
    ['embed', embedMs],
  ] as const;
  return [...stages, ['total', stages.reduce((sum, [, ms]) => sum + ms, 0)]];
}
