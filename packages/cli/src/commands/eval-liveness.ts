/** `isoface eval liveness`: error rates of presentation attack detection. */

import { FaceError, isFaceError } from '@isoface/core';
import { selectLivenessThreshold } from '@isoface/core/liveness';
import {
  ACER_NOTE,
  describeThreshold,
  evaluateLiveness,
  formatLivenessScores,
  formatPercent,
  type LivenessResult,
  type LivenessThreshold,
  listCoverageNotes,
  listLivenessRates,
  listUnansweredNotes,
  renderReportPage,
  type ScoredPresentations,
  scorePresentations,
  toLivenessPage,
  toLivenessRows,
} from '@isoface/evaluation';
import type { NodeFaceEngine } from '@isoface/runtime-node';
import { type Command, InvalidArgumentError } from 'commander';
import { addEngineSettings, addResultOptions, type EngineCliOptions, toNumber } from '../engine/engine-options.ts';
import { reportProblems } from '../evaluation/report-provenance.ts';
import { type ResultOptions, writeResultFiles, writeTextFile } from '../evaluation/result-files.ts';
import { DEFAULT_BPCER } from '../liveness/default-bpcer.ts';
import { LIVENESS_PACK, withLivenessEngine } from '../liveness/with-liveness-engine.ts';
import { printable } from '../output/printable.ts';
import { formatTable } from '../output/text-table.ts';
import type { CommandResult, RunCommand, Session } from '../session.ts';

interface EvalLivenessOptions extends Omit<EngineCliOptions, 'json'>, ResultOptions {
  readonly scores?: string | undefined;
  readonly data?: string | undefined;
  readonly writeScores?: string | undefined;
  readonly threshold?: number | undefined;
  readonly bpcer?: number | undefined;
  readonly apcer?: number | undefined;
}

const HELP = `
Measures the passive liveness models of a pack on pictures of your own, or scores that any detector of presentation attacks gave.

--data is a folder with a folder per label: bonafide (or live, real, genuine), or a kind of attack (print, screen, mask …). DIR/print/a.jpg is a
presentation of its own; DIR/print/clip01/0001.jpg is a frame of clip01, and frames of one clip are averaged too. Or a table labels.csv in the folder:
path,label and perhaps clip. Only pictures are read; take frames out of videos first. A picture without a face is a presentation without a score.
--scores is a table, tab-separated or comma-separated: path, label, score, and perhaps clip. Larger scores are more bona fide; an empty score is a
presentation that got no answer. --write-scores makes such a table of --data.

Without a threshold --data is measured at that of the pack for a BPCER of ${DEFAULT_BPCER * 100} %. A threshold that is found on the scores it is measured on (--bpcer,
--apcer) flatters: find it on one set, give it with --threshold for another. The report names the kinds of attack that the data does not hold.

Examples:
  isoface eval liveness --data presentations --html report.html
  isoface eval liveness --data presentations --apcer 0.05 --write-scores scores.tsv
  isoface eval liveness --scores scores.tsv --threshold 0.5

Document of --json: { at, coverage: { measured, notMeasured }, scorer, perFrame: { threshold, apcer: { print: { rate, ci95, count } }, worstKind,
apcerMax, bpcer, acer, apnrr, bpnrr, unanswered }, perClip, problems, … }.
Exit codes: 0 measured, 2 error.`;

/** Adds the command. */
export function addEvalLivenessCommand(group: Command, run: RunCommand): void {
  const command = group
    .command('liveness')
    .description('error rates of presentation attack detection: APCER by attack kind, BPCER, ACER, with intervals')
    .option('--data <dir>', 'folder of labelled pictures, which the pack scores')
    .option('--scores <file>', 'table of scores')
    .option('--write-scores <file>', 'write the scores of --data as a table')
    .option('--threshold <t>', 'score from which on a presentation counts as bona fide', toNumber)
    .option('--bpcer <rate>', 'find the threshold for this BPCER', toErrorRate)
    .option('--apcer <rate>', 'find the threshold for this APCER of the worst attack kind', toErrorRate)
    .addHelpText('after', HELP);
  addResultOptions(addEngineSettings(command, LIVENESS_PACK)).action((options: EvalLivenessOptions) =>
    run(options, (session) => evalLiveness(options, session)),
  );
}

async function evalLiveness(options: EvalLivenessOptions, session: Session): Promise<CommandResult> {
  const { signal, resolvePath } = session;
  const wanted = readThreshold(options);
  const { scores, data, writeScores } = options;
  if (writeScores !== undefined && data === undefined) {
    throw new FaceError('INVALID_OPTION', 'Expected --data with --write-scores: it writes the scores that the pack gives.', {
      option: 'writeScores',
    });
  }
  const result =
    scores === undefined || data !== undefined
      ? await runOverFolder(options, wanted, session)
      : await evaluateLiveness({ scores: resolvePath(scores), at: requireThreshold(wanted), signal });
  report(result, session);
  await writeResultFiles(
    options,
    { document: result, csv: toLivenessRows(result), html: () => renderReportPage(toLivenessPage(result)) },
    session,
  );
  return { document: result };
}

async function runOverFolder(
  options: EvalLivenessOptions,
  wanted: LivenessThreshold | undefined,
  session: Session,
): Promise<LivenessResult> {
  const { data, scores: table, writeScores } = options;
  if (data === undefined || table !== undefined) {
    throw new FaceError('INVALID_OPTION', `Expected either --data or --scores, got ${data === undefined ? 'none' : 'both'}.`, {
      options: ['data', 'scores'],
    });
  }
  const { signal, progress, resolvePath } = session;
  return withLivenessEngine({ ...options, json: undefined }, session, async (engine) => {
    // A pack without thresholds should show before hours of work.
    const at = wanted ?? selectPackThreshold(engine);
    const scored: ScoredPresentations = await scorePresentations({
      data: resolvePath(data),
      engine,
      signal,
      onProgress: (done, total) => progress.items('Pictures', done, total),
    });
    progress.clear();
    // First of all: the rates may turn out not to exist.
    if (writeScores !== undefined) await writeTextFile(writeScores, formatLivenessScores(scored.scores), session);
    return evaluateLiveness({ scores: scored, at, signal });
  });
}

function selectPackThreshold({ info }: NodeFaceEngine): LivenessThreshold {
  try {
    return selectLivenessThreshold(info.liveness.thresholds, { bpcer: DEFAULT_BPCER });
  } catch (cause) {
    if (!isFaceError(cause, 'THRESHOLD_UNAVAILABLE')) throw cause;
    const message = `Expected a pack that is calibrated for a BPCER of ${DEFAULT_BPCER}, got "${info.pack}", which is not; give --threshold, or find one with --bpcer or --apcer.`;
    throw new FaceError('THRESHOLD_UNAVAILABLE', message, { pack: info.pack }, { cause });
  }
}

function readThreshold({ threshold, bpcer, apcer }: EvalLivenessOptions): LivenessThreshold | undefined {
  const wanted: LivenessThreshold[] = [
    ...(threshold === undefined ? [] : [{ threshold }]),
    ...(bpcer === undefined ? [] : [{ bpcer }]),
    ...(apcer === undefined ? [] : [{ apcer }]),
  ];
  if (wanted.length <= 1) return wanted[0];
  throw new FaceError('INVALID_OPTION', `Expected one of --threshold, --bpcer and --apcer, got ${wanted.length}.`, {
    options: wanted.flatMap((one) => Object.keys(one)),
  });
}

function requireThreshold(wanted: LivenessThreshold | undefined): LivenessThreshold {
  if (wanted !== undefined) return wanted;
  throw new FaceError('INVALID_OPTION', 'Expected one of --threshold, --bpcer and --apcer with --scores, got none.', { options: [] });
}

/** Unlike a false match rate, none and all are rates that one may ask for. */
function toErrorRate(text: string): number {
  const rate = Number(text);
  if (text.trim() !== '' && rate >= 0 && rate <= 1) return rate;
  throw new InvalidArgumentError('Expected a rate from 0 to 1, e.g. 0.05.');
}

function report(result: LivenessResult, session: Session): void {
  const { print } = session;
  if (result.scorer !== undefined) {
    const { models, pack, executionProvider, pictures, withoutFace, severalFaces, imagesPerSecond } = result.scorer;
    print(`${models.join(' and ')}, faces found by pack ${pack}, on ${executionProvider}: ${imagesPerSecond.toFixed(1)} pictures/s`);
    print(`${pictures} pictures read, ${withoutFace} without a face, ${severalFaces} with several`);
  }
  for (const [name, { threshold, apcer, apnrr, worstKind, apcerMax, bpcer, bpnrr, acer }] of listLivenessRates(result)) {
    print(
      `by ${name}: threshold ${threshold}, APCER ${formatPercent(apcerMax)} (${printable(worstKind)}), BPCER ${formatPercent(bpcer.rate)}, ACER ${formatPercent(acer)}`,
    );
    const rows = [
      ['bona fide', 'BPCER', `${bpcer.count}`, formatPercent(bpcer.rate, bpcer.ci95), formatPercent(bpnrr.rate)],
      ...Object.entries(apcer).map(([kind, { rate, ci95, count }]) => [
        printable(kind),
        'APCER',
        `${count}`,
        formatPercent(rate, ci95),
        formatPercent(apnrr[kind]?.rate ?? 0),
      ]),
    ];
    print(formatTable([['presentations', 'rate', 'number', 'classified wrong', 'no score'], ...rows]));
  }
  const notes = [`${describeThreshold(result.at)}.`, ACER_NOTE, ...listUnansweredNotes(result), ...listCoverageNotes(result.coverage)];
  for (const note of notes) print(printable(note));
  reportProblems(result.problems, session);
}
