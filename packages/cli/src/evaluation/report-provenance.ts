/** The lines below a result: what made it, and what was wrong with the data. */

import { countProblems, type DatasetProblem, formatPercent, type Provenance } from '@isoface/evaluation';
import type { Session } from '../session.ts';

const SHOWN_PROBLEMS = 5;
const STEPS = { templates: 'Templates', comparisons: 'Comparisons', strata: 'Classes' } as const;

/** Shows the steps of a measurement; fits `onProgress` of the protocols. */
export function showSteps({ progress }: Session): (step: keyof typeof STEPS, done: number, total: number) => void {
  return (step, done, total) => progress.items(STEPS[step], done, total);
}

/** Prints the recognizer, the images, the failures and the speed. */
export function reportProvenance(result: Provenance, { print }: Session): void {
  const { recognizer, pack, executionProvider, flipAveraging, images, imagesRead, fta, failuresToAcquire, imagesPerSecond } = result;
  const name = recognizer === pack ? pack : `${recognizer} (faces by ${pack})`;
  print(`${name}${flipAveraging ? ', flip averaging' : ''}, on ${executionProvider}, contract ${result.contract.slice(0, 40)}`);
  print(`${imagesRead} of ${images} images read, failure to acquire ${formatPercent(fta)} (${failuresToAcquire})`);
  const speed = imagesPerSecond === undefined ? '' : `, ${imagesPerSecond.toFixed(1)} images/s`;
  const cached = result.imagesFromCache === 0 ? '' : `, ${result.imagesFromCache} from the cache`;
  print(`templates ${result.seconds.templates} s${speed}${cached}; comparisons ${result.seconds.comparisons} s`);
}

/** Notes how many problems there are, and the first of them; the document has all. */
export function reportProblems(problems: readonly DatasetProblem[], { note }: Session): void {
  if (problems.length === 0) return;
  note(`Problems: ${countProblems(problems)}.`);
  for (const { path, line, message } of problems.slice(0, SHOWN_PROBLEMS))
    note(`  ${path}${line === undefined ? '' : `:${line}`}: ${message}`);
  if (problems.length > SHOWN_PROBLEMS) note(`  … ${problems.length - SHOWN_PROBLEMS} more; --json lists all.`);
}
