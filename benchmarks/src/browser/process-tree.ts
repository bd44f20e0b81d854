/** CPU time and memory of a browser, from the operating system: what a page cannot see of itself. Linux. */

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** CPU time so far, milliseconds, user and system, all threads. */
export interface BrowserCpu {
  /** The processes that run pages, with their workers. */
  readonly renderer: number;
  /** Everything else: browser, GPU and utility processes. */
  readonly other: number;
}

/** Of all processes together. */
export function totalCpu({ renderer, other }: BrowserCpu): number {
  return renderer + other;
}

interface ProcessStat {
  readonly pid: number;
  readonly parent: number;
  readonly cpuTicks: number;
}

/** One reading of all processes that descend from `rootPid`. */
export function readBrowserCpu(rootPid: number): BrowserCpu {
  const millisecondsPerTick = 1000 / ticksPerSecond();
  let renderer = 0;
  let other = 0;
  for (const { pid, cpuTicks } of descendants(rootPid)) {
    if (isRenderer(pid)) renderer += cpuTicks * millisecondsPerTick;
    else other += cpuTicks * millisecondsPerTick;
  }
  return { renderer, other };
}

/** Memory of processes, bytes. */
export interface ProcessMemory {
  /** Resident memory; what is shared with other processes, such as the browser's own code, counts in full. */
  readonly resident: number;
  /** The part of it that no other process shares: what would be free if the process ended. */
  readonly private: number;
}

/** Memory of all renderer processes that descend from `rootPid`. */
export function readRendererMemory(rootPid: number): ProcessMemory {
  const renderers = descendants(rootPid).filter(({ pid }) => isRenderer(pid));
  const sum = (field: string): number =>
    renderers.reduce((total, { pid }) => {
      const line = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readProc(pid, 'smaps_rollup'));
      return total + 1024 * Number(line?.[1] ?? 0);
    }, 0);
  return { resident: sum('Rss'), private: sum('Private_Clean') + sum('Private_Dirty') };
}

/** The process and all that it started, directly or not. */
function descendants(rootPid: number): readonly ProcessStat[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => parseStat(Number(name)) ?? []);
  const family = new Set([rootPid]);
  // A child may have a smaller number than its parent once numbers have wrapped: repeat until nothing is added.
  for (let before = 0; before !== family.size; ) {
    before = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  return all.filter(({ pid }) => family.has(pid));
}

function parseStat(pid: number): ProcessStat | undefined {
  const stat = readProc(pid, 'stat');
  // The second field is the name in parentheses and may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields.length < 13) return undefined;
  return { pid, parent: Number(fields[1]), cpuTicks: Number(fields[11]) + Number(fields[12]) };
}

function isRenderer(pid: number): boolean {
  return readProc(pid, 'cmdline').includes('--type=renderer');
}

/** Empty for a process that has ended. */
function readProc(pid: number, file: 'stat' | 'smaps_rollup' | 'cmdline'): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}

let ticks: number | undefined;

function ticksPerSecond(): number {
  ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
  return ticks;
}
