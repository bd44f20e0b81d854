import type { HeatMapChart, HistogramChart, IntervalChart, LineChart } from '../../../src/report/chart.ts';

/** A DET curve of synthetic rates, with a band, marks and both ends at zero. */
export const SAMPLE_LINES: LineChart = {
  kind: 'line',
  title: 'DET',
  description: 'False non-match rate over false match rate.',
  x: { label: 'FMR', scale: 'probit', min: 1e-4, max: 0.4 },
  y: { label: 'FNMR', scale: 'probit' },
  diagonal: true,
  series: [
    {
      name: 'standard',
      points: [
        [1, 0],
        [0.1, 0.004],
        [0.01, 0.02],
        [0.001, 0.1],
        [0, 0.2],
      ],
      band: {
        lower: [
          [0.1, 0.002],
          [0.001, 0.08],
        ],
        upper: [
          [0.1, 0.006],
          [0.001, 0.13],
        ],
      },
    },
    {
      name: 'starter',
      points: [
        [0.2, 0.01],
        [0.001, 0.2],
      ],
    },
  ],
  marks: [{ x: 0.01, y: 0.02, label: 'FMR 1e-2' }],
};

/** Two classes and a threshold. */
export const SAMPLE_HISTOGRAM: HistogramChart = {
  kind: 'histogram',
  title: 'Scores',
  description: 'Densities of both classes.',
  x: { label: 'Similarity', scale: 'linear' },
  series: [
    { name: 'impostor', edges: [-1, -0.5, 0, 0.5, 1], counts: [10, 500, 40, 0] },
    { name: 'genuine', edges: [-1, -0.5, 0, 0.5, 1], counts: [0, 1, 20, 60] },
  ],
  marks: [{ x: 0.4, label: 'FMR 1e-3' }],
};

/** Three strata, one of them empty. */
export const SAMPLE_INTERVALS: IntervalChart = {
  kind: 'intervals',
  title: 'Strata',
  x: { label: 'FNMR', scale: 'linear', format: 'percent', min: 0, max: 0.08 },
  rows: [
    { label: 'frontal', value: 0.01, ci95: [0.006, 0.016], n: 2000 },
    { label: 'profile', value: 0.05, ci95: [0.02, 0.11], n: 90 },
    { label: 'dark', value: Number.NaN, ci95: [Number.NaN, Number.NaN], n: 0 },
  ],
};

/** Times of different orders of magnitude, one of them not measured. */
export const SAMPLE_HEAT_MAP: HeatMapChart = {
  kind: 'heatMap',
  title: 'Stages',
  description: 'Median time of each stage in each runtime.',
  columns: ['detect', 'align', 'match'],
  rows: [
    { label: 'node-cpu', values: [10, 1, 0.1] },
    { label: 'web-wasm', values: [100, 10, Number.NaN] },
  ],
  value: { label: 'Median, ms', scale: 'log' },
};

/** One of each kind that has axes. */
export const SAMPLE_CHARTS: readonly (LineChart | HistogramChart | IntervalChart)[] = [SAMPLE_LINES, SAMPLE_HISTOGRAM, SAMPLE_INTERVALS];
