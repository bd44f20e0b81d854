/** `isoface eval verify`: error rates of 1:1 comparison. */

import { FaceError } from '@isoface/core';
import {
  evaluateAllPairs,
  evaluatePairs,
  formatPercent,
  formatRate,
  openIdentitySet,
  openLfwPairs,
  openListedPairs,
  PROTOCOL_NAMES,
  renderReportPage,
  STRATUM_AXES,
  type StratumAxis,
  toRateRows,
  toVerificationPage,
  type VerificationResult,
} from '@isoface/evaluation';
import { type Command, InvalidArgumentError } from 'commander';
import { toWholeNumber } from '../engine/engine-options.ts';
import { addEvalOptions, choiceOption, type EvalCliOptions, toRates } from '../evaluation/eval-options.ts';
import { reportProblems, reportProvenance, showSteps } from '../evaluation/report-provenance.ts';
import { writeResultFiles } from '../evaluation/result-files.ts';
import { type OpenedSource, withTemplateSource } from '../evaluation/with-template-source.ts';
import { formatTable } from '../output/text-table.ts';
import type { CommandResult, RunCommand, Session } from '../session.ts';

interface EvalVerifyOptions extends EvalCliOptions {
  readonly protocol: 'lfw' | 'pairs' | 'all-vs-all';
  readonly images?: string | undefined;
  readonly fmr?: readonly number[] | undefined;
  readonly strata?: readonly StratumAxis[] | undefined;
  readonly rounds: number;
  readonly allowMissing?: boolean | undefined;
}

const HELP = `
Protocols:
  lfw         the 6,000 official pairs of Labeled Faces in the Wild, view 2, in ten folds; --data is the folder with pairs.txt
  pairs       a table with the columns same, file1, file2 and perhaps fold, tab-separated; --data is the file, or a folder with pairs.tsv
  all-vs-all  every image against every other; --data is a folder with a folder per person, or an index from isoface dataset index

Examples:
  isoface eval verify --protocol lfw --data lfw --pack standard --json result.json --html report.html
  isoface eval verify --protocol lfw --data lfw --flip --strata illumination,pose,occlusion
  isoface eval verify --protocol all-vs-all --data photos --fmr 1e-4,1e-5,1e-6
  isoface eval verify --protocol lfw --data lfw --recognizer lbph
  isoface eval verify --protocol lfw --data lfw --recognizer ./my-recognizer.mjs

Templates are kept in the cache, so a run that was interrupted goes on where it was. They are personal data: --no-cache keeps none.
Document of --json: { protocol, pairs, pairsCovered, accuracy: { mean, sd, ci95 }, auc, eer, tarAtFmr: { "1e-3": { tar, ci95, threshold,
fmr, far, frr } }, fta, pack, contract, imagesPerSecond, … }.
Exit codes: 0 measured, 2 error.`;

/** Adds the command. */
export function addEvalVerifyCommand(group: Command, run: RunCommand): void {
  const command = group
    .command('verify')
    .description('error rates of 1:1 comparison: accuracy, ROC, EER, TAR at FMR, with intervals')
    .addOption(choiceOption('--protocol <name>', 'what is compared', ['lfw', 'pairs', 'all-vs-all'], 'lfw'))
    .option('--images <dir>', 'folder of the images, for --protocol pairs (default: beside the table, or in images beside it)')
    .option('--fmr <rates>', 'false match rates at which true accept rates are stated, e.g. 1e-2,1e-3', toRates)
    .option('--strata <axes>', `rates by class of image too: ${STRATUM_AXES.join(', ')}`, toAxes)
    .option('--rounds <n>', 'rounds of the bootstrap over people', toWholeNumber, 1000)
    .option('--allow-missing', 'lfw: measure the pairs that are there, under another name')
    .addHelpText('after', HELP);
  addEvalOptions(command).action((options: EvalVerifyOptions) => run(options, (session) => evalVerify(options, session)));
}

async function evalVerify(options: EvalVerifyOptions, session: Session): Promise<CommandResult> {
  const measure = await openSet(options, session);
  const result = await withTemplateSource(options, session, measure);
  report(result, session);
  await writeResultFiles(
    options,
    { document: result, csv: toRateRows(result), html: () => renderReportPage(toVerificationPage(result)) },
    session,
  );
  return { document: result };
}

/** Reads the data set, which may be wrong in many ways, and returns what is to be done once models are open. */
async function openSet(options: EvalVerifyOptions, session: Session): Promise<(opened: OpenedSource) => Promise<VerificationResult>> {
  const { protocol, fmr: rates, rounds, seed, strata, allowMissing = false } = options;
  const { signal, resolvePath } = session;
  const data = resolvePath(options.data);
  const shared = { rates, rounds, seed, signal, onProgress: showSteps(session) };
  if (protocol !== 'all-vs-all') {
    const images = options.images === undefined ? undefined : resolvePath(options.images);
    const modelsDir = options.modelsDir === undefined ? undefined : resolvePath(options.modelsDir);
    const set = protocol === 'lfw' ? await openLfwPairs(data, allowMissing, signal) : await openListedPairs(data, images, signal);
    return (opened) => evaluatePairs(set, { ...shared, ...opened, strata, modelsDir });
  }
  if (strata !== undefined) {
    throw new FaceError('INVALID_OPTION', 'Expected --strata with listed pairs (--protocol lfw or pairs), got it with all-vs-all.', {
      option: 'strata',
    });
  }
  const set = await openIdentitySet(data, signal);
  return (opened) => evaluateAllPairs(set, { ...shared, ...opened });
}

function toAxes(text: string): StratumAxis[] {
  const axes = text.split(',').map((axis) => axis.trim());
  const unknown = axes.find((axis) => !STRATUM_AXES.includes(axis as StratumAxis));
  if (unknown === undefined) return axes as StratumAxis[];
  throw new InvalidArgumentError(`Expected axes out of ${STRATUM_AXES.join(', ')}, separated by commas, got "${unknown}".`);
}

function report(result: VerificationResult, session: Session): void {
  const { print } = session;
  const { protocol, accuracy, auc, aucCi95, eer, eerCi95, tarAtFmr, pairs, pairsCovered, genuinePairs, impostorPairs, strata } = result;
  print(`${PROTOCOL_NAMES[protocol]}: ${pairsCovered} of ${pairs} pairs compared, ${genuinePairs} genuine, ${impostorPairs} impostor`);
  if (accuracy !== undefined)
    print(`accuracy  ${formatPercent(accuracy.mean, accuracy.ci95)}, standard deviation ${formatPercent(accuracy.sd)}`);
  print(`EER       ${formatRate(eer, eerCi95)}`);
  print(`AUC       ${auc.toFixed(5)}${aucCi95 === undefined ? '' : ` [${aucCi95.map((end) => end.toFixed(5)).join(', ')}]`}`);
  const rows = Object.entries(tarAtFmr).map(([wanted, { tar, ci95, threshold, fmr, fmrCi95, far, frr }]) => [
    wanted,
    threshold.toFixed(4),
    formatPercent(tar, ci95),
    formatRate(fmr, fmrCi95),
    formatRate(far),
    formatPercent(frr),
  ]);
  print(formatTable([['FMR', 'threshold', 'TAR', 'FMR reached', 'FAR', 'FRR'], ...rows]));
  if (strata !== undefined) {
    const classes = strata.map(({ axis, class: name, genuinePairs: genuine, fnmr, impostorPairs: impostor, fmr }) => [
      axis,
      name,
      `${genuine}`,
      fnmr === undefined ? '–' : formatPercent(fnmr.value, fnmr.ci95),
      `${impostor}`,
      fmr === undefined ? '–' : formatRate(fmr.value, fmr.ci95),
    ]);
    print(formatTable([['axis', 'class', 'genuine', 'FNMR', 'impostor', 'FMR'], ...classes]));
  }
  reportProvenance(result, session);
  reportProblems(result.problems, session);
}
