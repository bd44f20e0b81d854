/** Values with their intervals, one below the other. */

import { type AxisScale, createAxisScale } from './axis-scale.ts';
import type { IntervalChart, IntervalRow } from './chart.ts';
import { drawFlags } from './chart-flags.ts';
import type { Block } from './chart-legend.ts';
import { seriesClass } from './chart-style.ts';
import { formatNumber } from './format-number.ts';
import { element, type Markup, roundPixels } from './markup.ts';
import { measureText, shortenText } from './text-width.ts';

const FONT = 12;
const ROW = 26;
const CAP = 4;
const RIGHT = 14;
const BETWEEN = 12;
/** Labels take at most this share of the width: the values are what matters. */
const LABEL_SHARE = 0.36;

/** Draws the chart, `width` pixels wide. */
export function drawIntervals(chart: IntervalChart, width: number): Block {
  const { rows, marks = [] } = chart;
  const counts = rows.map(({ n }) => formatNumber(n));
  const labelWidth = Math.min(width * LABEL_SHARE, Math.max(40, ...rows.map(({ label }) => measureText(label, FONT))));
  const countWidth = Math.max(12, ...counts.map((count) => measureText(count, FONT)));
  const left = Math.ceil(labelWidth) + BETWEEN;
  const plotWidth = Math.floor(width - left - RIGHT - BETWEEN - countWidth);
  const height = rows.length * ROW + 8;
  const values = [...rows.flatMap(({ value, ci95 }) => [value, ...ci95]), ...marks.map(({ x }) => x)];
  const x = createAxisScale({ axis: chart.x, values, direction: 'horizontal', length: plotWidth });
  const flags = drawFlags(marks, x, { width: plotWidth, height, right: 0 });
  const top = Math.max(18, flags.height + 18);
  return {
    height: top + height + 50,
    content: [
      element('text', { class: 'quiet end', x: width - 2, y: top - 8 }, 'n'),
      element('text', { class: 'middle', x: left + plotWidth / 2, y: top + height + 40 }, shortenText(chart.x.label, width - 8, FONT)),
      element(
        'g',
        { transform: `translate(${left} ${top})` },
        drawAxis(x, plotWidth, height),
        flags.content,
        rows.map((row, i) => [
          element('text', { class: 'end', x: -BETWEEN, y: rowCentre(i) + 4 }, ...fitLabel(row.label, labelWidth)),
          drawRow(row, rowCentre(i), { x, width: plotWidth }),
          element('text', { class: 'quiet end', x: plotWidth + RIGHT + BETWEEN + countWidth - 2, y: rowCentre(i) + 4 }, counts[i]),
        ]),
      ),
    ],
  };
}

function rowCentre(index: number): number {
  return index * ROW + ROW / 2 + 4;
}

function fitLabel(label: string, width: number): readonly (Markup | string)[] {
  const short = shortenText(label, width, FONT);
  return short === label ? [label] : [element('title', {}, label), short];
}

function drawAxis(x: AxisScale, width: number, height: number): readonly Markup[] {
  const labelled = x.ticks.filter(({ label }) => label !== undefined);
  return [
    element('path', { class: 'grid', d: labelled.map(({ at }) => `M${roundPixels(at)} 0V${height}`).join('') }),
    element('path', {
      class: 'tick',
      d: x.ticks.map(({ at, label }) => `M${roundPixels(at)} ${height}v${label === undefined ? 3 : 5}`).join(''),
    }),
    element('path', { class: 'frame', d: `M0 ${height}H${width}` }),
    ...labelled.map(({ at, label }) => element('text', { class: 'quiet middle', x: at, y: height + 19 }, label)),
  ];
}

function drawRow({ value, ci95 }: IntervalRow, y: number, area: { x: AxisScale; width: number }): readonly Markup[] {
  const [centre, from, to] = [value, ...ci95].map((end) => placeInside(end, area));
  if (centre === undefined) return [element('text', { class: 'quiet halo', x: 4, y: y + 4 }, 'no value')];
  const whisker = from === undefined || to === undefined ? [] : [drawWhisker(from, to, y)];
  const isHidden = (place: InsidePlace | undefined) => place !== undefined && place.side !== 0;
  const tips = [centre, from, to]
    .filter(isHidden)
    .map((place) => (place?.side === -1 ? `M-6 ${y}l6 -4v8z` : `M${area.width + 6} ${y}l-6 -4v8z`));
  return [
    ...whisker,
    ...(centre.side === 0 ? [element('circle', { class: `point ${seriesClass(0)}`, cx: centre.at, cy: y, r: 3.5 })] : []),
    ...(tips.length === 0 ? [] : [element('path', { class: `point ${seriesClass(0)}`, d: [...new Set(tips)].join('') })]),
  ];
}

/** A place on the axis, and at which end a value stands that is outside of it. */
interface InsidePlace {
  readonly at: number;
  readonly side: -1 | 0 | 1;
}

function placeInside(value: number, { x, width }: { x: AxisScale; width: number }): InsidePlace | undefined {
  const place = x.place(value);
  if (place === undefined) return undefined;
  if (place.at < -0.05 || (place.beyond && place.at === 0)) return { at: 0, side: -1 };
  return place.at > width + 0.05 || place.beyond ? { at: width, side: 1 } : { at: place.at, side: 0 };
}

/** A line with a cap at each end that is inside of the axis. */
function drawWhisker(from: InsidePlace, to: InsidePlace, y: number): Markup {
  const caps = [from, to].map(({ at, side }) => (side === 0 ? `M${roundPixels(at)} ${y - CAP}v${2 * CAP}` : ''));
  return element('path', {
    class: `curve outline ${seriesClass(0)}`,
    d: `M${roundPixels(from.at)} ${y}H${roundPixels(to.at)}${caps.join('')}`,
  });
}
