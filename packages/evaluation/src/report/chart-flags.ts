/** Vertical lines with a name above the plot. */

import type { AxisScale } from './axis-scale.ts';
import type { AxisMark } from './chart.ts';
import type { Block } from './chart-legend.ts';
import { element } from './markup.ts';
import { measureText, shortenText } from './text-width.ts';

const FONT = 12;
const ROW = 17;
const GAP = 5;

interface Flag {
  readonly at: number;
  readonly label: string;
  readonly full: string;
  readonly width: number;
  readonly row: number;
}

/**
 * Draws marks as flags: each label is at the right of its line, in a row of its own where it would cross the line of another.
 * The lines run from the labels to the bottom of the plot; the origin is the top left corner of the plot.
 */
export function drawFlags(marks: readonly AxisMark[], scale: AxisScale, plot: { width: number; height: number; right: number }): Block {
  const flags = placeFlags(marks, scale, plot.width + plot.right);
  const rows = Math.max(0, ...flags.map(({ row }) => row + 1));
  const content = flags.map(({ at, label, full, width, row }) => {
    const baseline = -row * ROW - 7;
    const isFlipped = at + GAP + width > plot.width + plot.right;
    return element(
      'g',
      {},
      element('title', {}, full),
      element('line', { class: 'flag', x1: at, x2: at, y1: baseline - 10, y2: plot.height }),
      element('text', { class: isFlipped ? 'halo end' : 'halo', x: isFlipped ? at - GAP : at + GAP, y: baseline }, label),
    );
  });
  return { height: rows === 0 ? 0 : rows * ROW + 4, content };
}

/** From the right to the left: a label goes above the lines that it reaches over. */
function placeFlags(marks: readonly AxisMark[], scale: AxisScale, width: number): readonly Flag[] {
  const placed: Flag[] = [];
  const sorted = marks
    .flatMap(({ x, label }) => {
      const at = scale.place(x)?.at;
      return at === undefined || at < 0 || at > width ? [] : [{ at, full: label, label: shortenText(label, width * 0.6, FONT) }];
    })
    .sort((a, b) => b.at - a.at);
  for (const { at, label, full } of sorted) {
    const labelWidth = measureText(label, FONT);
    const reach = at + GAP + labelWidth > width ? [at - GAP - labelWidth, at] : [at, at + GAP + labelWidth];
    const crossed = placed.filter((other) => overlaps(reach, other, width));
    placed.push({ at, label, full, width: labelWidth, row: Math.max(-1, ...crossed.map(({ row }) => row)) + 1 });
  }
  return placed;
}

function overlaps([from = 0, to = 0]: readonly number[], other: Flag, width: number): boolean {
  const isFlipped = other.at + GAP + other.width > width;
  const start = isFlipped ? other.at - GAP - other.width : other.at;
  const end = isFlipped ? other.at : other.at + GAP + other.width;
  return from <= end + GAP && to + GAP >= start;
}
