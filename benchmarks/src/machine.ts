/** Where a measurement was made. */

import { readFileSync } from 'node:fs';
import os from 'node:os';

/** What a reader needs to know to compare figures. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  /** Instruction sets that decide how fast models run, such as `avx2`; empty where the system does not tell. */
  readonly cpuFlags: readonly string[];
  readonly cores: number;
  readonly memoryGiB: number;
  /** Load average over one minute at the start: above the number of cores the figures are of a busy machine. */
  readonly loadAverage: number;
  readonly date: string;
}

/** Of the dozens that a CPU has, those that matrix kernels are chosen by. */
const TELLING_FLAGS = /^(sse4_[12]|avx|avx2|fma|f16c|avx512\w*|avx_vnni|amx_\w+|asimd\w*|sve\w*|i8mm|bf16)$/;

/** Describes this machine. */
export function describeMachine(): Machine {
  return {
    node: process.versions.node,
    platform: `${os.platform()}-${os.arch()}`,
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cpuFlags: readCpuFlags(),
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    loadAverage: readLoadAverage(),
    date: new Date().toISOString(),
  };
}

/** Load average over one minute. */
export function readLoadAverage(): number {
  return Number((os.loadavg()[0] ?? 0).toFixed(2));
}

function readCpuFlags(): string[] {
  try {
    const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'));
    return (line?.[1] ?? '')
      .split(' ')
      .filter((flag) => TELLING_FLAGS.test(flag))
      .sort();
  } catch {
    return [];
  }
}
