/** All faces of all photos that can be compared. */

import type { AnalyzedFace, Embedding } from 'isoface';
import type { Photo } from './photo-desk.ts';

/** A face with a name to call it by. */
export interface LabelledFace {
  /** E.g. `sample1 #2`: faces are numbered per photo, best score first. */
  readonly label: string;
  readonly photoId: number;
  /** Index among the faces of its photo. */
  readonly index: number;
  readonly face: AnalyzedFace;
  readonly embedding: Embedding;
  /** Address of the aligned crop. */
  readonly crop: string;
}

/** Lists the faces in the order of the photos. */
export function listFaces(photos: readonly Photo[]): readonly LabelledFace[] {
  return photos.flatMap(({ id, name, outcome }) => {
    if (outcome.status !== 'done') return [];
    return outcome.analysis.faces.flatMap((face, index): LabelledFace[] => {
      const { embedding } = face;
      if (embedding === undefined) return [];
      return [{ label: `${name} #${index + 1}`, photoId: id, index, face, embedding, crop: outcome.crops[index] ?? '' }];
    });
  });
}
