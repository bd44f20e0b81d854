/** `isoface eval detect`: precision and recall of face detection. */

import { type DetectorManifest, FaceError } from '@isoface/core';
import {
  DETECTION_SUBSET_NAMES,
  type DetectionFormat,
  type DetectionResult,
  describeMatch,
  evaluateDetection,
  formatPercent,
  listSubsets,
  renderReportPage,
  toDetectionPage,
  toDetectionRows,
} from '@isoface/evaluation';
import { builtinModels, getModel } from '@isoface/models';
import { resolvePack } from '@isoface/runtime-node';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { addEngineSettings, addResultOptions, type EngineCliOptions, toEngineOptions, toWholeNumber } from '../engine/engine-options.ts';
import { choiceOption } from '../evaluation/eval-options.ts';
import { reportProblems } from '../evaluation/report-provenance.ts';
import { type ResultOptions, writeResultFiles } from '../evaluation/result-files.ts';
import { formatTable } from '../output/text-table.ts';
import type { CommandResult, RunCommand, Session } from '../session.ts';

interface EvalDetectOptions extends Omit<EngineCliOptions, 'json'>, ResultOptions {
  readonly data: string;
  readonly format?: DetectionFormat | undefined;
  readonly detectors?: readonly string[] | undefined;
  readonly minIou?: number | undefined;
  readonly match: 'iou' | 'centre';
  readonly minScore?: number | undefined;
  readonly rounds: number;
  readonly seed: number;
}

const DETECTORS: readonly DetectorManifest[] = builtinModels.filter((model): model is DetectorManifest => model.task === 'detect');
const DETECTOR_IDS = DETECTORS.map(({ id }) => id).join(', ');

const HELP = `
--data is a folder with photos and their marks as WIDER FACE, FDDB or the CMU+MIT set have them, or with a table of boxes.
Detectors: ${DETECTOR_IDS}; --detectors all runs all of them, and without --detectors that of --pack runs.
A face is found by a detection with an overlap (IoU) of 0.5 or more, of 0.35 in the CMU+MIT set, whose boxes are computed from landmarks. The average
precision is over all scores from --min-score on; beside it stands what the engine gives at the detector's default score.
The subsets easy-, medium- and hard-style are isoface's, in the manner of WIDER FACE: not the official lists, not comparable with them.

Examples:
  isoface eval detect --data faces --pack standard
  isoface eval detect --data WIDER_val --detectors yunet-2023mar,scrfd-500m-kps --detection-size 640 --html report.html

Document of --json: { images, imagesCovered, faces, minIou, problems, detectors: [{ id, detectionSize, averagePrecision, averagePrecisionCi95,
bySubset: { small: { faces, averagePrecision } }, recallAtFalsePositives: { "100": … }, atDefaultScore: { minScore, recall, precision }, … }] }.
Exit codes: 0 measured, 2 error.`;

/** Adds the command. */
export function addEvalDetectCommand(group: Command, run: RunCommand): void {
  const command = group
    .command('detect')
    .description('precision and recall of face detection: average precision by face size, recall at false positives, with intervals')
    .requiredOption('--data <dir>', 'folder of photos with marked faces')
    .addOption(
      new Option('--format <name>', 'how the faces are marked (default: told by the files)').choices(['wider', 'fddb', 'cmu', 'table']),
    )
    .option('--detectors <ids>', 'detectors by id, separated by commas, or all (default: that of --pack)', toIds)
    .option('--min-iou <share>', 'overlap from which on a face is found (default: 0.5, for cmu 0.35)', toShare)
    .addOption(choiceOption('--match <rule>', 'find faces by overlap, or by the centre of the detection', ['iou', 'centre'], 'iou'))
    .option('--min-score <score>', 'lowest score of the curve (default: 0.02)', toShare)
    .option('--rounds <n>', 'rounds of the bootstrap over images', toWholeNumber, 500)
    .option('--seed <n>', 'seed of the bootstrap', toWholeNumber, 1)
    .addHelpText('after', HELP);
  addResultOptions(addEngineSettings(command)).action((options: EvalDetectOptions) =>
    run(options, (session) => evalDetect(options, session)),
  );
}

async function evalDetect(options: EvalDetectOptions, session: Session): Promise<CommandResult> {
  const { signal, progress, resolvePath } = session;
  if (options.flip) {
    throw new FaceError('INVALID_OPTION', 'Expected no --flip: it averages embeddings, and detection makes none.', { option: 'flip' });
  }
  const { pack, detectionSize, ...engine } = await toEngineOptions({ ...options, json: undefined }, session);
  const result = await evaluateDetection({
    data: resolvePath(options.data),
    format: options.format,
    detectors: options.detectors?.map(getDetector) ?? [resolvePack(pack).detector],
    minIou: options.minIou,
    boxMatch: options.match,
    minScore: options.minScore,
    detectionSize,
    rounds: options.rounds,
    seed: options.seed,
    engine,
    signal,
    onModel: progress.model,
    onProgress: (detector, done, total) => progress.items(detector, done, total),
  });
  progress.clear();
  report(result, session);
  await writeResultFiles(
    options,
    { document: result, csv: toDetectionRows(result), html: () => renderReportPage(toDetectionPage(result)) },
    session,
  );
  return { document: result };
}

function report(result: DetectionResult, session: Session): void {
  const { print } = session;
  const { images, imagesCovered, faces, detectors, minScore } = result;
  print(`${imagesCovered} of ${images} images read, ${faces} faces; a face is found ${describeMatch(result)}`);
  const counts = Object.keys(detectors[0]?.recallAtFalsePositives ?? {});
  const overview = detectors.map(
    ({ id, detectionSize, averagePrecision, averagePrecisionCi95, recallAtFalsePositives, imagesPerSecond }) => [
      id,
      `${detectionSize}`,
      formatPercent(averagePrecision, averagePrecisionCi95),
      ...counts.map((count) => formatPercent(recallAtFalsePositives[count] ?? Number.NaN)),
      imagesPerSecond.toFixed(1),
    ],
  );
  print(`All scores from ${minScore} on:`);
  print(formatTable([['detector', 'size', 'AP', ...counts.map((count) => `recall, ${count} false`), 'images/s'], ...overview]));
  const defaults = detectors.map(({ id, atDefaultScore: { minScore: score, recall, precision = Number.NaN, falsePositivesPerImage } }) => [
    id,
    `${score}`,
    formatPercent(recall),
    formatPercent(precision),
    falsePositivesPerImage.toFixed(3),
  ]);
  print('At the default score:');
  print(formatTable([['detector', 'score', 'recall', 'precision', 'false per image'], ...defaults]));
  const subsets = listSubsets(detectors[0]?.bySubset ?? {}).map(([name, { faces: count }]) => [
    DETECTION_SUBSET_NAMES[name],
    `${count}`,
    ...detectors.map(({ bySubset }) => formatPercent(bySubset[name]?.averagePrecision ?? Number.NaN)),
  ]);
  print('AP by subset:');
  print(formatTable([['subset', 'faces', ...detectors.map(({ id }) => id)], ...subsets]));
  reportProblems(result.problems, session);
}

function getDetector(id: string): DetectorManifest {
  const model = getModel(id);
  if (model.task === 'detect') return model;
  throw new FaceError('INVALID_OPTION', `Expected detectors out of ${DETECTOR_IDS}, got "${id}", which does not detect.`, { id });
}

function toIds(text: string): string[] {
  return text === 'all' ? DETECTORS.map(({ id }) => id) : text.split(',').map((id) => id.trim());
}

function toShare(text: string): number {
  const share = Number(text);
  if (share > 0 && share < 1) return share;
  throw new InvalidArgumentError('Expected a number between 0 and 1, e.g. 0.5.');
}
