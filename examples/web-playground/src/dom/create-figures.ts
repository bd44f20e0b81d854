/** Short figures in a row, as a description list. */

import { createElement } from './create-element.ts';

/** The contents of a `dl` with the class `figures`. */
export function createFigures(figures: readonly (readonly [string, string])[]): HTMLElement[] {
  return figures.map(([label, value]) => createElement('div', {}, createElement('dt', {}, label), createElement('dd', {}, value)));
}
