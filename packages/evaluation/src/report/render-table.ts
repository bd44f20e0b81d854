/** Tables as HTML. */

import { element, type Markup } from './markup.ts';
import { type Table, toTextTable } from './table.ts';

/**
 * Draws a table that can be scrolled sideways where it is wider than the page.
 *
 * @param id - unique on its page.
 * @throws FaceError `INVALID_OPTION` if a row has more or fewer cells than there are columns.
 */
export function renderTable(table: Table, id: string): Markup {
  const { columns, rows } = toTextTable(table);
  const side = (index: number) => (columns[index]?.align === 'right' ? 'right' : undefined);
  const cells = (row: readonly string[]) =>
    row.map((cell, i) => element(i === 0 ? 'th' : 'td', { scope: i === 0 ? 'row' : undefined, class: side(i) }, cell));
  return element(
    'div',
    { class: 'table', role: 'region', 'aria-labelledby': id, tabindex: '0' },
    element(
      'table',
      {},
      element('caption', { id }, table.caption),
      element('thead', {}, element('tr', {}, ...columns.map(({ label }, i) => element('th', { scope: 'col', class: side(i) }, label)))),
      element('tbody', {}, ...rows.map((row) => element('tr', {}, cells(row)))),
    ),
    table.note === undefined ? undefined : element('p', { class: 'note' }, table.note),
  );
}
