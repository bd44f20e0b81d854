/** Tables of labels: tab-separated or comma-separated text with named columns. */

import { FaceError } from '@isoface/core';

/** One row. */
export interface TableRow {
  /** Line in the file, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** A table without its blank lines and comment lines (`#`). */
export interface Table {
  /** Names of the columns as written, or `undefined` where the first row is data already. */
  readonly header: readonly string[] | undefined;
  readonly rows: readonly TableRow[];
}

/**
 * Splits lines into cells: at tabs if the first row has one, else at commas, where a cell may stand in quotes.
 *
 * @param isHeader - Tells a header from a row of data.
 */
export function parseTable(lines: readonly string[], isHeader: (cells: readonly string[]) => boolean): Table {
  const filled = lines.map((text, i) => ({ text, line: i + 1 })).filter(({ text }) => text.trim() !== '' && !text.startsWith('#'));
  const hasTabs = filled[0]?.text.includes('\t') === true;
  const split = hasTabs ? (text: string): string[] => text.split('\t').map((cell) => cell.trim()) : splitAtCommas;
  const rows = filled.map(({ text, line }) => ({ line, cells: split(text) }));
  const first = rows[0]?.cells;
  return first !== undefined && isHeader(first) ? { header: first, rows: rows.slice(1) } : { header: undefined, rows };
}

/** The position of a column that goes by one of several names, whatever their case and punctuation. */
export function findColumn(header: readonly string[], names: readonly string[]): number {
  const found = header.flatMap((cell, i) => (names.includes(normalizeName(cell)) ? [i] : []));
  if (found.length < 2) return found[0] ?? -1;
  const columns = found.map((i) => JSON.stringify(header[i])).join(' and ');
  throw new FaceError('DATASET_INVALID', `Expected one column named ${names[0]}, got ${columns}; rename one.`, { columns: found });
}

/** `Is Same` and `is_same` are one name. */
export function normalizeName(cell: string): string {
  return cell.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function splitAtCommas(text: string): string[] {
  const cells: string[] = [];
  const pattern = /\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(,|$)/y;
  for (let isOpen = true; isOpen; ) {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    // A quote that never ends, or text behind one: the rest is one cell, and whoever needs it says what is wrong.
    if (match === null) return [...cells, text.slice(start).trim()];
    cells.push(match[1] === undefined ? (match[2] ?? '').trim() : match[1].replaceAll('""', '"'));
    isOpen = match[3] === ',';
  }
  return cells;
}
