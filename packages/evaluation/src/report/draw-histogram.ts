/** Distributions over one another. */

import { area as areaOf, curveStepAfter, line } from 'd3-shape';
import type { HistogramChart } from './chart.ts';
import type { Block } from './chart-legend.ts';
import { seriesClass } from './chart-style.ts';
import { type Density, toDensity } from './density.ts';
import { formatNumber } from './format-number.ts';
import { element, type Markup } from './markup.ts';
import { drawPlot, type PlotArea } from './plot.ts';
import type { PixelPoint } from './thin-line.ts';

const ASPECT = 0.58;
const toOutline = line<PixelPoint>().curve(curveStepAfter).digits(1);

/** Draws the chart, `width` pixels wide. */
export function drawHistogram(chart: HistogramChart, width: number): Block {
  const { series, marks = [], logCounts = false } = chart;
  const densities = series.map(toDensity);
  return drawPlot({
    width,
    aspect: ASPECT,
    x: { axis: chart.x, values: [...densities.flatMap(({ points }) => points.map(([x]) => x)), ...marks.map(({ x }) => x)] },
    y: {
      axis: { label: logCounts ? 'Density, logarithmic' : 'Density', scale: logCounts ? 'log' : 'linear', min: logCounts ? undefined : 0 },
      values: densities.flatMap(({ points }) => points.map(([, density]) => density)),
    },
    legend: series.map(({ name }, i) => ({
      label: `${name} (n = ${formatNumber(densities[i]?.total ?? 0)})`,
      series: seriesClass(i),
      swatch: 'heap',
    })),
    flags: marks,
    draw: (area) => ({
      clipped: [
        ...densities.map((density, i) => drawHeap(density, i, area)),
        ...densities.map((density, i) => drawOutline(density, i, area)),
      ],
      footnotes: densities.flatMap(({ left }, i) =>
        left === 0 ? [] : [`Not drawn: ${formatNumber(left)} of ${series[i]?.name ?? ''}, in bins without a finite width.`],
      ),
    }),
  });
}

function placeSteps({ points }: Density, area: PlotArea): PixelPoint[] {
  return points.flatMap(([x, density]) => {
    const [px, py] = [area.x.place(x), area.y.place(density)];
    return px && py ? [[px.at, py.at] as const] : [];
  });
}

function drawHeap(density: Density, index: number, area: PlotArea): Markup {
  const heap = areaOf<PixelPoint>()
    .curve(curveStepAfter)
    .digits(1)
    .y0(area.height)
    .x(([x]) => x)
    .y1(([, y]) => y);
  return element('path', { class: `heap ${seriesClass(index)}`, d: heap(placeSteps(density, area)) ?? '' });
}

function drawOutline(density: Density, index: number, area: PlotArea): Markup {
  const steps = placeSteps(density, area);
  const [first] = steps;
  const outline: PixelPoint[] = first === undefined ? [] : [[first[0], area.height], ...steps];
  return element('path', { class: `curve outline ${seriesClass(index)}`, d: toOutline(outline) ?? '' });
}
