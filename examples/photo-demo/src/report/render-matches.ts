/** The section that answers the question of the demo: who matches whom. */

import type { ComparedPhotos, Pair } from '../compare-photos.ts';
import { describeDecision } from '../terminal-text.ts';
import { escapeHtml } from './escape-html.ts';
import { type ReportFaces, renderThumbnail } from './render-face.ts';

/** Pairs shown that only just do not match. */
const RUNNERS_UP = 4;

/** Renders the matches and the pairs right below the threshold. */
export function renderMatches({ matches, pairs, decision }: ComparedPhotos, faces: ReportFaces): string {
  const closest = pairs.slice(matches.length, matches.length + RUNNERS_UP);
  return `<section aria-labelledby="matches"><h2 id="matches">Who matches whom</h2>
<p>What counts as a match: ${escapeHtml(describeDecision(decision))}. Many pairs are compared here, so the rate is stricter than it would be for one pair.</p>
${matches.length > 0 ? renderPairs(matches, faces, true) : '<p>No two faces match.</p>'}
<h3>The next most alike, which do not match</h3>
${renderPairs(closest, faces, false)}
<p class="hint">The photos come without names, so nobody can say for certain who is right here: this is what the models say. Near the threshold, look for yourself.</p></section>`;
}

function renderPairs(pairs: readonly Pair[], faces: ReportFaces, isMatch: boolean): string {
  const items = pairs.map(({ a, b, similarity }) => {
    const names = [a, b].map((index) => escapeHtml(faces.faces[index]?.label ?? ''));
    return `<li class="pair${isMatch ? ' match' : ''}"><div class="thumbs">${renderThumbnail(faces, a)}${renderThumbnail(faces, b)}</div>
<div><strong>${names[0]}</strong> and <strong>${names[1]}</strong></div><div class="number">${isMatch ? 'match, ' : ''}similarity ${similarity.toFixed(4)}</div></li>`;
  });
  return `<ul class="pairs">${items.join('')}</ul>`;
}
