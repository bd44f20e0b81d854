/** `isoface eval liveness`: error rates of presentation attack detection. */

import { FaceError } from '@isoface/core';
import {
  describeThreshold,
  evaluateLiveness,
  formatPercent,
  type LivenessResult,
  type LivenessThreshold,
  listLivenessRates,
  renderReportPage,
  toLivenessPage,
  toLivenessRows,
} from '@isoface/evaluation';
import { type Command, InvalidArgumentError } from 'commander';
import { addResultOptions, toNumber } from '../engine/engine-options.ts';
import { reportProblems } from '../evaluation/report-provenance.ts';
import { type ResultOptions, writeResultFiles } from '../evaluation/result-files.ts';
import { formatTable } from '../output/text-table.ts';
import type { CommandResult, RunCommand, Session } from '../session.ts';

interface EvalLivenessOptions extends ResultOptions {
  readonly scores: string;
  readonly threshold?: number | undefined;
  readonly bpcer?: number | undefined;
  readonly apcer?: number | undefined;
}

const HELP = `
Measures scores that a detector of presentation attacks gave; isoface has no such detector yet and does not run one over a folder.
--scores is a table, tab-separated or comma-separated: path, label, score, and perhaps clip. The label is bonafide or the kind of attack (print,
screen, mask …); larger scores are more bona fide; an empty score is a presentation that got no answer. Frames of one clip are averaged too.
A threshold that is found on the scores it is measured on flatters: find it on one set, give it with --threshold for another.

Examples:
  isoface eval liveness --scores scores.tsv --threshold 0.5
  isoface eval liveness --scores scores.tsv --bpcer 0.05 --json result.json --html report.html

Document of --json: { at, perFrame: { threshold, apcer: { print: { rate, ci95, count } }, worstKind, apcerMax, bpcer, acer, apnrr, bpnrr }, perClip, … }.
Exit codes: 0 measured, 2 error.`;

/** Adds the command. */
export function addEvalLivenessCommand(group: Command, run: RunCommand): void {
  const command = group
    .command('liveness')
    .description('error rates of presentation attack detection: APCER by attack kind, BPCER, ACER, with intervals')
    .requiredOption('--scores <file>', 'table of scores')
    .option('--threshold <t>', 'score from which on a presentation counts as bona fide', toNumber)
    .option('--bpcer <rate>', 'find the threshold for this BPCER', toErrorRate)
    .option('--apcer <rate>', 'find the threshold for this APCER of the worst attack kind', toErrorRate)
    .addHelpText('after', HELP);
  addResultOptions(command).action((options: EvalLivenessOptions) => run(options, (session) => evalLiveness(options, session)));
}

async function evalLiveness(options: EvalLivenessOptions, session: Session): Promise<CommandResult> {
  const { signal, resolvePath } = session;
  const result = await evaluateLiveness({ scores: resolvePath(options.scores), at: toThreshold(options), signal });
  report(result, session);
  await writeResultFiles(
    options,
    { document: result, csv: toLivenessRows(result), html: () => renderReportPage(toLivenessPage(result)) },
    session,
  );
  return { document: result };
}

function toThreshold({ threshold, bpcer, apcer }: EvalLivenessOptions): LivenessThreshold {
  const wanted: LivenessThreshold[] = [
    ...(threshold === undefined ? [] : [{ threshold }]),
    ...(bpcer === undefined ? [] : [{ bpcer }]),
    ...(apcer === undefined ? [] : [{ apcer }]),
  ];
  const [only] = wanted;
  if (only !== undefined && wanted.length === 1) return only;
  throw new FaceError('INVALID_OPTION', `Expected one of --threshold, --bpcer and --apcer, got ${wanted.length}.`, {
    options: wanted.flatMap((one) => Object.keys(one)),
  });
}

/** Unlike a false match rate, none and all are rates that one may ask for. */
function toErrorRate(text: string): number {
  const rate = Number(text);
  if (text.trim() !== '' && rate >= 0 && rate <= 1) return rate;
  throw new InvalidArgumentError('Expected a rate from 0 to 1, e.g. 0.05.');
}

function report(result: LivenessResult, session: Session): void {
  const { print } = session;
  for (const [name, { threshold, apcer, apnrr, worstKind, apcerMax, bpcer, bpnrr, acer }] of listLivenessRates(result)) {
    print(
      `by ${name}: threshold ${threshold}, APCER ${formatPercent(apcerMax)} (${worstKind}), BPCER ${formatPercent(bpcer.rate)}, ACER ${formatPercent(acer)}`,
    );
    const rows = [
      ['bona fide', 'BPCER', `${bpcer.count}`, formatPercent(bpcer.rate, bpcer.ci95), formatPercent(bpnrr.rate)],
      ...Object.entries(apcer).map(([kind, { rate, ci95, count }]) => [
        kind,
        'APCER',
        `${count}`,
        formatPercent(rate, ci95),
        formatPercent(apnrr[kind]?.rate ?? 0),
      ]),
    ];
    print(formatTable([['presentations', 'rate', 'number', 'classified wrong', 'no score'], ...rows]));
  }
  print(`${describeThreshold(result.at)}.`);
  reportProblems(result.problems, session);
}
