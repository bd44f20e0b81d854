/** A photo on the page: the picture with its faces marked, stage times, the faces, or what went wrong. */

import { createElement } from '../dom/create-element.ts';
import { createFigures } from '../dom/create-figures.ts';
import { createErrorBox } from '../engine/create-error-box.ts';
import { describeError } from '../engine/describe-error.ts';
import { createFaceItem } from '../faces/create-face-item.ts';
import { createOverlay, drawOverlay } from '../faces/create-overlay.ts';
import { count } from '../text/count.ts';
import { formatMilliseconds } from '../text/format-milliseconds.ts';
import { listStageTimes } from './list-stage-times.ts';
import type { Photo } from './photo-desk.ts';

/** A card, to be drawn anew whenever its photo or the persons change. */
export interface PhotoCard {
  readonly element: HTMLLIElement;
  /** @param persons - Person of each face of the photo; see `groupPersons`. */
  draw(photo: Photo, persons: readonly (number | undefined)[]): void;
}

/** Creates the card of a photo. */
export function createPhotoCard({ name, url }: Photo): PhotoCard {
  const summary = createElement('p', { class: 'muted' });
  const overlay = createOverlay();
  const stage = createElement('div', { class: 'stage' }, createElement('img', { src: url, alt: `Photo ${name}` }));
  stage.append(overlay);
  const details = createElement('div', { class: 'photo-details' });
  const element = createElement(
    'li',
    { class: 'photo' },
    createElement('div', { class: 'photo-head' }, createElement('h3', {}, name), summary),
    stage,
    details,
  );
  return {
    element,
    draw({ outcome }, persons) {
      element.dataset['status'] = outcome.status;
      stage.hidden = outcome.status === 'failed';
      summary.textContent = summarize(outcome);
      if (outcome.status === 'failed') details.replaceChildren(createErrorBox(describeError(outcome.error)));
      if (outcome.status === 'waiting' || outcome.status === 'working') {
        overlay.replaceChildren();
        details.replaceChildren();
      }
      if (outcome.status !== 'done') return;
      const { faces, width, height, timings } = outcome.analysis;
      drawOverlay(
        overlay,
        width,
        height,
        faces.map((face, i) => ({ face, label: `#${i + 1}`, person: persons[i] })),
      );
      const items = faces.map((face, i) =>
        createFaceItem(face, { label: `${name} #${i + 1}`, crop: outcome.crops[i] ?? '', person: persons[i] }),
      );
      const times = listStageTimes(timings).map(([stage, ms]) => [stage, formatMilliseconds(ms)] as const);
      details.replaceChildren(
        createElement('dl', { class: 'figures', 'aria-label': `Stage times of ${name}` }, ...createFigures(times)),
        createElement('ul', { class: 'face-list', 'aria-label': `Faces of ${name}` }, ...items),
      );
    },
  };
}

function summarize(outcome: Photo['outcome']): string {
  if (outcome.status === 'waiting') return 'Waiting';
  if (outcome.status === 'working') return 'Looking for faces …';
  if (outcome.status === 'failed') return 'Not a usable photo';
  const { faces, width, height } = outcome.analysis;
  return `${count(faces.length, 'face')}, ${width} x ${height}`;
}
