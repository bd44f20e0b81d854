/** The list of photos on the page. */

import { getElement } from '../dom/get-element.ts';
import { setText } from '../dom/set-text.ts';
import { describePhotos } from './describe-photos.ts';
import { createPhotoCard, type PhotoCard } from './photo-card.ts';
import type { Photo } from './photo-desk.ts';

/** Draws the photos. */
export interface PhotosView {
  /** @param personOf - Person of a face of a photo. */
  draw(photos: readonly Photo[], personOf: (photoId: number, index: number) => number | undefined): void;
}

/** A card and what it shows now. */
interface DrawnCard extends PhotoCard {
  outcome?: Photo['outcome'];
  persons?: string;
}

/** Binds the list to the page. */
export function createPhotosView(): PhotosView {
  const list = getElement('photo-list', HTMLElement);
  const status = getElement('photos-status', HTMLElement);
  const removeButton = getElement('remove-photos', HTMLButtonElement);
  const cards = new Map<number, DrawnCard>();
  return {
    draw(photos, personOf) {
      for (const [id, { element }] of cards) {
        if (photos.some((photo) => photo.id === id)) continue;
        element.remove();
        cards.delete(id);
      }
      for (const photo of photos) {
        const { id, outcome } = photo;
        const card: DrawnCard = cards.get(id) ?? createPhotoCard(photo);
        if (!cards.has(id)) list.append(card.element);
        cards.set(id, card);
        const persons = outcome.status === 'done' ? outcome.analysis.faces.map((_, i) => personOf(id, i)) : [];
        // What has not changed is left alone: it may have the focus or be read out.
        if (card.outcome === outcome && card.persons === persons.join()) continue;
        card.outcome = outcome;
        card.persons = persons.join();
        card.draw(photo, persons);
      }
      removeButton.disabled = photos.length === 0;
      setText(status, describePhotos(photos.map(({ outcome }) => outcome)));
    },
  };
}
