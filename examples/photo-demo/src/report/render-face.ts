/** One face as it appears all over the report: thumbnail and label. */

import type { LabelledFace } from '../compare-photos.ts';
import { colorOf } from '../person-colors.ts';
import { THUMBNAIL_SIDE } from '../pictures/cut-face.ts';
import { escapeHtml, toDataUri } from './escape-html.ts';

/** Faces with their thumbnails, by index. */
export interface ReportFaces {
  readonly faces: readonly LabelledFace[];
  readonly thumbnails: readonly Buffer[];
}

/** The thumbnail in a frame of the person's colour. */
export function renderThumbnail({ faces, thumbnails }: ReportFaces, index: number): string {
  const face = faces[index];
  const thumbnail = thumbnails[index];
  if (face === undefined || thumbnail === undefined) return '';
  return `<img class="face" src="${toDataUri(thumbnail)}" alt="Face ${escapeHtml(face.label)}" title="${escapeHtml(face.label)}" width="${THUMBNAIL_SIDE}" height="${THUMBNAIL_SIDE}" style="border-color:${colorOf(face.person)}">`;
}
