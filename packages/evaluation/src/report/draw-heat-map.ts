/** One value for each pair of a row and a column. */

import { FaceError } from '@isoface/core';
import { limitValue, toAxisUnits } from './axis-domain.ts';
import type { HeatMapChart } from './chart.ts';
import type { Block } from './chart-legend.ts';
import { formatNumber } from './format-number.ts';
import { element, type Markup } from './markup.ts';
import { measureText, shortenText } from './text-width.ts';

const FONT = 12;
const ROW = 34;
const GAP = 2;
const BETWEEN = 10;
/** Labels take at most this share of the width: the values are what matters. */
const LABEL_SHARE = 0.34;
const SLANT_DEGREES = 35;
const LEGEND_STEPS = 9;
const LEGEND_STEP = 18;
/** Of the colour, so that text on it stays readable; the smallest value is still told from an empty cell. */
const OPACITY = { from: 0.06, to: 0.5 };

/**
 * Draws the chart, `width` pixels wide.
 *
 * @throws FaceError `INVALID_OPTION` if a row has more or fewer values than there are columns.
 */
export function drawHeatMap(chart: HeatMapChart, width: number): Block {
  const { columns, rows, value } = chart;
  assertValues(chart);
  const labelWidth = Math.min(width * LABEL_SHARE, Math.max(40, ...rows.map(({ label }) => measureText(label, FONT))));
  const left = Math.ceil(labelWidth) + BETWEEN;
  const cellWidth = (width - left) / Math.max(1, columns.length);
  const head = drawColumns(columns, { left, cellWidth, width });
  const scale = createScale(chart);
  const bottom = head.height + rows.length * ROW;
  const cells = rows.flatMap((row, i) =>
    row.values.map((cell, j) =>
      drawCell({ cell, name: `${row.label}, ${columns[j]}: ${formatNumber(cell)}`, level: scale.level(cell) }, cellWidth, {
        x: left + j * cellWidth,
        y: head.height + i * ROW,
      }),
    ),
  );
  return {
    height: bottom + 52,
    content: [
      ...head.content,
      ...rows.map(({ label }, i) => {
        const short = shortenText(label, labelWidth, FONT);
        const full = short === label ? undefined : element('title', {}, label);
        return element('text', { class: 'end', x: left - BETWEEN, y: head.height + i * ROW + ROW / 2 + 4 }, full, short);
      }),
      ...cells,
      element('g', { transform: `translate(0 ${Math.round(bottom + 14)})` }, drawLegend(value.label, scale, width)),
    ],
  };
}

function assertValues({ title, columns, rows }: HeatMapChart): void {
  const row = rows.find(({ values }) => values.length !== columns.length);
  if (row === undefined) return;
  throw new FaceError(
    'INVALID_OPTION',
    `Expected ${columns.length} values in every row of "${title}", got ${row.values.length} in "${row.label}". Pass NaN for a missing value.`,
    { title, row: row.label, expected: columns.length, actual: row.values.length },
  );
}

/** From a value to a level in [0, 1]. */
interface ColourScale {
  readonly ends: readonly [smallest: number, largest: number] | undefined;
  /** `undefined` for NaN. */
  level(value: number): number | undefined;
}

function createScale({ rows, value: { scale } }: HeatMapChart): ColourScale {
  const shown = rows.flatMap(({ values }) => values).filter((value) => Number.isFinite(limitValue(scale, value)));
  const [smallest, largest] = [Math.min(...shown), Math.max(...shown)];
  const [from, to] = [smallest, largest].map((end) => toAxisUnits(scale, limitValue(scale, end))) as [number, number];
  return {
    ends: shown.length === 0 ? undefined : [smallest, largest],
    level(value) {
      if (Number.isNaN(value)) return undefined;
      const units = toAxisUnits(scale, limitValue(scale, value));
      if (!Number.isFinite(units)) return units < 0 ? 0 : 1;
      return to > from ? Math.min(1, Math.max(0, (units - from) / (to - from))) : 0.5;
    },
  };
}

/** Labels above the columns, slanted where they are wider than the cells. */
function drawColumns(
  columns: readonly string[],
  { left, cellWidth, width }: { readonly left: number; readonly cellWidth: number; readonly width: number },
): Block {
  const centre = (index: number): number => left + (index + 0.5) * cellWidth;
  const isSlanted = columns.some((label) => measureText(label, FONT) > cellWidth - GAP);
  if (!isSlanted)
    return { height: 22, content: columns.map((label, i) => element('text', { class: 'middle', x: centre(i), y: 14 }, label)) };
  const angle = (SLANT_DEGREES * Math.PI) / 180;
  const longest = Math.min(width / 3, Math.max(...columns.map((label) => measureText(label, FONT))));
  const height = Math.ceil(longest * Math.sin(angle)) + FONT + 8;
  return {
    height,
    content: columns.map((label, i) => {
      const place = `translate(${Math.round(centre(i) + 4)} ${height - 8}) rotate(${SLANT_DEGREES})`;
      return element('text', { class: 'end', transform: place }, shortenText(label, longest, FONT));
    }),
  };
}

interface Cell {
  readonly cell: number;
  readonly name: string;
  readonly level: number | undefined;
}

function drawCell({ cell, name, level }: Cell, cellWidth: number, { x, y }: { readonly x: number; readonly y: number }): Markup {
  const title = element('title', {}, name);
  const text = { class: 'middle', x: x + cellWidth / 2, y: y + ROW / 2 + 4 };
  if (level === undefined) return element('g', {}, title, element('text', { ...text, class: 'quiet middle' }, '–'));
  const written = writeValue(cell, cellWidth - 2 * GAP);
  return element(
    'g',
    {},
    title,
    drawShade(level, { x: x + GAP / 2, y: y + GAP / 2, width: cellWidth - GAP, height: ROW - GAP }),
    written === undefined ? undefined : element('text', text, written),
  );
}

/** Three digits, fewer where they do not fit, none where no digit fits: the number is in the cell's title too. */
function writeValue(value: number, width: number): string | undefined {
  const candidates = [3, 2, 1].map((digits) => formatNumber(Number.isFinite(value) ? Number(value.toPrecision(digits)) : value));
  return candidates.find((text) => measureText(text, FONT) <= width);
}

function drawShade(level: number, place: { x: number; y: number; width: number; height: number }): Markup {
  const opacity = OPACITY.from + (OPACITY.to - OPACITY.from) * level;
  return element('rect', { class: 'cell c0', 'fill-opacity': opacity.toFixed(2), ...place });
}

/** The shades from the smallest to the largest value. */
function drawLegend(label: string, { ends }: ColourScale, width: number): readonly Markup[] {
  if (ends === undefined) return [element('text', { class: 'quiet', x: 0, y: 13 }, shortenText(label, width, FONT))];
  const [smallest, largest] = ends.map((end) => formatNumber(Number(end.toPrecision(3)))) as [string, string];
  const from = Math.ceil(measureText(smallest, FONT)) + 6;
  const to = from + LEGEND_STEPS * LEGEND_STEP;
  const steps = Array.from({ length: LEGEND_STEPS }, (_, i) =>
    drawShade(i / (LEGEND_STEPS - 1), { x: from + i * LEGEND_STEP, y: 2, width: LEGEND_STEP, height: 14 }),
  );
  return [
    element('text', { class: 'quiet', x: 0, y: 13 }, smallest),
    ...steps,
    element('text', { class: 'quiet', x: to + 6, y: 13 }, largest),
    element('text', { class: 'quiet', x: 0, y: 33 }, shortenText(label, width, FONT)),
  ];
}
