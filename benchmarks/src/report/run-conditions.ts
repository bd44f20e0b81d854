/** Under which conditions records were measured, as text. */

import type { Machine } from '../machine.ts';
import type { PublicOptions, SuiteRecord } from '../run/run-record.ts';
import { medianOf } from '../statistics.ts';

/** A condition and its value. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** The machine. */
export function describeMachineFacts(machine: Machine): Fact[] {
  const { cpu, cores, memoryGiB, cpuFlags, node, platform } = machine;
  return [
    { label: 'CPU', value: `${cpu}, ${cores === 1 ? '1 core' : `${cores} cores`}` },
    { label: 'Instructions', value: cpuFlags.length === 0 ? 'unknown' : cpuFlags.join(', ') },
    { label: 'Memory', value: `${memoryGiB} GiB` },
    { label: 'System', value: `${platform}, Node ${node}` },
  ];
}

/** Whether all records are of one machine, so that it must be described once. */
export function isOneMachine(records: readonly SuiteRecord[]): boolean {
  const machines = records.map(({ conditions: { machine } }) => JSON.stringify(describeMachineFacts(machine)));
  return new Set(machines).size <= 1;
}

/** When, how long, how busy the machine was, what was asked for. */
export function describeRecordFacts({ conditions: { startedAt, options }, pieces, status }: SuiteRecord): Fact[] {
  const loads = pieces.map(({ loadAverage }) => loadAverage);
  const yardstick = pieces.flatMap(({ yardstickMs }) => (yardstickMs.length === 0 ? [] : [medianOf(yardstickMs)]));
  return [
    { label: 'Status', value: status },
    { label: 'Started', value: formatTime(startedAt) },
    { label: 'Pieces', value: `${pieces.length} in ${formatDuration(pieces.reduce((sum, { seconds }) => sum + seconds, 0))}` },
    { label: 'Load average', value: formatSpan(loads, (value) => value.toFixed(1)) },
    {
      label: 'Yardstick',
      value: describeYardstick(yardstick),
    },
    { label: 'Options', value: describeOptions(options) },
  ];
}

/**
 * What a reader must know before all figures: busy machines, parts that are missing.
 *
 * @param runName - Where there are several runs.
 */
export function describeReservations(records: readonly SuiteRecord[], runName?: string): string[] {
  return records.flatMap(({ title, status, failures, pieces, conditions: { machine } }) => {
    const highest = Math.max(0, ...pieces.map(({ loadAverage }) => loadAverage));
    const where = runName === undefined ? title : `${runName}, ${title}`;
    return [
      ...(status === 'partial'
        ? [`${where}: PARTIAL. ${countOf(pieces.length, 'piece was', 'pieces were')} measured, the others are missing.`]
        : []),
      ...(failures.length > 0 ? [`${where}: ${countOf(failures.length, 'failure', 'failures')}, listed there.`] : []),
      ...(highest > machine.cores
        ? [
            `${where}: the load average, the measurement included, was up to ${highest.toFixed(1)} on ${countOf(machine.cores, 'core', 'cores')}.`,
          ]
        : []),
    ];
  });
}

/** "1 core", "2 cores". */
export function countOf(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

/** "12 s", "3.5 min". */
export function formatDuration(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${(seconds / 60).toFixed(1)} min`;
}

/** To the minute; dates are in UTC. */
function formatTime(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}

function formatSpan(values: readonly number[], format: (value: number) => string): string {
  if (values.length === 0) return 'unknown';
  const [low, high] = [format(Math.min(...values)), format(Math.max(...values))];
  return low === high ? low : `${low} to ${high}`;
}

/** The median, and how far the pieces lie from it. */
function describeYardstick(medians: readonly number[]): string {
  if (medians.length === 0) return 'none';
  const median = medianOf(medians);
  const text = `${median.toFixed(2)} ms`;
  if (medians.length === 1) return text;
  const [low, high] = [Math.min(...medians), Math.max(...medians)].map((end) => Math.round(Math.abs(end / median - 1) * 100));
  return `${text}, by piece -${low} % to +${high} %`;
}

function describeOptions({ quick, rounds, warmup, packs, runtimes, dataset, hasLabelledData, minutes }: PublicOptions): string {
  return [
    quick ? 'quick' : undefined,
    `${rounds} rounds after ${warmup}`,
    packs && `packs ${packs.join(', ')}`,
    runtimes && `runtimes ${runtimes.join(', ')}`,
    dataset && `data set ${dataset}`,
    hasLabelledData ? 'with labelled photos' : undefined,
    `${minutes} min`,
  ]
    .filter((part) => part !== undefined)
    .join('; ');
}
