/** The frame around every chart: legend, axes, grid, footnotes. */

import { type AxisScale, createAxisScale, TICK_FONT } from './axis-scale.ts';
import type { Axis, AxisMark } from './chart.ts';
import { drawFlags } from './chart-flags.ts';
import { type Block, drawLegend, type LegendEntry } from './chart-legend.ts';
import { element, type Markup, roundPixels } from './markup.ts';
import { measureText, shortenText, wrapText } from './text-width.ts';

/** An axis with everything that it must show. */
export interface AxisData {
  readonly axis: Axis;
  readonly values: Iterable<number>;
}

/** The area between the axes, its origin at the top left. */
export interface PlotArea {
  readonly x: AxisScale;
  readonly y: AxisScale;
  readonly width: number;
  readonly height: number;
}

/** What {@link drawPlot} needs. */
export interface PlotRequest {
  /** Of the whole drawing. */
  readonly width: number;
  /** Height of the area between the axes for its width. */
  readonly aspect: number;
  readonly x: AxisData;
  readonly y: AxisData;
  readonly legend: readonly LegendEntry[];
  readonly flags: readonly AxisMark[];
  readonly draw: (area: PlotArea) => PlotContent;
}

/** The data, drawn. */
export interface PlotContent {
  /** What ends at the edges of the area. */
  readonly clipped: readonly Markup[];
  /** What may reach over them. */
  readonly above?: readonly Markup[];
  /** What a reader must know about what was drawn. */
  readonly footnotes?: readonly string[];
}

const NOTE_FONT = 11;
const RIGHT = 18;
const TICK_LENGTH = 5;
/** Room for the label of the vertical axis, which stands above it: read without turning the head. */
const Y_LABEL_ROW = 28;
/** Lines on the edge of the area keep their full width. */
const BLEED = 2;

/** Draws axes, grid and legend around data. */
export function drawPlot(request: PlotRequest): Block {
  const { width, legend, flags } = request;
  // The height follows from the width but for the labels at the left, whose width is known only after the height.
  const height = Math.round((width - 70) * request.aspect);
  const y = createAxisScale({ ...request.y, direction: 'vertical', length: height });
  const left = Math.ceil(Math.max(...y.ticks.map(({ label }) => measureText(label ?? '', TICK_FONT)), 12)) + TICK_LENGTH + 7;
  const plotWidth = width - left - RIGHT;
  const x = createAxisScale({ ...request.x, direction: 'horizontal', length: plotWidth });
  const area: PlotArea = { x, y, width: plotWidth, height };

  const legendBlock = drawLegend(legend, width - 4);
  const flagBlock = drawFlags(flags, x, { ...area, right: RIGHT });
  const top = legendBlock.height + Y_LABEL_ROW + flagBlock.height;
  const { clipped, above = [], footnotes = [] } = request.draw(area);
  const notes = drawNotes(footnotes, width);
  const labels = [
    element('text', { x: 0, y: legendBlock.height + 13 }, shortenText(request.y.axis.label, width - 8, 12)),
    element(
      'text',
      { class: 'middle', x: left + plotWidth / 2, y: top + height + 40 },
      shortenText(request.x.axis.label, plotWidth + left, 12),
    ),
  ];
  const inside = element(
    'svg',
    {
      x: -BLEED,
      y: -BLEED,
      width: plotWidth + 2 * BLEED,
      height: height + 2 * BLEED,
      viewBox: `${-BLEED} ${-BLEED} ${roundPixels(plotWidth) + 2 * BLEED} ${height + 2 * BLEED}`,
    },
    clipped,
  );
  return {
    height: top + height + 54 + notes.height,
    content: [
      ...legendBlock.content,
      ...labels,
      element('g', { transform: `translate(${left} ${top})` }, drawGrid(area), drawAxes(area), inside, flagBlock.content, above),
      element('g', { transform: `translate(0 ${top + height + 52})` }, notes.content),
    ],
  };
}

/** Draws lines of quiet text. */
function drawNotes(notes: readonly string[], width: number): Block {
  const lines = notes.flatMap((note) => wrapText(note, width - 8, NOTE_FONT));
  return {
    height: lines.length * 16,
    content: lines.map((line, i) => element('text', { class: 'quiet', x: 0, y: i * 16 + 11 }, line)),
  };
}

function drawGrid({ x, y, width, height }: PlotArea): readonly Markup[] {
  const labelled = (scale: AxisScale) => scale.ticks.filter(({ label }) => label !== undefined).map(({ at }) => roundPixels(at));
  const vertical = labelled(x).map((at) => `M${at} 0V${height}`);
  const horizontal = labelled(y).map((at) => `M0 ${at}H${roundPixels(width)}`);
  return [element('path', { class: 'grid', d: [...vertical, ...horizontal].join('') })];
}

function drawAxes({ x, y, width, height }: PlotArea): readonly Markup[] {
  const length = (label: string | undefined) => (label === undefined ? TICK_LENGTH - 2 : TICK_LENGTH);
  const below = x.ticks.map(({ at, label }) => `M${roundPixels(at)} ${height}v${length(label)}`);
  const beside = y.ticks.map(({ at, label }) => `M0 ${roundPixels(at)}h${-length(label)}`);
  return [
    element('path', { class: 'tick', d: [...below, ...beside].join('') }),
    element('path', { class: 'frame', d: `M0 0V${height}H${roundPixels(width)}` }),
    ...x.ticks.flatMap(({ at, label }) =>
      label === undefined ? [] : [element('text', { class: 'quiet middle', x: at, y: height + TICK_LENGTH + 14 }, label)],
    ),
    ...y.ticks.flatMap(({ at, label }) =>
      label === undefined ? [] : [element('text', { class: 'quiet end', x: -TICK_LENGTH - 4, y: at + 4 }, label)],
    ),
  ];
}
