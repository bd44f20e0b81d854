/** One face in a list: its crop and its figures. */

import type { AnalyzedFace } from 'isoface';
import { createElement } from '../dom/create-element.ts';
import { personClass } from './create-overlay.ts';
import { listQuality } from './list-quality.ts';

/** What the list says about a face beside its own figures. */
export interface FaceItemOptions {
  readonly label: string;
  readonly crop: string;
  readonly person?: number | undefined;
  /** A line of text below the name. */
  readonly note?: string | undefined;
}

/** Creates a list item. */
export function createFaceItem(face: AnalyzedFace, { label, crop, person, note }: FaceItemOptions): HTMLLIElement {
  const figures = [['score', face.score.toFixed(2)] as const, ...listQuality(face.quality)];
  return createElement(
    'li',
    { class: `face-item ${person === undefined ? '' : personClass(person)}` },
    ...(crop === '' ? [] : [createElement('img', { src: crop, alt: `Aligned crop of ${label}`, width: 72, height: 72 })]),
    createElement(
      'div',
      {},
      createElement('p', { class: 'face-name' }, label),
      ...(note === undefined ? [] : [createElement('p', {}, note)]),
      createElement('dl', {}, ...figures.flatMap(([name, value]) => [createElement('dt', {}, name), createElement('dd', {}, value)])),
    ),
  );
}
