/** What suite `search` says of its pieces. */

import type { Chart, LineSeries, Table } from '@isoface/evaluation';
import type { MeasuredPiece, Series, SuiteReport } from '../../run/suite.ts';
import { medianOf, quantileOf } from '../../statistics.ts';
import { LIMIT } from './measure-gallery.ts';
import { bytesOf } from './plan-galleries.ts';
import type { SearchPiece } from './search-piece.ts';

/** The medians of a piece. */
interface SearchFigures extends SearchPiece {
  readonly wallMs: number;
  readonly wallP95Ms: number;
  readonly cpuMs: number;
  readonly copyMedianMs: number;
  /** Gigabytes (1e9) of templates that a search reads in a second; and those that a copy reads. */
  readonly searchGBs: number;
  readonly copyGBs: number;
  /** How many times as long as copying the same memory a search takes: median of the rounds. */
  readonly ratio: number;
}

/** Describes the pieces. */
export function reportSearch(pieces: readonly MeasuredPiece<SearchPiece>[]): SuiteReport {
  const figures = pieces.map(({ value }) => summarize(value));
  return {
    series: pieces.flatMap(({ name, value }) => toSeries(name, value)),
    findings: describe(figures),
    charts: figures.length === 0 ? [] : [drawTimes(figures), drawRates(figures)],
    tables: figures.length === 0 ? [] : [toTimeTable(figures), toMemoryTable(figures)],
    csv: toCsvRows(pieces),
  };
}

function summarize(piece: SearchPiece): SearchFigures {
  const bytes = bytesOf(piece);
  const wallMs = medianOf(piece.searchMs);
  const copyMedianMs = medianOf(piece.copyMs);
  return {
    ...piece,
    wallMs,
    wallP95Ms: quantileOf(piece.searchMs, 0.95),
    cpuMs: medianOf(piece.searchCpuMs),
    copyMedianMs,
    searchGBs: bytes / wallMs / 1e6,
    copyGBs: bytes / copyMedianMs / 1e6,
    ratio: medianOf(toRatios(piece)),
  };
}

/** Of each round, so that both were timed in the same moment. */
function toRatios({ searchMs, copyMs }: SearchPiece): number[] {
  return searchMs.map((search, i) => search / (copyMs[i] ?? Number.NaN));
}

function toSeries(piece: string, value: SearchPiece): Series[] {
  const prefix = `${value.platform}/${value.count}x${value.dimension}`;
  const lower = { piece, better: 'lower' } as const;
  return [
    { ...lower, key: `${prefix}/search/wall`, unit: 'ms', samples: value.searchMs },
    // One figure over all rounds would count as one without noise.
    ...(value.searchCpuMs.length > 1 ? [{ ...lower, key: `${prefix}/search/cpu`, unit: 'ms' as const, samples: value.searchCpuMs }] : []),
    { ...lower, key: `${prefix}/copy/wall`, unit: 'ms', samples: value.copyMs },
    { ...lower, key: `${prefix}/search/over-copy`, unit: 'ratio', samples: toRatios(value) },
  ];
}

/** The largest gallery of each platform, for it decides what is possible. */
function describe(figures: readonly SearchFigures[]): string[] {
  return ['node', 'web'].flatMap((platform) => {
    const largest = figures.filter((figure) => figure.platform === platform).sort((a, b) => bytesOf(b) - bytesOf(a))[0];
    if (largest === undefined) return [];
    const { engine, count, dimension, wallMs, searchGBs, ratio, searchMs } = largest;
    const rounds = searchMs.length === 1 ? '1 round' : `${searchMs.length} rounds`;
    return [
      `${engine}: the ${LIMIT} most similar of ${count.toLocaleString('en-US')} templates of ${dimension} numbers in ${formatMs(wallMs)} on one thread ` +
        `(median of ${rounds}), ${round(searchGBs)} GB/s; a search takes ${Number(ratio.toPrecision(2))} times as long as a copy of the templates in memory.`,
    ];
  });
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
      { label: 'Wall, ms', align: 'right' },
      { label: '95th percentile', align: 'right' },
      { label: 'CPU, ms', align: 'right' },
      { label: 'Searches/s', align: 'right' },
      { label: 'Rounds', align: 'right' },
    ],
    rows: figures.map(({ engine, count, dimension, wallMs, wallP95Ms, cpuMs, searchMs }) => [
      engine,
      count,
      dimension,
      round(wallMs),
      round(wallP95Ms),
      round(cpuMs),
      round(1000 / wallMs),
      searchMs.length,
    ]),
    note:
      'Medians. Templates are generated vectors of length 1 from a fixed seed; the time does not depend on their values. A probe is compared with every ' +
      'template by the scorer of core (cosine, one thread); the planted match was found first in each gallery.',
  };
}

function toMemoryTable(figures: readonly SearchFigures[]): Table {
  return {
    caption: 'Templates read in a second, beside a copy of the same memory',
    columns: [
      { label: 'Where' },
      { label: 'Templates', align: 'right' },
      { label: 'Numbers each', align: 'right' },
      { label: 'Size, MB', align: 'right' },
      { label: 'Search, GB/s', align: 'right' },
      { label: 'Copy, GB/s', align: 'right' },
      { label: 'Search / copy', align: 'right' },
      { label: 'Scorer, ms', align: 'right' },
    ],
    rows: figures.map((figure) => [
      figure.engine,
      figure.count,
      figure.dimension,
      round(bytesOf(figure) / 1e6),
      round(figure.searchGBs),
      round(figure.copyGBs),
      round(figure.ratio),
      round(figure.prepareMs),
    ]),
    note:
      'Copy: the whole matrix to another that is there already, in turn with the searches; it writes as much as it reads. Search / copy: their times in the ' +
      'same round. What fits into the caches of the CPU is read faster than memory. Scorer: checking all templates, once.',
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
    description: `Median wall time over the number of templates, one thread, the ${LIMIT} best.`,
    x: { label: 'Templates', scale: 'log' },
    y: { label: 'Milliseconds', scale: 'log' },
    series: toLines(
      figures,
      ({ engine, dimension }) => `${engine}, ${dimension} numbers`,
      ({ wallMs }) => wallMs,
    ),
  };
}

function drawRates(figures: readonly SearchFigures[]): Chart {
  const dimension = Math.max(...figures.map((figure) => figure.dimension));
  const shown = figures.filter((figure) => figure.dimension === dimension);
  const search = toLines(
    shown,
    ({ engine }) => `${engine}, search`,
    ({ searchGBs }) => searchGBs,
  );
  const copy = toLines(
    shown,
    ({ engine }) => `${engine}, copy`,
    ({ copyGBs }) => copyGBs,
  );
  return {
    kind: 'line',
    title: `Templates of ${dimension} numbers read in a second`,
    description: 'By a search, and by a copy of the same memory in the same round: what a search on one thread could reach at most, about.',
    x: { label: 'Templates', scale: 'log' },
    y: { label: 'GB/s', scale: 'log' },
    series: [...search, ...copy],
  };
}

function toLines(
  figures: readonly SearchFigures[],
  nameOf: (figure: SearchFigures) => string,
  yOf: (figure: SearchFigures) => number,
): LineSeries[] {
  const lines = new Map<string, [number, number][]>();
  for (const figure of figures) lines.set(nameOf(figure), [...(lines.get(nameOf(figure)) ?? []), [figure.count, yOf(figure)]]);
  return [...lines].map(([name, points]) => ({ name, points: points.sort(([a], [b]) => a - b) }));
}

function toCsvRows(pieces: readonly MeasuredPiece<SearchPiece>[]): SuiteReport['csv'] {
  return {
    columns: ['platform', 'engine', 'templates', 'numbers', 'round', 'search ms', 'search CPU ms', 'copy ms'],
    rows: pieces.flatMap(({ value }) =>
      value.searchMs.map((search, i) => [
        value.platform,
        value.engine,
        value.count,
        value.dimension,
        i + 1,
        search,
        value.searchCpuMs.length > 1 ? value.searchCpuMs[i] : undefined,
        value.copyMs[i],
      ]),
    ),
  };
}
