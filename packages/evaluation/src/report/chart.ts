/** Charts as data: what they show, not how they are drawn. */

/** Draws as one of these. */
export type Chart = LineChart | HistogramChart | IntervalChart | HeatMapChart;

/** One axis of a chart. */
export interface Axis {
  /** What is measured, with its unit. */
  readonly label: string;
  /**
   * `probit` spaces shares by their normal deviate, as DET curves are drawn (Martin et al., "The DET Curve in Assessment of Detection Task
   * Performance", Eurospeech 1997). It cannot show 0 and 1, `log` nothing up to 0: such values are drawn at the end of the axis and marked.
   */
  readonly scale: 'linear' | 'log' | 'probit';
  /** Start of the axis. By default, and where the scale cannot show it, a round value below all data. */
  readonly min?: number | undefined;
  /** End of the axis, likewise. */
  readonly max?: number | undefined;
  /** How ticks are written: 0.001, 0.1 % or 1e-3. By default `percent` on probit axes, `number` on others. */
  readonly format?: 'number' | 'percent' | 'rate' | undefined;
}

/** A place on a chart, in the units of its axes. */
export type ChartPoint = readonly [x: number, y: number];

/** Curves over two axes: DET, ROC, CMC, times. */
export interface LineChart {
  readonly kind: 'line';
  readonly title: string;
  /** What the chart shows, for those who read it without seeing it too. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  /** Drawn in this order. A point with NaN leaves a gap. Long series are thinned out to what can be seen. */
  readonly series: readonly LineSeries[];
  /** Single points with a name, such as a working point. */
  readonly marks?: readonly { readonly x: number; readonly y: number; readonly label: string }[] | undefined;
  /** Draws the line y = x: where both error rates are equal, or what guessing reaches. */
  readonly diagonal?: boolean | undefined;
}

/** One curve of a {@link LineChart}. */
export interface LineSeries {
  readonly name: string;
  readonly points: readonly ChartPoint[];
  /** An interval around the curve. */
  readonly band?: { readonly lower: readonly ChartPoint[]; readonly upper: readonly ChartPoint[] } | undefined;
}

/** Distributions over one another. */
export interface HistogramChart {
  readonly kind: 'histogram';
  readonly title: string;
  /** What the chart shows, for those who read it without seeing it too. */
  readonly description: string;
  readonly x: Axis;
  /** Each is drawn as a density: its area is 1, so that a small class can be seen beside a large one. */
  readonly series: readonly HistogramSeries[];
  /** Vertical lines, such as thresholds. */
  readonly marks?: readonly AxisMark[] | undefined;
  /** Shows the density on a logarithmic axis, where the tails can be seen. */
  readonly logCounts?: boolean | undefined;
}

/** One distribution of a {@link HistogramChart}. */
export interface HistogramSeries {
  readonly name: string;
  /** Ascending; one more than `counts`. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

/** Values with their intervals, one below the other: strata, conditions, models. */
export interface IntervalChart {
  readonly kind: 'intervals';
  readonly title: string;
  /** What the chart shows, for those who read it without seeing it too. */
  readonly description?: string | undefined;
  readonly rows: readonly IntervalRow[];
  readonly x: Axis;
  /** Vertical lines, such as the value over all rows. */
  readonly marks?: readonly AxisMark[] | undefined;
}

/** One value of an {@link IntervalChart}. */
export interface IntervalRow {
  readonly label: string;
  /** NaN where there is none. */
  readonly value: number;
  readonly ci95: readonly [number, number];
  /** How many observations the value rests on. */
  readonly n: number;
}

/** A vertical line at a place of the x axis. */
export interface AxisMark {
  readonly x: number;
  readonly label: string;
}

/** One value for each pair of a row and a column: the darker, the larger. Each value is written in its cell too, where it fits. */
export interface HeatMapChart {
  readonly kind: 'heatMap';
  readonly title: string;
  /** What the chart shows, for those who read it without seeing it too. */
  readonly description: string;
  readonly columns: readonly string[];
  readonly rows: readonly HeatMapRow[];
  /** What the values are. The scale runs from the smallest to the largest of them. */
  readonly value: {
    /** With its unit. */
    readonly label: string;
    /** `log` for values of different orders of magnitude; values up to 0 then look like the smallest. */
    readonly scale: 'linear' | 'log';
  };
}

/** One row of a {@link HeatMapChart}. */
export interface HeatMapRow {
  readonly label: string;
  /** One for each column; NaN where there is none. */
  readonly values: readonly number[];
}
