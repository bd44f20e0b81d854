/** The report: one HTML file that needs nothing else. */

import type { ComparedPhotos } from '../compare-photos.ts';
import { renderEngine } from './render-engine.ts';
import type { ReportFaces } from './render-face.ts';
import { renderMatches } from './render-matches.ts';
import { renderMatrix } from './render-matrix.ts';
import { renderPhotos } from './render-photos.ts';
import { renderTimings } from './render-timings.ts';
import { REPORT_STYLE } from './report-style.ts';

/**
 * Renders the page.
 *
 * @param pictures - JPEGs of the annotated photos, in the order of `compared.photos`.
 * @param thumbnails - JPEGs of the faces, in the order of `compared.faces`.
 */
export function renderReport(compared: ComparedPhotos, pictures: readonly Buffer[], thumbnails: readonly Buffer[]): string {
  const faces: ReportFaces = { faces: compared.faces, thumbnails };
  const { photos, pairs, matches } = compared;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>isoface: who is who in ${photos.length} photos</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<header>
<h1>Who is who in ${photos.length} photos?</h1>
<p class="lead">isoface found every face, turned each into a vector and compared them all, on this machine. Nothing was sent anywhere.</p>
<ul class="facts"><li><strong>${compared.faces.length}</strong>faces</li><li><strong>${pairs.length}</strong>comparisons</li><li><strong>${matches.length}</strong>${matches.length === 1 ? 'match' : 'matches'}</li></ul>
</header>
<main>
${renderMatches(compared, faces)}
${renderPhotos(compared, pictures, faces)}
${renderMatrix(compared, faces)}
${renderTimings(compared)}
${renderEngine(compared)}
<section aria-labelledby="next"><h2 id="next">Try next</h2>
<p>Two photos of your own, from the folder of the repository:</p>
<pre><code>npm run -s isoface -- verify a.jpg b.jpg
npm run -s isoface -- --help</code></pre></section>
</main>
<footer>Photos: demo pictures of the npm package @vladmandic/face-api (MIT). Faces are personal data; this file stays where you put it.</footer>
</body>
</html>
`;
}
