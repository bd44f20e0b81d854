/** `isoface eval identify`: error rates of 1:N search. */

import {
  evaluateIdentification,
  formatPercent,
  formatRate,
  type IdentificationResult,
  openIdentitySet,
  renderReportPage,
  toIdentificationPage,
  toIdentificationRows,
} from '@isoface/evaluation';
import type { Command } from 'commander';
import { addEvalOptions, type EvalCliOptions, toRates } from '../evaluation/eval-options.ts';
import { reportProblems, reportProvenance, showSteps } from '../evaluation/report-provenance.ts';
import { writeResultFiles } from '../evaluation/result-files.ts';
import { withTemplateSource } from '../evaluation/with-template-source.ts';
import { formatTable } from '../output/text-table.ts';
import type { CommandResult, RunCommand, Session } from '../session.ts';

interface EvalIdentifyOptions extends EvalCliOptions {
  readonly fpir?: readonly number[] | undefined;
}

const HELP = `
--data is a folder with a folder per person, or an index from isoface dataset index. One image of each person who has two or more is enrolled
(drawn by --seed); their other images are known probes, the images of people with a single one are unknown probes.

Examples:
  isoface eval identify --data lfw --pack standard --html report.html
  isoface eval identify --data photos --fpir 1e-2 --json

Document of --json: { gallerySize, fte, fta, closedSet: { probes, rank1, rank5, cmc }, openSet: { atFpir: { "1e-2": { threshold, fpir, fnir } } }, … }.
Exit codes: 0 measured, 2 error.`;

/** Adds the command. */
export function addEvalIdentifyCommand(group: Command, run: RunCommand): void {
  const command = group
    .command('identify')
    .description('error rates of 1:N search: rank 1 and CMC, FNIR at FPIR, with intervals')
    .option('--fpir <rates>', 'false positive identification rates at which misses are stated (default: 1e-1,1e-2)', toRates)
    .addHelpText('after', HELP);
  addEvalOptions(command).action((options: EvalIdentifyOptions) => run(options, (session) => evalIdentify(options, session)));
}

async function evalIdentify(options: EvalIdentifyOptions, session: Session): Promise<CommandResult> {
  const { signal, resolvePath } = session;
  const set = await openIdentitySet(resolvePath(options.data), signal);
  const result = await withTemplateSource(options, session, ({ source, cache }) =>
    evaluateIdentification(set, {
      source,
      cache,
      fpirs: options.fpir,
      seed: options.seed,
      signal,
      onProgress: showSteps(session),
    }),
  );
  report(result, session);
  await writeResultFiles(
    options,
    { document: result, csv: toIdentificationRows(result), html: () => renderReportPage(toIdentificationPage(result)) },
    session,
  );
  return { document: result };
}

function report(result: IdentificationResult, session: Session): void {
  const { print } = session;
  const { gallerySize, failuresToEnrol, closedSet, openSet } = result;
  print(
    `gallery of ${gallerySize} people (${failuresToEnrol} failed to enrol), ${closedSet.probes} known and ${openSet.nonMatedProbes} unknown probes`,
  );
  print(`rank 1    ${formatPercent(closedSet.rank1, closedSet.rank1Ci95)}, rank 5 ${formatPercent(closedSet.rank5)}`);
  const rows = Object.entries(openSet.atFpir).map(([wanted, { threshold, fpir, fpirCi95, fnir, fnirCi95 }]) => [
    wanted,
    threshold.toFixed(4),
    formatPercent(fnir, fnirCi95),
    formatRate(fpir, fpirCi95),
  ]);
  print(formatTable([['FPIR', 'threshold', 'FNIR', 'FPIR reached'], ...rows]));
  reportProvenance(result, session);
  reportProblems(result.problems, session);
}
