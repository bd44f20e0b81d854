/** Where a result comes from, for people. */

import type { DatasetProblem } from '../dataset/dataset-entry.ts';
import { formatPercent } from '../report/format-rate.ts';
import type { ReportPage } from '../report/report-page.ts';
import type { Provenance } from './results.ts';

/** The facts of a report. */
export function toProvenanceFacts(result: Provenance): ReportPage['facts'] {
  const { recognizer, pack, contract, executionProvider, flipAveraging, detectionSize, images, imagesRead, fta, failuresToAcquire } =
    result;
  const { imagesPerSecond, seconds } = result;
  return [
    { label: 'Recognizer', value: recognizer === pack ? `pack ${pack}` : `${recognizer}; faces found by pack ${pack}` },
    { label: 'Contract', value: contract },
    { label: 'Run by', value: `${executionProvider}${flipAveraging ? ', flip averaging' : ''}, detection size ${detectionSize}` },
    {
      label: 'Versions',
      value: Object.entries(result.versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    },
    { label: 'Images', value: `${imagesRead} read of ${images}` },
    { label: 'Failure to acquire', value: `${formatPercent(fta)} (${failuresToAcquire})` },
    ...(imagesPerSecond === undefined ? [] : [{ label: 'Images per second', value: imagesPerSecond.toFixed(1) }]),
    { label: 'Time', value: `${seconds.templates} s for templates, ${seconds.comparisons} s for comparisons and rates` },
  ];
}

/** How many problems of each kind, e.g. `3 missing, 1 unreadable`. */
export function countProblems(problems: readonly DatasetProblem[]): string {
  const counts = new Map<string, number>();
  for (const { code } of problems) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].map(([code, count]) => `${count} ${code}`).join(', ');
}
