/** The outcome as text for the terminal. */

import { relative } from 'node:path';
import type { StageTimings } from 'isoface';
import type { AnalyzedPhoto, ComparedPhotos, Decision } from './compare-photos.ts';

/** Pairs shown that only just do not match. */
const RUNNERS_UP = 3;

/** Stage names in the order of the pipeline, with the field that holds their time. */
export const STAGES: readonly (readonly [string, keyof StageTimings])[] = [
  ['decode', 'decodeMs'],
  ['preprocess', 'preprocessMs'],
  ['detect', 'detectMs'],
  ['align', 'alignMs'],
  ['embed', 'embedMs'],
  ['match', 'matchMs'],
];

/** The stage times of one photo, the comparisons of its faces included. */
export function timingsOf({ analysis, matchMs }: AnalyzedPhoto): StageTimings {
  return { ...analysis.timings, matchMs };
}

/** Who matches whom, and how long it took. */
export function describeComparison(compared: ComparedPhotos): string {
  const { info, photos, faces, pairs, matches, decision } = compared;
  const row = ({ a, b, similarity }: (typeof pairs)[number]): string =>
    `  ${(faces[a]?.label ?? '').padEnd(11)} ${(faces[b]?.label ?? '').padEnd(11)} ${similarity.toFixed(4)}`;
  return [
    `Pack ${info.pack} on ${info.executionProvider}: ${faces.length} faces, ${pairs.length} comparisons`,
    '',
    describeTimes(photos),
    '',
    `Who matches whom (${describeDecision(decision)})`,
    ...(matches.length > 0 ? matches.map(row) : ['  nobody']),
    '',
    'The next most alike, which do not match',
    ...pairs.slice(matches.length, matches.length + RUNNERS_UP).map(row),
    '',
  ].join('\n');
}

/** The threshold in words. */
export function describeDecision({ threshold, fmr }: Decision): string {
  if (threshold === undefined) return 'this pack has no calibrated threshold; give --threshold';
  const meaning =
    fmr === undefined ? 'a threshold of your own' : `FMR ${fmr.toExponential()}: 1 in ${Math.round(1 / fmr)} pairs of strangers`;
  return `similarity of at least ${threshold.toFixed(4)}, ${meaning}`;
}

/** Where the results are and what else there is. */
export function describeNextSteps([report, ...pictures]: readonly string[]): string {
  const shown = (path: string | undefined): string => {
    const short = relative(process.cwd(), path ?? '');
    return short.startsWith('..') ? (path ?? '') : short;
  };
  return [
    `Report    ${shown(report)}  (open it in a browser)`,
    `Pictures  ${shown(pictures[0])} and ${pictures.length - 1} more`,
    '',
    'Try next',
    '  npm run -s isoface -- verify a.jpg b.jpg     two photos of your own',
    '  npm run -s isoface -- --help                 all commands',
    '  npm run -s isoface -- doctor                 what runs on this machine',
    '  npm test                                     everything the project promises, checked',
    '  README.md, docs/                             how to use it in your own code',
  ].join('\n');
}

function describeTimes(photos: readonly AnalyzedPhoto[]): string {
  const head = ['photo', 'faces', ...STAGES.map(([name]) => name), 'total ms'];
  const rows = photos.map((photo) => {
    const timings = timingsOf(photo);
    const times = STAGES.map(([, field]) => timings[field]);
    const total = times.reduce((sum, ms) => sum + ms, 0);
    return [photo.name, String(photo.analysis.faces.length), ...times.map((ms) => ms.toFixed(1)), total.toFixed(1)];
  });
  return [head, ...rows]
    .map((cells) => cells.map((cell, i) => (i === 0 ? cell.padEnd(8) : cell.padStart(head[i] === 'faces' ? 6 : 11))).join(''))
    .join('\n');
}
