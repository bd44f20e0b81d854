/** What suite `search` says of its pieces. */

import type { Chart, LineSeries, Table } from '@isoface/evaluation';
import type { MeasuredPiece, Series, SuiteReport } from '../../run/suite.ts';
import { medianOf, quantileOf } from '../../statistics.ts';
import { LIMIT } from './measure-gallery.ts';
import { bytesOf } from './plan-galleries.ts';
import type { SearchMemoryPiece, SearchPiece, SearchSamples, SearchValue } from './search-piece.ts';

/** The medians of searches of one kind. */
interface SearchFigures extends SearchSamples {
  readonly piece: SearchPiece;
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly medianCpuMs: number;
  /** Gigabytes (1e9) of float32 templates that are searched in a second. */
  readonly gigabytes: number;
  /** How many times as long as copying the same memory: median of the rounds. */
  readonly overCopy: number;
  /** How many times as long as the search over float32 numbers, one probe at a time. */
  readonly overFloat32: number;
}

/** Describes the pieces. */
export function reportSearch(pieces: readonly MeasuredPiece<SearchValue>[]): SuiteReport {
  const searched = pieces.flatMap(({ name, value }) => ('kind' in value ? [] : [{ name, value }]));
  const memory = pieces.flatMap(({ name, value }) => ('kind' in value ? [{ name, value }] : []));
  const figures = searched.flatMap(({ value }) => value.searches.map((samples) => summarize(value, samples)));
  return {
    series: [
      ...searched.flatMap(({ name, value }) => toSeries(name, value)),
      ...memory.flatMap(({ name, value }) => toMemorySeries(name, value)),
    ],
    findings: [...describe(figures), ...memory.map(({ value }) => describeMemory(value))],
    charts: figures.length === 0 ? [] : [drawTimes(figures), drawRatios(figures)],
    tables: [...(figures.length === 0 ? [] : [toTimeTable(figures), toGalleryTable(searched.map(({ value }) => value))])],
    csv: toCsvRows(searched.map(({ value }) => value)),
  };
}

function summarize(piece: SearchPiece, samples: SearchSamples): SearchFigures {
  const medianMs = medianOf(samples.wallMs);
  const float32 = piece.searches.find(({ variant, isBatch }) => variant === 'float32' && !isBatch);
  return {
    ...samples,
    piece,
    medianMs,
    p95Ms: quantileOf(samples.wallMs, 0.95),
    medianCpuMs: medianOf(samples.cpuMs),
    gigabytes: bytesOf(piece) / medianMs / 1e6,
    overCopy: medianOf(toRatios(samples.wallMs, piece.copyMs)),
    overFloat32: medianOf(toRatios(samples.wallMs, float32?.wallMs ?? [])),
  };
}

/** Of each round, so that both were timed in the same moment. */
function toRatios(samples: readonly number[], others: readonly number[]): number[] {
  return samples.map((sample, i) => sample / (others[i] ?? Number.NaN));
}

/** Name of searches of one kind in keys; `search` is a single one over float32 numbers. */
function keyOf({ variant, isBatch }: SearchSamples): string {
  return `${variant === 'float32' ? 'search' : `search-${variant}`}${isBatch ? '-batch' : ''}`;
}

function labelOf({ variant, isBatch }: SearchSamples): string {
  const name = { float32: 'float32', int8: 'int8, then float32', javascript: 'plain JavaScript' }[variant];
  return isBatch ? `${name}, many probes` : name;
}

function toSeries(piece: string, value: SearchPiece): Series[] {
  const prefix = `${value.platform}/${value.count}x${value.dimension}`;
  const lower = { piece, better: 'lower' } as const;
  return [
    ...value.searches.flatMap((samples): Series[] => [
      { ...lower, key: `${prefix}/${keyOf(samples)}/wall`, unit: 'ms', samples: samples.wallMs },
      // One figure over all rounds would count as one without noise.
      ...(samples.cpuMs.length > 1
        ? [{ ...lower, key: `${prefix}/${keyOf(samples)}/cpu`, unit: 'ms' as const, samples: samples.cpuMs }]
        : []),
      { ...lower, key: `${prefix}/${keyOf(samples)}/over-copy`, unit: 'ratio', samples: toRatios(samples.wallMs, value.copyMs) },
    ]),
    { ...lower, key: `${prefix}/copy/wall`, unit: 'ms', samples: value.copyMs },
    { ...lower, key: `${prefix}/read/wall`, unit: 'ms', samples: value.readMs },
  ];
}

function toMemorySeries(piece: string, { count, dimension, beforeBytes, peakBytes }: SearchMemoryPiece): Series[] {
  const growth = (peakBytes - beforeBytes) / 2 ** 20;
  return [{ piece, better: 'lower', key: `node/${count}x${dimension}/memory/growth`, unit: 'MiB', samples: [growth] }];
}

/** The largest gallery of each platform, for it decides what is possible, and the largest one with all kinds of index. */
function describe(figures: readonly SearchFigures[]): string[] {
  return ['node', 'web'].flatMap((platform) => {
    const single = figures.filter(({ piece, isBatch }) => piece.platform === platform && !isBatch);
    const bySize = single.toSorted((a, b) => bytesOf(b.piece) - bytesOf(a.piece));
    const largest = bySize.find(({ variant }) => variant === 'float32');
    const filtered = bySize.find(({ variant }) => variant === 'int8');
    return [...(largest === undefined ? [] : [describeSearch(largest)]), ...(filtered === undefined ? [] : [describeFilter(filtered)])];
  });
}

function describeSearch({ piece, medianMs, gigabytes, overCopy, wallMs }: SearchFigures): string {
  const rounds = wallMs.length === 1 ? '1 round' : `${wallMs.length} rounds`;
  return (
    `${piece.engine}: the ${LIMIT} most similar of ${nameGallery(piece)} in ${formatMs(medianMs)} on one thread ` +
    `(median of ${rounds}), ${round(gigabytes)} GB/s; a search takes ${Number(overCopy.toPrecision(2))} times as long as a copy of the templates in memory.`
  );
}

function describeFilter({ piece, medianMs, overFloat32 }: SearchFigures): string {
  return (
    `${piece.engine}: with bytes in a first pass, ${nameGallery(piece)} take ${formatMs(medianMs)}, ` +
    `${Number((1 / overFloat32).toPrecision(2))} times as fast as without; the results are the same, bit by bit.`
  );
}

function describeMemory({ engine, count, dimension, beforeBytes, peakBytes, indexBytes }: SearchMemoryPiece): string {
  return (
    `${engine}: a process with ${nameGallery({ count, dimension })} (${megabytes(count * dimension * 4)} MB) grows from ${megabytes(beforeBytes)} to ` +
    `${megabytes(peakBytes)} MB at most; ${megabytes(indexBytes)} MB are the memory of the index.`
  );
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

function nameGallery({ count, dimension }: { readonly count: number; readonly dimension: number }): string {
  return `${count.toLocaleString('en-US')} templates of ${dimension} numbers`;
}

function formatMs(milliseconds: number): string {
  return milliseconds >= 1000 ? `${(milliseconds / 1000).toFixed(2)} s` : `${Number(milliseconds.toPrecision(3))} ms`;
}

function toTimeTable(figures: readonly SearchFigures[]): Table {
  return {
    caption: `Time of one search for the ${LIMIT} most similar templates`,
    columns: [
      { label: 'Where' },
      { label: 'Templates', align: 'right' },
      { label: 'Numbers each', align: 'right' },
      { label: 'Index' },
      { label: 'Wall, ms', align: 'right' },
      { label: '95th percentile', align: 'right' },
      { label: 'CPU, ms', align: 'right' },
      { label: 'Search / copy', align: 'right' },
      { label: 'Times as fast as float32', align: 'right' },
      { label: 'Rounds', align: 'right' },
    ],
    rows: figures.map((figure) => [
      figure.piece.engine,
      figure.piece.count,
      figure.piece.dimension,
      labelOf(figure),
      round(figure.medianMs),
      round(figure.p95Ms),
      round(figure.medianCpuMs),
      round(figure.overCopy),
      round(1 / figure.overFloat32),
      figure.wallMs.length,
    ]),
    note:
      'Medians, one thread, cosine. Templates are generated vectors of length 1 from a fixed seed. All kinds of index gave the same results, bit by bit, and ' +
      'the planted match first. Many probes: 32 in one call, time of one of them. Search / copy: beside a copy of the templates to another matrix that is ' +
      'there already, in the same round.',
  };
}

function toGalleryTable(pieces: readonly SearchPiece[]): Table {
  return {
    caption: 'Copying, reading and preparing the same templates',
    columns: [
      { label: 'Where' },
      { label: 'Templates', align: 'right' },
      { label: 'Numbers each', align: 'right' },
      { label: 'Size, MB', align: 'right' },
      { label: 'Copy, GB/s', align: 'right' },
      { label: 'Read, GB/s', align: 'right' },
      { label: 'Index, MB', align: 'right' },
      { label: 'with int8', align: 'right' },
      { label: 'Fill, ms', align: 'right' },
      { label: 'with int8', align: 'right' },
    ],
    rows: pieces.map((piece) => {
      const bytes = bytesOf(piece);
      const inMegabytes = (of: number | undefined): number | undefined => (of === undefined ? undefined : round(of / 1e6));
      const rounded = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : round(ms));
      return [
        piece.engine,
        piece.count,
        piece.dimension,
        round(bytes / 1e6),
        round(bytes / medianOf(piece.copyMs) / 1e6),
        round(bytes / medianOf(piece.readMs) / 1e6),
        inMegabytes(piece.indexBytes['float32']),
        inMegabytes(piece.indexBytes['int8']),
        rounded(piece.prepareMs['float32']),
        rounded(piece.prepareMs['int8']),
      ];
    }),
    note:
      'A copy writes as much as it reads. Read: the templates added up in JavaScript, eight bytes at a time. What fits into the caches of the CPU is read ' +
      'faster than memory. Fill: creating the index, adding all templates and the first search.',
  };
}

/** Three digits: more would be noise. */
function round(value: number): number {
  return Number(value.toPrecision(3));
}

function drawTimes(figures: readonly SearchFigures[]): Chart {
  return {
    kind: 'line',
    title: 'Time of one search',
    description: `Median wall time over the number of templates, one thread, the ${LIMIT} best, float32.`,
    x: { label: 'Templates', scale: 'log' },
    y: { label: 'Milliseconds', scale: 'log' },
    series: toLines(
      figures.filter(({ variant, isBatch }) => variant === 'float32' && !isBatch),
      ({ piece }) => `${piece.engine}, ${piece.dimension} numbers`,
      ({ medianMs }) => medianMs,
    ),
  };
}

function drawRatios(figures: readonly SearchFigures[]): Chart {
  const dimension = Math.min(...figures.map(({ piece }) => piece.dimension));
  return {
    kind: 'line',
    title: `Searches among templates of ${dimension} numbers, beside a copy of them`,
    description: 'How many times as long as a copy of the same memory in the same round.',
    x: { label: 'Templates', scale: 'log' },
    y: { label: 'Search / copy', scale: 'log' },
    series: toLines(
      figures.filter(({ piece }) => piece.dimension === dimension),
      (figure) => `${figure.piece.engine}, ${labelOf(figure)}`,
      ({ overCopy }) => overCopy,
    ),
  };
}

function toLines(
  figures: readonly SearchFigures[],
  nameOf: (figure: SearchFigures) => string,
  yOf: (figure: SearchFigures) => number,
): LineSeries[] {
  const lines = new Map<string, [number, number][]>();
  for (const figure of figures) lines.set(nameOf(figure), [...(lines.get(nameOf(figure)) ?? []), [figure.piece.count, yOf(figure)]]);
  return [...lines].map(([name, points]) => ({ name, points: points.sort(([a], [b]) => a - b) }));
}

function toCsvRows(pieces: readonly SearchPiece[]): SuiteReport['csv'] {
  return {
    columns: ['platform', 'engine', 'templates', 'numbers', 'index', 'probes', 'round', 'search ms', 'search CPU ms', 'copy ms', 'read ms'],
    rows: pieces.flatMap((piece) =>
      piece.searches.flatMap(({ variant, isBatch, wallMs, cpuMs }) =>
        wallMs.map((search, i) => [
          piece.platform,
          piece.engine,
          piece.count,
          piece.dimension,
          variant,
          isBatch ? 'many' : 'one',
          i + 1,
          search,
          cpuMs.length > 1 ? cpuMs[i] : undefined,
          piece.copyMs[i],
          piece.readMs[i],
        ]),
      ),
    ),
  };
}
