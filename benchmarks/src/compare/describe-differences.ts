/** What differs between two records besides the software. */

import type { Machine } from '../machine.ts';
import type { PublicOptions, SuiteRecord } from '../run/run-record.ts';

/** Whether both were measured on machines that look alike. Two with the same processor can still differ: the yardstick tells. */
export function isSameMachine(a: Machine, b: Machine): boolean {
  return describeMachineDifferences(a, b, ['', '']).length === 0;
}

/**
 * Differences in conditions, as sentences; the gravest first.
 *
 * @param names - Of the runs.
 */
export function describeDifferences(a: SuiteRecord, b: SuiteRecord, names: readonly [a: string, b: string]): string[] {
  const [before, after] = [a.conditions, b.conditions];
  const machines = describeMachineDifferences(before.machine, after.machine, names);
  return [
    ...(machines.length > 0
      ? [
          `DIFFERENT MACHINES: ${machines.join('; ')}. Ratios of times and rates are those of the machines, not of the software: they are stated, but get no verdict.`,
        ]
      : []),
    ...describeOptions(before.options, after.options),
    ...(before.machine.node === after.machine.node ? [] : [`Node: ${before.machine.node}, then ${after.machine.node}.`]),
    ...[a, b].flatMap(({ status, pieces }, i) =>
      status === 'partial' ? [`${names[i]} is partial: it has ${pieces.length === 1 ? '1 piece' : `${pieces.length} pieces`}.`] : [],
    ),
    ...[a, b].flatMap((record, i) => describeLoad(record, names[i] ?? '')),
  ];
}

function describeMachineDifferences(a: Machine, b: Machine, names: readonly [string, string]): string[] {
  const [missing, added] = [
    a.cpuFlags.filter((flag) => !b.cpuFlags.includes(flag)),
    b.cpuFlags.filter((flag) => !a.cpuFlags.includes(flag)),
  ];
  const compare = (label: string, before: string | number, after: string | number): string[] =>
    before === after ? [] : [`${label} ${before}, then ${after}`];
  return [
    ...compare('CPU', a.cpu, b.cpu),
    ...compare('cores', a.cores, b.cores),
    ...compare('platform', a.platform, b.platform),
    ...compare('memory in GiB', a.memoryGiB, b.memoryGiB),
    ...(missing.length > 0 ? [`instructions ${missing.join(', ')} only in ${names[0]}`] : []),
    ...(added.length > 0 ? [`instructions ${added.join(', ')} only in ${names[1]}`] : []),
  ];
}

function describeOptions(a: PublicOptions, b: PublicOptions): string[] {
  const describe = (value: unknown): string => (value === undefined ? 'default' : Array.isArray(value) ? value.join(', ') : String(value));
  const names = ['quick', 'dataset', 'packs', 'runtimes', 'rounds', 'warmup', 'hasLabelledData', 'minutes'] as const;
  const differing = names.filter((name) => describe(a[name]) !== describe(b[name]));
  if (differing.length === 0) return [];
  return [`Different options: ${differing.map((name) => `${name} ${describe(a[name])}, then ${describe(b[name])}`).join('; ')}.`];
}

/** A machine with more running programs than cores. */
function describeLoad({ conditions: { machine }, pieces }: SuiteRecord, name: string): string[] {
  const highest = Math.max(0, ...pieces.map(({ loadAverage }) => loadAverage));
  return highest > machine.cores
    ? [
        `${name} was measured on a busy machine: load average up to ${highest} on ${machine.cores === 1 ? '1 core' : `${machine.cores} cores`}.`,
      ]
    : [];
}
