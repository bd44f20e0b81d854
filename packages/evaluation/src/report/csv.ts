/** Tables for spreadsheets and other programs. */

import { stringify } from 'csv-stringify/sync';
import { assertRowLengths, type Cell } from './table.ts';

/**
 * Writes rows as CSV after RFC 4180: a header line, commas, fields in quotes where needed, lines ended by CRLF; UTF-8 without a byte order mark.
 * Numbers are written in full, as JavaScript reads them back (`NaN` and `Infinity` by name); `undefined` is an empty field.
 *
 * Text that a spreadsheet would run as a formula (it starts with `=`, `+`, `-`, `@`, a tab or a carriage return) gets a leading apostrophe:
 * file names and identities come from outside. A program that reads the text back takes one apostrophe before such a character away.
 *
 * @throws FaceError `INVALID_OPTION` if a row has more or fewer cells than there are columns.
 */
export function toCsv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  assertRowLengths(columns.length, rows, 'CSV');
  return stringify([[...columns], ...rows], {
    record_delimiter: '\r\n',
    // By itself the library looks for the two characters together: a lone one would break the line.
    quoted_match: /[\r\n]/,
    escape_formulas: true,
  });
}
