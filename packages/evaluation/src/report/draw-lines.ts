/** Curves over two axes. */

import { line } from 'd3-shape';
import type { ChartPoint, LineChart, LineSeries } from './chart.ts';
import type { Block } from './chart-legend.ts';
import { seriesClass } from './chart-style.ts';
import { drawPointMarks } from './draw-point-marks.ts';
import { element, type Markup, roundPixels } from './markup.ts';
import { drawPlot, type PlotArea } from './plot.ts';
import { type PlacedPoint, type Stretch, splitCurve } from './split-curve.ts';
import { type PixelPoint, thinLine } from './thin-line.ts';

const ASPECT = 0.66;
/** Enough for a line that is straight on one of the two scales and curved on the other. */
const DIAGONAL_STEPS = 200;
const toPath = line<PixelPoint>().digits(1);

/** Draws the chart, `width` pixels wide. */
export function drawLines(chart: LineChart, width: number): Block {
  const { series, marks = [], diagonal = false, x, y } = chart;
  return drawPlot({
    width,
    aspect: diagonal && x.scale === y.scale ? 1 : ASPECT,
    x: { axis: x, values: valuesOf(chart, 0) },
    y: { axis: y, values: valuesOf(chart, 1) },
    legend: series.map(({ name }, i) => ({ label: name, series: seriesClass(i), swatch: 'line' })),
    flags: [],
    draw: (area) => {
      const curves = series.map(({ points }) => placeCurve(points, area));
      return {
        clipped: [
          diagonal ? drawDiagonal(area) : [],
          series.flatMap(({ band }, i) => (band === undefined ? [] : [drawBand(band, i, area)])),
          curves.flatMap(drawCurve),
        ].flat(),
        above: [...curves.flatMap((stretches, i) => drawTips(stretches, i, area)), ...drawPointMarks(marks, curves.flat(), area)],
        footnotes: describeRest(chart, curves.flat()),
      };
    },
  });
}

function describeRest({ series, marks = [] }: LineChart, stretches: readonly Stretch[]): readonly string[] {
  const drawn = [...series.flatMap(({ points, band }) => [points, band?.lower ?? [], band?.upper ?? []]), marks.map(({ x, y }) => [x, y])];
  const missing = drawn.reduce((sum, points) => sum + points.filter((point) => point.some(Number.isNaN)).length, 0);
  return [
    ...(stretches.some(({ beyond }) => beyond)
      ? ['Dotted, from a triangle on: the curve goes on to values that the axis cannot show.']
      : []),
    ...(missing > 0 ? [`Not drawn, for they are not numbers: ${missing} ${missing === 1 ? 'point' : 'points'}.`] : []),
  ];
}

function* valuesOf({ series, marks = [] }: LineChart, coordinate: 0 | 1): Generator<number> {
  for (const { points, band } of series) {
    for (const point of points) yield point[coordinate];
    for (const point of band?.lower ?? []) yield point[coordinate];
    for (const point of band?.upper ?? []) yield point[coordinate];
  }
  for (const { x, y } of marks) yield coordinate === 0 ? x : y;
}

/** What of a curve is drawn. A stretch beyond an axis whose curve has left the picture before is not: it would start from nowhere. */
function placeCurve(points: readonly ChartPoint[], area: PlotArea): readonly Stretch[] {
  return splitCurve(points.map((point) => placePoint(point, area)))
    .filter((stretch) => !stretch.beyond || visibleEnds(stretch, area).length > 0)
    .map((stretch) => ({ ...stretch, points: thinLine(stretch.points) }));
}

function placePoint([x, y]: ChartPoint, area: PlotArea): PlacedPoint | undefined {
  const [px, py] = [area.x.place(x), area.y.place(y)];
  return px && py && { point: [px.at, py.at], beyond: px.beyond || py.beyond };
}

function drawCurve(stretches: readonly Stretch[], index: number): readonly Markup[] {
  const path = (beyond: boolean) =>
    stretches
      .filter((stretch) => stretch.beyond === beyond && stretch.points.length > 1)
      .map(({ points }) => toPath([...points]))
      .join('');
  const [inside, outside] = [path(false), path(true)];
  const single = stretches.filter(({ points, beyond }) => points.length === 1 && !beyond).flatMap(({ points }) => points);
  return [
    ...(outside === '' ? [] : [element('path', { class: `curve ${seriesClass(index)} beyond`, d: outside })]),
    ...(inside === '' ? [] : [element('path', { class: `curve ${seriesClass(index)}`, d: inside })]),
    ...single.map(([cx, cy]) => element('circle', { class: `point ${seriesClass(index)}`, cx, cy, r: 2 })),
  ];
}

/** Triangles where a curve leaves what an axis can show. */
function drawTips(stretches: readonly Stretch[], index: number, area: PlotArea): readonly Markup[] {
  const ends = stretches.flatMap((stretch) => visibleEnds(stretch, area));
  return ends.map((end) => element('path', { class: `point ${seriesClass(index)}`, d: outward(end, area) }));
}

/** Where a stretch meets the curve inside of the picture; where nothing of a curve is inside, its start. */
function visibleEnds({ exits }: Stretch, area: PlotArea): readonly PixelPoint[] {
  const isAlone = exits.every(({ neighbour }) => neighbour === undefined);
  return exits
    .filter(({ end, neighbour }) => isInside(end, area) && (isAlone || (neighbour && isInside(neighbour, area))))
    .map(({ end }) => end);
}

function isInside([x, y]: PixelPoint, { width, height }: PlotArea): boolean {
  return x >= 0 && x <= width && y >= 0 && y <= height;
}

function outward([x, y]: PixelPoint, { width, height }: PlotArea): string {
  const at = `M${roundPixels(x)} ${roundPixels(y)}`;
  if (x === 0) return `${at}m-5 0l6 -4v8z`;
  if (x === width) return `${at}m5 0l-6 -4v8z`;
  return y === height ? `${at}m0 5l-4 -6h8z` : `${at}m0 -5l-4 6h8z`;
}

function drawBand(band: NonNullable<LineSeries['band']>, index: number, area: PlotArea): Markup {
  const edge = (points: readonly ChartPoint[]) => {
    const placed = points.map((point) => placePoint(point, area)).filter((place) => place !== undefined);
    return thinLine(placed.map(({ point }) => point));
  };
  const outline = [...edge(band.lower), ...edge(band.upper).toReversed()];
  return element('path', { class: `band ${seriesClass(index)}`, d: outline.length < 3 ? '' : `${toPath(outline)}Z` });
}

function drawDiagonal(area: PlotArea): readonly Markup[] {
  const from = Math.max(area.x.domain[0], area.y.domain[0]);
  const to = Math.min(area.x.domain[1], area.y.domain[1]);
  if (!(from < to)) return [];
  // Denser towards zero, where a logarithmic scale has its room.
  const values = Array.from({ length: DIAGONAL_STEPS + 1 }, (_, i) => from + (to - from) * (i / DIAGONAL_STEPS) ** 4);
  const points = values.map((value) => placePoint([value, value], area)?.point).filter((point) => point !== undefined);
  return [element('path', { class: 'diagonal', d: toPath([...thinLine(points)]) ?? '' })];
}
