/** isoface over the best of the peers. */

import type { ContenderFigures, Ratio } from './browser-report.ts';

/** Figures of which less is better. */
const FIGURES: readonly (readonly [string, (figures: ContenderFigures) => number | undefined])[] = [
  ['download, gzip bytes', ({ download }) => download.gzipBytes],
  ['download, raw bytes', ({ download }) => download.rawBytes],
  ['first result, wall ms', ({ start }) => start.medianMs],
  ['first result, renderer CPU ms', ({ start }) => start.rendererCpuMs],
  ['still picture, wall ms', ({ still }) => still.wallMs],
  ['still picture, renderer CPU ms', ({ still }) => still.rendererCpuMs],
  ['still picture, CPU ms of all processes', ({ still }) => still.rendererCpuMs + still.otherCpuMs],
  // The one picture in which every contender does the same work: one face, found by all.
  ['frame with one face, wall ms', ({ still }) => still.pictures.find(({ picture }) => picture.startsWith('frame-'))?.wallMs],
  ['12-megapixel file, wall ms', ({ file12Megapixels }) => file12Megapixels.wallMs],
  ['12-megapixel file, CPU ms of all processes', ({ file12Megapixels: file }) => file.rendererCpuMs + file.otherCpuMs],
  ['private memory over a blank page, started, MiB', ({ memory }) => memory.started.privateOverBlankMiB],
  ['private memory over a blank page, warm, MiB', ({ memory }) => memory.warm.privateOverBlankMiB],
];

/** Every figure of every isoface contender over the smallest value that any peer has; empty without peers. */
export function computeRatios(contenders: readonly ContenderFigures[]): Ratio[] {
  const own = contenders.filter(({ isPeer }) => !isPeer);
  return FIGURES.flatMap(([figure, read]) => {
    const peers = contenders
      .filter(({ isPeer }) => isPeer)
      .flatMap((peer) => {
        const value = read(peer);
        return value === undefined ? [] : [{ peer: peer.name, value }];
      })
      .sort((a, b) => a.value - b.value);
    const [best] = peers;
    if (best === undefined) return [];
    return own.flatMap((contender): Ratio[] => {
      const value = read(contender);
      if (value === undefined) return [];
      const round = (number: number): number => Math.round(number * 100) / 100;
      return [
        {
          figure,
          contender: contender.name,
          value: round(value),
          peer: best.peer,
          peerValue: round(best.value),
          ratio: Math.round((value / best.value) * 1000) / 1000,
        },
      ];
    });
  });
}
