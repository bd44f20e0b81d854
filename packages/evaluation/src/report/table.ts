/** Tables, whatever they are written as: HTML, Markdown or CSV. */

import { FaceError } from '@isoface/core';
import { formatNumber } from './format-number.ts';

/** What a cell holds: text is shown as it is, a number by `formatNumber`, `undefined` (not measured, does not apply) as a dash. */
export type Cell = string | number | undefined;

/** A column of a {@link Table}. */
export interface Column {
  readonly label: string;
  /** Left by default; right where every cell is a number or missing. */
  readonly align?: 'left' | 'right' | undefined;
}

/** Rows under labelled columns. The first cell of a row names it. All text is plain text. */
export interface Table {
  readonly caption: string;
  readonly columns: readonly Column[];
  /** Each as long as `columns`. */
  readonly rows: readonly (readonly Cell[])[];
  /** What a reader must know to read the table right. */
  readonly note?: string | undefined;
}

/** A table whose cells are text and whose columns have a side. */
export interface TextTable {
  readonly columns: readonly { readonly label: string; readonly align: 'left' | 'right' }[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * Formats the cells of a table.
 *
 * @throws FaceError `INVALID_OPTION` if a row has more or fewer cells than there are columns.
 */
export function toTextTable(table: Table): TextTable {
  const { caption, columns, rows } = table;
  assertRowLengths(columns.length, rows, caption);
  const decimals = columns.map((_, i) => Math.max(0, ...rows.map((row) => countDecimals(row[i]))));
  return {
    columns: columns.map(({ label, align }, i) => ({ label, align: align ?? (isNumeric(rows, i) ? 'right' : 'left') })),
    rows: rows.map((row) => row.map((cell, i) => formatCell(cell, decimals[i] ?? 0))),
  };
}

/**
 * Checks that every row has as many cells as there are columns.
 *
 * @param title - which table it is, for the message.
 * @throws FaceError `INVALID_OPTION` naming the first row that does not.
 */
export function assertRowLengths(columnCount: number, rows: readonly (readonly Cell[])[], title: string): void {
  const index = rows.findIndex((row) => row.length !== columnCount);
  if (index < 0) return;
  throw new FaceError(
    'INVALID_OPTION',
    `Expected ${columnCount} cells in every row of "${title}", got ${rows[index]?.length} in row ${index + 1}. Pass undefined for a missing cell.`,
    { title, row: index, expected: columnCount, actual: rows[index]?.length },
  );
}

function isNumeric(rows: readonly (readonly Cell[])[], column: number): boolean {
  const cells = rows.map((row) => row[column]).filter((cell) => cell !== undefined);
  return cells.length > 0 && cells.every((cell) => typeof cell === 'number');
}

/** Decimals that a number needs; 0 for whole numbers and for those that are written as 1.2e-5. */
function countDecimals(cell: Cell): number {
  return typeof cell === 'number' ? (/^[-\d,]+\.(\d+)$/.exec(formatNumber(cell))?.[1]?.length ?? 0) : 0;
}

/** In a column, all fractions have as many decimals as the longest, so that they can be compared at a glance. */
function formatCell(cell: Cell, decimals: number): string {
  if (cell === undefined) return '–';
  if (typeof cell === 'string') return cell;
  if (countDecimals(cell) === 0) return formatNumber(cell);
  return cell.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
