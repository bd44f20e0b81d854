/** The similarity of every pair as a table. */

import { createElement } from '../dom/create-element.ts';
import type { LabelledFace } from '../photos/list-faces.ts';
import type { Pair } from './compare-faces.ts';

/** Creates the table. @param threshold - Pairs that reach it are marked; `undefined`: none. */
export function createMatrix(faces: readonly LabelledFace[], pairs: readonly Pair[], threshold: number | undefined): HTMLTableElement {
  const similarityOf = new Map(
    pairs.flatMap(({ a, b, similarity }) => [[`${a} ${b}`, similarity] as const, [`${b} ${a}`, similarity] as const]),
  );
  const head = (face: LabelledFace, scope: string): HTMLElement =>
    createElement('th', { scope }, createElement('img', { src: face.crop, alt: '', width: 36, height: 36 }), face.label);
  const rows = faces.map((face, a) =>
    createElement('tr', {}, head(face, 'row'), ...faces.map((_, b) => createCell(similarityOf.get(`${a} ${b}`), threshold))),
  );
  return createElement(
    'table',
    { class: 'matrix' },
    createElement('caption', { class: 'visually-hidden' }, 'Similarity of every face to every other; matches are marked'),
    createElement(
      'thead',
      {},
      createElement('tr', {}, createElement('td', { class: 'is-self' }), ...faces.map((face) => head(face, 'col'))),
    ),
    createElement('tbody', {}, ...rows),
  );
}

/** @param similarity - `undefined` for a face and itself. */
function createCell(similarity: number | undefined, threshold: number | undefined): HTMLTableCellElement {
  if (similarity === undefined) return createElement('td', { class: 'is-self' }, 'same');
  const isMatch = threshold !== undefined && similarity >= threshold;
  const mark = isMatch ? [createElement('span', { class: 'visually-hidden' }, ' match')] : [];
  return createElement('td', { class: isMatch ? 'is-match' : undefined }, similarity.toFixed(3), ...mark);
}
