/** The similarity of every face with every other. */

import type { ComparedPhotos } from '../compare-photos.ts';
import { escapeHtml } from './escape-html.ts';
import { type ReportFaces, renderThumbnail } from './render-face.ts';

/** Renders the matrix. Cells are tinted between the least alike pair and the threshold; matches are framed and bold as well. */
export function renderMatrix({ faces: labelled, pairs, decision }: ComparedPhotos, faces: ReportFaces): string {
  const similarities = new Map(
    pairs.flatMap(({ a, b, similarity }) => [[`${a} ${b}`, similarity] as const, [`${b} ${a}`, similarity] as const]),
  );
  const low = pairs.at(-1)?.similarity ?? 0;
  const high = decision.threshold ?? pairs[0]?.similarity ?? 1;
  const heads = labelled.map(
    ({ label }, i) => `<th scope="col">${renderThumbnail(faces, i)}<span class="label">${escapeHtml(label)}</span></th>`,
  );
  const rows = labelled.map(({ label }, row) => {
    const cells = labelled.map((_, column) => {
      const similarity = similarities.get(`${row} ${column}`);
      if (similarity === undefined) return '<td class="self">·</td>';
      const isMatch = decision.threshold !== undefined && similarity >= decision.threshold;
      const tint = Math.max(0, Math.min(1, (similarity - low) / (high - low || 1)));
      return `<td${isMatch ? ' class="match"' : ''} style="--tint:${(tint * 100).toFixed(0)}%">${similarity.toFixed(2)}</td>`;
    });
    return `<tr><th scope="row"><span class="label">${escapeHtml(label)}</span>${renderThumbnail(faces, row)}</th>${cells.join('')}</tr>`;
  });
  return `<section aria-labelledby="matrix"><h2 id="matrix">Every face against every other</h2>
<p>Similarities from ${low.toFixed(2)} (pale) up to the threshold (dark); framed cells match.</p>
<div class="scroll" role="region" aria-labelledby="matrix" tabindex="0"><table class="matrix"><thead><tr><td></td>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div></section>`;
}
