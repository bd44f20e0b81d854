/** Notations with one face per line. */

import { createMarkCollector, type LabelledBox, type Marks, parseNumbers, quote } from './marked-photo.ts';

/** What four numbers mean: origin and size, or two corners. */
export type BoxNumbers = 'x y width height' | 'xmin ymin xmax ymax';

/** Reads lines of a file name, which may hold blanks, and four numbers. */
export function parseBoxLines(lines: readonly string[], path: string, order: BoxNumbers): Marks {
  const marks = createMarkCollector(path);
  for (const { line, name, numbers } of readNumberedNames(lines, 4)) {
    if (numbers === undefined) marks.report(line, 'bad-line', `Expected a file name and ${order}, got ${name}. The line is left out.`);
    else marks.add(name, line, { box: toBox(numbers, order) });
  }
  return marks.finish();
}

/** A box from four numbers. */
export function toBox([a = 0, b = 0, c = 0, d = 0]: readonly number[], order: BoxNumbers): LabelledBox['box'] {
  return order === 'x y width height' ? { x: a, y: b, width: c, height: d } : { x: a, y: b, width: c - a, height: d - b };
}

/** Lines of a name and `count` numbers; without `numbers` where a line is none, and then `name` is the line for a message. */
export function* readNumberedNames(
  lines: readonly string[],
  count: number,
): Generator<{ readonly line: number; readonly name: string; readonly numbers?: readonly number[] }> {
  for (const [i, text] of lines.entries()) {
    const cells = text.trim().split(/\s+/);
    if (cells[0] === '' || cells[0]?.startsWith('#')) continue;
    const numbers = cells.length > count ? parseNumbers(cells.slice(-count)) : undefined;
    if (numbers === undefined) yield { line: i + 1, name: quote(text) };
    else yield { line: i + 1, name: cells.slice(0, -count).join(' '), numbers };
  }
}
