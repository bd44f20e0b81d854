/** What the time went into. */

import type { ComparedPhotos } from '../compare-photos.ts';
import { STAGES, timingsOf } from '../terminal-text.ts';
import { escapeHtml } from './escape-html.ts';

/** Renders the stage times as numbers and as bars. */
export function renderTimings({ photos }: ComparedPhotos): string {
  const totals = photos.map((photo) => STAGES.reduce((sum, [, field]) => sum + timingsOf(photo)[field], 0));
  const longest = Math.max(...totals);
  const rows = photos.map((photo, i) => {
    const timings = timingsOf(photo);
    const cells = STAGES.map(([, field]) => `<td>${timings[field].toFixed(1)}</td>`);
    const bars = STAGES.map(
      ([, field], stage) => `<span class="stage-${stage}" style="width:${((timings[field] / longest) * 100).toFixed(2)}%"></span>`,
    );
    return `<tr><th scope="row">${escapeHtml(photo.name)}</th><td>${photo.analysis.faces.length}</td>${cells.join('')}<td><strong>${(totals[i] ?? 0).toFixed(1)}</strong></td><td class="bar" aria-hidden="true">${bars.join('')}</td></tr>`;
  });
  const heads = STAGES.map(([name], stage) => `<th scope="col"><span class="key stage-${stage}" aria-hidden="true"></span>${name}</th>`);
  return `<section aria-labelledby="times"><h2 id="times">Where the time went</h2>
<p>Milliseconds per photo, one photo at a time on one thread, warm-up of the first photo included. Match: its faces against those that come after them.</p>
<div class="scroll" role="region" aria-labelledby="times" tabindex="0"><table class="times"><thead><tr><th scope="col">photo</th><th scope="col">faces</th>${heads.join('')}<th scope="col">total</th><td></td></tr></thead><tbody>${rows.join('')}</tbody></table></div></section>`;
}
