/** Charts as SVG. */

import type { Chart } from './chart.ts';
import type { Block } from './chart-legend.ts';
import { CHART_STYLE } from './chart-style.ts';
import { drawHeatMap } from './draw-heat-map.ts';
import { drawHistogram } from './draw-histogram.ts';
import { drawIntervals } from './draw-intervals.ts';
import { drawLines } from './draw-lines.ts';
import { element, Markup } from './markup.ts';
import { wrapText } from './text-width.ts';

const FILE_WIDTH = 640;
const MARGIN = 16;
const TITLE_FONT = 15;
const TITLE_LINE = 20;

/**
 * Draws a chart as an SVG file of its own, with its title, light or dark as its reader prefers. It loads nothing and runs nothing.
 *
 * @throws FaceError `INVALID_OPTION` if a histogram has not one edge more than counts, or a row of a heat map not one value for each column.
 */
export function renderChart(chart: Chart): string {
  const body = drawBody(chart, FILE_WIDTH - 2 * MARGIN);
  const title = wrapText(chart.title, FILE_WIDTH - 2 * MARGIN, TITLE_FONT);
  const top = MARGIN + title.length * TITLE_LINE + (title.length === 0 ? 0 : 8);
  const height = top + body.height + MARGIN;
  const svg = drawFrame(chart, { width: FILE_WIDTH, height, id: 'chart', xmlns: 'http://www.w3.org/2000/svg' }, [
    element('style', {}, new Markup(CHART_STYLE)),
    element('rect', { class: 'ground', width: FILE_WIDTH, height }),
    ...title.map((line, i) => element('text', { class: 'title', x: MARGIN, y: MARGIN + i * TITLE_LINE + 13 }, line)),
    element('g', { transform: `translate(${MARGIN} ${top})` }, body.content),
  ]);
  return `${svg.source}\n`;
}

/** Where on a page {@link drawChart} draws. */
export interface ChartPlace {
  /** In pixels. */
  readonly width: number;
  /** Unique on its page. */
  readonly id: string;
  /** A class for the page's style sheet. */
  readonly className: string;
}

/**
 * Draws a chart for a page that has the chart's style and shows its title.
 *
 * @throws FaceError as {@link renderChart}.
 */
export function drawChart(chart: Chart, { width, id, className }: ChartPlace): Markup {
  const { height, content } = drawBody(chart, width);
  return drawFrame(chart, { width, height, id, className }, content);
}

function drawFrame(
  { title, description }: Chart,
  { width, height, id, className, xmlns }: { width: number; height: number; id: string; className?: string; xmlns?: string },
  content: readonly Markup[],
): Markup {
  const names = description === undefined ? [`${id}-title`] : [`${id}-title`, `${id}-description`];
  return element(
    'svg',
    {
      xmlns,
      class: className === undefined ? 'chart' : `chart ${className}`,
      role: 'img',
      'aria-labelledby': names.join(' '),
      width,
      height,
      viewBox: `0 0 ${width} ${Math.ceil(height)}`,
    },
    element('title', { id: `${id}-title` }, title),
    description === undefined ? undefined : element('desc', { id: `${id}-description` }, description),
    content,
  );
}

function drawBody(chart: Chart, width: number): Block {
  if (chart.kind === 'line') return drawLines(chart, width);
  if (chart.kind === 'heatMap') return drawHeatMap(chart, width);
  return chart.kind === 'histogram' ? drawHistogram(chart, width) : drawIntervals(chart, width);
}
