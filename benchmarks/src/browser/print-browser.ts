/** The reports as tables. */

import type { BrowserReport, SoakReport } from './browser-report.ts';

/** Prints the comparison. */
export function printBrowser({ contenders, ratios, notMeasured }: BrowserReport): void {
  console.table(
    contenders.map(({ name, download, start, still, file12Megapixels, memory }) => ({
      name,
      'gzip kB': Math.round(download.gzipBytes / 1000),
      'raw kB': Math.round(download.rawBytes / 1000),
      'first ms': start.medianMs,
      'still wall ms': still.wallMs,
      'still CPU ms': still.rendererCpuMs,
      'other CPU ms': still.otherCpuMs,
      'longest task ms': still.longestTaskMs,
      '12 MP ms': file12Megapixels.wallMs,
      'RSS MiB': memory.warm.rendererRssMiB,
      'private MiB': memory.warm.privateOverBlankMiB,
    })),
  );
  console.table(
    contenders.map(({ name, still }) => ({
      'faces found by': name,
      ...Object.fromEntries(still.pictures.map(({ picture, faces }) => [picture, faces])),
    })),
  );
  const tracks = contenders.flatMap(({ name, track }) => (track === undefined ? [] : [{ name, ...track }]));
  if (tracks.length > 0) console.table(tracks);
  if (ratios.length > 0) console.table(ratios);
  for (const { name, reason } of notMeasured) console.log(`Not measured: ${name}. ${reason}`);
}

/** Prints the soak. */
export function printSoak({ contenders, notMeasured }: SoakReport): void {
  for (const { name, started, after, disposed } of contenders) {
    console.log(name);
    console.table({
      started,
      ...Object.fromEntries(Object.entries(after).map(([count, figures]) => [`after ${count}`, figures])),
      disposed,
    });
  }
  for (const { name, reason } of notMeasured) console.log(`Not measured: ${name}. ${reason}`);
}
