/** Where a measurement was made. */

import os from 'node:os';

/** What a reader needs to know to compare figures. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** Load average over one minute at the start: above the number of cores the figures are of a busy machine. */
  readonly loadAverage: number;
  readonly date: string;
}

/** Describes this machine. */
export function describeMachine(): Machine {
  return {
    node: process.versions.node,
    platform: `${os.platform()}-${os.arch()}`,
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    loadAverage: Number(os.loadavg()[0]?.toFixed(2)),
    date: new Date().toISOString(),
  };
}
