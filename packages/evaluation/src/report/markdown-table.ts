/** Tables for documents. */

import { type Table, toTextTable } from './table.ts';

/** What Markdown would take for markup anywhere in a line; brackets count only as links, underscores at the edges of words. */
const MARKUP = /[\\`*<|~]|\](?=[([:])|&(?=#?\w+;)|(?<!\w)_|_(?!\w)/g;
const LINE_END = /\s*[\r\n\u2028\u2029]+\s*/g;
/** A column is at least as wide as the line below its label. */
const MIN_WIDTH = 3;
const WIDE_CHARACTER =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/**
 * Writes the columns and rows of a table as Markdown, aligned as this repository's formatter aligns them. Caption and note are left
 * to the text around. Text is plain text: what Markdown would take for markup is escaped, line ends become spaces.
 *
 * @throws FaceError `INVALID_OPTION` if a row has more or fewer cells than there are columns.
 */
export function toMarkdownTable(table: Table): string {
  const { columns, rows } = toTextTable(table);
  const labels = columns.map(({ label }) => escapeMarkdown(label));
  const cells = rows.map((row) => row.map(escapeMarkdown));
  const widths = labels.map((label, i) => Math.max(MIN_WIDTH, ...[label, ...cells.map((row) => row[i] ?? '')].map(displayWidth)));
  const isRight = columns.map(({ align }) => align === 'right');
  const toLine = (row: readonly string[]) => `| ${row.map((cell, i) => pad(cell, widths[i] ?? 0, isRight[i] ?? false)).join(' | ')} |`;
  const rule = widths.map((width, i) => (isRight[i] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width)));
  return `${[labels, rule, ...cells].map(toLine).join('\n')}\n`;
}

function escapeMarkdown(text: string): string {
  return text.trim().replace(LINE_END, ' ').replace(MARKUP, '\\$&');
}

function pad(text: string, width: number, isRight: boolean): string {
  const room = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return isRight ? room + text : text + room;
}

/** Columns in a terminal or editor: East Asian characters and pictures take two, combining marks none. */
function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += WIDE_CHARACTER.test(character) ? 2 : /\p{Mn}|\p{Me}|\p{Cf}/u.test(character) ? 0 : 1;
  return width;
}
