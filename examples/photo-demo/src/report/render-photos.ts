/** The photos with their faces. */

import type { AnalyzedPhoto, ComparedPhotos } from '../compare-photos.ts';
import { escapeHtml, toDataUri } from './escape-html.ts';
import { type ReportFaces, renderThumbnail } from './render-face.ts';

/** Renders all photos; faces of the same person have boxes of the same colour. */
export function renderPhotos({ photos }: ComparedPhotos, pictures: readonly Buffer[], faces: ReportFaces): string {
  const figures = photos.map((photo, i) => renderPhoto(photo, pictures[i] as Buffer, faces));
  return `<section aria-labelledby="photos"><h2 id="photos">The photos</h2>
<p>Coloured boxes: faces that match each other. Grey boxes: faces that match nobody. Dots: eyes, nose and mouth corners.</p>
<div class="photos">${figures.join('')}</div></section>`;
}

function renderPhoto({ name, analysis }: AnalyzedPhoto, picture: Buffer, faces: ReportFaces): string {
  const { width, height } = analysis;
  const rows = faces.faces.flatMap(({ photo, face, number }, i) => {
    if (photo.name !== name) return [];
    const { score, quality } = face;
    const pose = quality.pose === undefined ? '' : `${quality.pose.yawDegrees.toFixed(0)}°`;
    return [
      `<tr><th scope="row">#${number} ${renderThumbnail(faces, i)}</th><td>${score.toFixed(3)}</td><td>${quality.sizePixels.toFixed(0)} px</td><td>${quality.sharpness.toFixed(0)}</td><td>${pose}</td></tr>`,
    ];
  });
  const count = `${analysis.faces.length} face${analysis.faces.length === 1 ? '' : 's'}`;
  return `<figure><img src="${toDataUri(picture)}" alt="Photo ${escapeHtml(name)} with ${count} marked" width="${width}" height="${height}">
<figcaption><strong>${escapeHtml(name)}</strong>, ${width} x ${height}, ${count}
<table><thead><tr><th scope="col">face</th><th scope="col">score</th><th scope="col">size</th><th scope="col">sharpness</th><th scope="col">yaw</th></tr></thead><tbody>${rows.join('')}</tbody></table></figcaption></figure>`;
}
