/** The legend: which line is which. */

import { element, type Markup } from './markup.ts';
import { measureText, shortenText } from './text-width.ts';

/** One entry: a series by its classes. */
export interface LegendEntry {
  readonly label: string;
  /** Classes of the series. */
  readonly series: string;
  /** What the swatch shows: a line, or a heap with an outline. */
  readonly swatch: 'line' | 'heap';
}

/** Drawn parts and the room they take. */
export interface Block {
  readonly height: number;
  readonly content: readonly Markup[];
}

const FONT = 12;
const ROW = 20;
const SWATCH = 30;
const BETWEEN = 20;
const PADDING = 6;

/** Draws the entries in rows of at most `width`. */
export function drawLegend(entries: readonly LegendEntry[], width: number): Block {
  let [x, row] = [0, 0];
  const content = entries.map((entry) => {
    const label = shortenText(entry.label, width - SWATCH - PADDING, FONT);
    const entryWidth = SWATCH + PADDING + measureText(label, FONT);
    if (x > 0 && x + entryWidth > width) [x, row] = [0, row + 1];
    const at = { x, y: row * ROW };
    x += entryWidth + BETWEEN;
    return element(
      'g',
      { transform: `translate(${Math.round(at.x)} ${at.y})` },
      drawSwatch(entry),
      element('text', { x: SWATCH + PADDING, y: 13 }, label === entry.label ? undefined : element('title', {}, entry.label), label),
    );
  });
  return { height: entries.length === 0 ? 0 : (row + 1) * ROW + 4, content };
}

function drawSwatch({ series, swatch }: LegendEntry): readonly Markup[] {
  if (swatch === 'line') return [element('path', { class: `curve ${series}`, d: `M0 9H${SWATCH}` })];
  const box = `M0 14V4H${SWATCH}V14`;
  return [element('path', { class: `heap ${series}`, d: box }), element('path', { class: `curve outline ${series}`, d: box })];
}
