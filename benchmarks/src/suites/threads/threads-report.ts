/** What suite `threads` says of its pieces. */

import type { Chart, Table } from '@isoface/evaluation';
import { bootstrapInterval } from '../../bootstrap.ts';
import { rounded, toPercent, toRange } from '../../rounded.ts';
import type { MeasuredPiece, Series, SuiteReport } from '../../run/suite.ts';
import { medianOf } from '../../statistics.ts';
import { type BestSetting, findBestSetting } from './compare-settings.ts';
import { groupBySetting } from './rank-settings.ts';
import { CRITERIA, type Criterion, type ThreadSample, type ThreadsPiece } from './thread-sample.ts';
import { describeSetting, keyOfSetting } from './thread-setting.ts';

const CRITERION_NAMES: Readonly<Record<Criterion, string>> = {
  throughput: 'answers per second',
  latency: 'latency of a single caller',
  cpu: 'CPU time per answer',
};

const VERDICTS: Readonly<Record<Exclude<BestSetting['verdict'], 'default'>, string>> = {
  noise: ', which is within noise',
  slight: ': more than noise, not surely more than 5 %',
  notable: ': more than 5 % beyond noise',
  unclear: ', too few to tell it from noise',
};

const CSV_COLUMNS = [
  'piece',
  'runtime',
  'pack',
  'round',
  'phase',
  'threads',
  'intraOpThreads',
  'spinning',
  'processors',
  'throughput',
  'cpuMs',
  'latencyMs',
  'singleCpuMs',
  'residentMiB',
  'allThreadsMs',
] as const;

/** Describes the pieces one by one. */
export function reportThreads(pieces: readonly MeasuredPiece<ThreadsPiece>[]): SuiteReport {
  return {
    series: pieces.flatMap(({ name, value }) => toSeries(name, value)),
    findings: pieces.flatMap(({ value }) => toFindings(value)),
    charts: pieces.flatMap(({ value }) => toCharts(value)),
    tables: pieces.flatMap(({ value }) => toTables(value)),
    csv: { columns: CSV_COLUMNS, rows: pieces.flatMap(({ name, value }) => toRows(name, value)) },
  };
}

function toSeries(name: string, { runtime, pack, samples }: ThreadsPiece): Series[] {
  return groupBySetting(samples.filter(({ phase }) => phase === 'confirm')).flatMap((group): Series[] => {
    const key = (metric: string): string => `${runtime}/${pack}/${keyOfSetting((group[0] as ThreadSample).setting)}/${metric}`;
    return [
      { key: key('throughput'), piece: name, unit: '1/s', better: 'higher', samples: group.map(({ throughput }) => throughput) },
      { key: key('latency'), piece: name, unit: 'ms', better: 'lower', samples: group.map(({ latencyMs }) => latencyMs) },
      { key: key('cpu'), piece: name, unit: 'ms', better: 'lower', samples: group.map(({ cpuMs }) => cpuMs) },
      { key: key('memory'), piece: name, unit: 'MiB', better: 'lower', samples: group.map(({ residentMiB }) => residentMiB) },
    ];
  });
}

function listBest({ samples, defaultSetting }: ThreadsPiece): BestSetting[] {
  return CRITERIA.map((criterion) => findBestSetting(samples, criterion, defaultSetting)).filter((best) => best !== undefined);
}

function toFindings(piece: ThreadsPiece): string[] {
  const pool = `${piece.runtime}, ${piece.pack}, ${piece.processors.length} processors`;
  const usual = describeSetting(piece.defaultSetting);
  return listBest(piece).map((best) => `${pool}: for ${CRITERION_NAMES[best.criterion]}, ${describeBest(best, usual)}.`);
}

function describeBest({ setting, gain, gainCi95, pairs, verdict }: BestSetting, usual: string): string {
  if (verdict === 'default') return `the default (${usual}) is the best of the settings that were compared to the end`;
  const measured = `${toPercent(gain)} ${toRange(gainCi95, toPercent)} in ${pairs} pairs`;
  return `${describeSetting(setting)} is better than the default (${usual}) by ${measured}${VERDICTS[verdict]}`;
}

function toTables(piece: ThreadsPiece): Table[] {
  const pool = `${piece.runtime}, ${piece.pack}`;
  const best = listBest(piece);
  const groups = groupBySetting(piece.samples);
  const median = (group: readonly ThreadSample[], read: (sample: ThreadSample) => number): number => rounded(medianOf(group.map(read)));
  const sorted = [...groups].sort((a, b) => median(b, ({ throughput }) => throughput) - median(a, ({ throughput }) => throughput));
  const defaultKey = keyOfSetting(piece.defaultSetting);
  return [
    {
      caption: `${pool}: the best setting on this machine`,
      columns: [{ label: 'For' }, { label: 'Setting' }, { label: 'Gain over the default' }, { label: '95 % interval' }, { label: 'Pairs' }],
      rows: best.map(({ criterion, setting, gain, gainCi95, pairs, verdict }) => [
        CRITERION_NAMES[criterion],
        `${describeSetting(setting)}${verdict === 'default' ? ' (default)' : ''}`,
        verdict === 'default' ? undefined : toPercent(gain),
        verdict === 'default' ? undefined : toRange(gainCi95, toPercent),
        pairs,
      ]),
      note: 'A gain of 10 % is 1.1 times the answers, or the time divided by 1.1. Settings of a large grid are chosen in some rounds and compared in others; which of the few finalists is best follows from the latter, so the gain is of the luckiest of them.',
    },
    {
      caption: `${pool}: all settings`,
      columns: [
        { label: 'Setting' },
        { label: 'Answers per second' },
        { label: 'CPU ms per answer' },
        { label: 'Single caller, ms' },
        { label: 'Its CPU ms' },
        { label: 'Resident MiB' },
        { label: 'All threads up, ms' },
        { label: 'Processes' },
      ],
      rows: sorted.map((group) => {
        const { setting } = group[0] as ThreadSample;
        return [
          `${describeSetting(setting)}${keyOfSetting(setting) === defaultKey ? ' (default)' : ''}`,
          median(group, ({ throughput }) => throughput),
          median(group, ({ cpuMs }) => cpuMs),
          median(group, ({ latencyMs }) => latencyMs),
          median(group, ({ singleCpuMs }) => singleCpuMs),
          median(group, ({ residentMiB }) => residentMiB),
          median(group, ({ allThreadsMs }) => allThreadsMs),
          group.length,
        ];
      }),
      note: 'Threads of the pool x threads inside a model run; medians over processes. Twice as many callers as threads, then a single one. Settings with few processes were dropped early.',
    },
  ];
}

function toCharts(piece: ThreadsPiece): Chart[] {
  const groups = groupBySetting(piece.samples.filter(({ phase }) => phase === 'confirm'));
  if (groups.length < 2) return [];
  return [
    {
      kind: 'intervals',
      title: `${piece.runtime}, ${piece.pack}: answers per second by setting`,
      description: 'Median over processes of the settings that were compared to the end, with 95 % intervals.',
      x: { label: 'answers per second', scale: 'linear' },
      rows: groups.map((group) => {
        const values = group.map(({ throughput }) => throughput);
        return {
          label: describeSetting((group[0] as ThreadSample).setting),
          value: medianOf(values),
          ci95: bootstrapInterval({ count: values.length, statistic: (drawn) => medianOf(drawn.map((i) => values[i] as number)) }),
          n: values.length,
        };
      }),
    },
  ];
}

function toRows(name: string, { runtime, pack, samples }: ThreadsPiece): (readonly (string | number | undefined)[])[] {
  return samples.map(({ setting, ...sample }) => {
    const row = { piece: name, runtime, pack, ...sample, ...setting, round: sample.round + 1, spinning: setting.spinning ? 'on' : 'off' };
    return CSV_COLUMNS.map((column) => row[column]);
  });
}
