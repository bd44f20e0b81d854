/** Face boxes as a table with named columns. */

import { FaceError } from '@isoface/core';
import { createMarkCollector, type Marks, parseNumbers, quote } from './marked-photo.ts';
import { type BoxNumbers, toBox } from './parse-box-lines.ts';
import { findColumn, parseTable } from './parse-table.ts';

const FILE_NAMES = ['file', 'filename', 'image', 'path', 'name'];
const NOTATIONS: readonly { readonly order: BoxNumbers; readonly columns: readonly (readonly string[])[] }[] = [
  {
    order: 'x y width height',
    columns: [
      ['x', 'left'],
      ['y', 'top'],
      ['width', 'w'],
      ['height', 'h'],
    ],
  },
  {
    order: 'xmin ymin xmax ymax',
    columns: [
      ['xmin', 'x1', 'left'],
      ['ymin', 'y1', 'top'],
      ['xmax', 'x2', 'right'],
      ['ymax', 'y2', 'bottom'],
    ],
  },
];

/**
 * Reads a table with the columns `file`, `x`, `y`, `width`, `height`, or `file`, `xmin`, `ymin`, `xmax`, `ymax`, in any order, one face per row.
 * A row with a file and no numbers names a photo without a face.
 *
 * @throws {FaceError} `DATASET_INVALID` without such a header.
 */
export function parseBoxTable(lines: readonly string[], path: string): Marks {
  const { header = [], rows } = parseTable(lines, () => true);
  const file = findColumn(header, FILE_NAMES);
  const notation = NOTATIONS.map(({ order, columns }) => ({ order, columns: columns.map((names) => findColumn(header, names)) })).find(
    ({ columns }) => !columns.includes(-1),
  );
  if (file < 0 || notation === undefined) {
    const message = `Expected the columns file, x, y, width, height (or xmin, ymin, xmax, ymax) in the first line of ${path}, got ${JSON.stringify(header)}.`;
    throw new FaceError('DATASET_INVALID', message, { path, line: 1, header });
  }
  const marks = createMarkCollector(path);
  for (const { line, cells } of rows) {
    const name = cells[file] ?? '';
    const texts = notation.columns.map((column) => cells[column] ?? '');
    const numbers = parseNumbers(texts);
    if (name !== '' && texts.every((text) => text === '')) marks.add(name, line);
    else if (name !== '' && numbers !== undefined) marks.add(name, line, { box: toBox(numbers, notation.order) });
    else
      marks.report(
        line,
        'bad-line',
        `Expected a file and the numbers ${notation.order}, got ${quote(cells.join(' '))}. The line is left out.`,
      );
  }
  return marks.finish();
}
