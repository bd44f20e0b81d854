/** `isoface liveness`: a face, or a picture of one? */

import {
  type Analysis,
  type AnalyzedFace,
  type CalibratedLivenessThreshold,
  FaceError,
  type PassiveLiveness,
  selectProminentFace,
} from '@isoface/core';
import { type SelectedLivenessThreshold, selectLivenessThreshold } from '@isoface/core/liveness';
import { formatPercent } from '@isoface/evaluation';
import type { NodeFaceEngine } from '@isoface/runtime-node';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { addEngineOptions, type EngineCliOptions } from '../engine/engine-options.ts';
import { toEngineData } from '../engine/with-engine.ts';
import { analyzeImages, type ImageOutcome, summarizeFailures } from '../images/analyze-images.ts';
import { DEFAULT_BPCER } from '../liveness/default-bpcer.ts';
import { PASSIVE_LIMITS } from '../liveness/limits.ts';
import { LIVENESS_PACK, withLivenessEngine } from '../liveness/with-liveness-engine.ts';
import type { ErrorData } from '../output/describe-error.ts';
import { type FaceData, toBriefFaceData } from '../output/face-data.ts';
import { countOf, describeFace, describeTimings } from '../output/face-text.ts';
import { printable } from '../output/printable.ts';
import { type CommandResult, EXIT, type RunCommand, type Session } from '../session.ts';

interface LivenessCliOptions extends EngineCliOptions {
  readonly bpcer?: number | undefined;
  readonly threshold?: number | undefined;
  readonly clip?: boolean | undefined;
}

const HELP = `
Asks the passive models of a pack about the large and central face of each picture. The score is the mean of the models, from 0 (a picture of a face)
to 1 (a living face). --bpcer takes the threshold that was calibrated for refusing at most this share of living faces; --clip takes all pictures for
frames of one clip and decides once, by their mean. Videos are not read: take frames out of them first.

${wrap(PASSIVE_LIMITS)}

Examples:
  isoface liveness selfie.jpg
  isoface liveness frames/*.jpg --clip --bpcer 0.2
  isoface liveness selfie.jpg --threshold 0.8 --json

Document of --json: { threshold, bpcer, calibration, images: [{ input, live, score, models: { id: score }, face, faces, timings } |
{ input, live: false, reason: "noFace", … } | { input, error }], clip: { live, score, frames, framesWithoutFace }, limits, engine, error }.
Exit codes: 0 live (every picture, or the clip), 1 not live or no face, 2 a picture could not be read (the others are done all the same), or another error.`;

/** Adds the command. */
export function addLivenessCommand(program: Command, run: RunCommand): void {
  const command = program
    .command('liveness')
    .description('tell a living face from a picture of one, by how it looks (weak evidence)')
    .argument('<image...>', 'image files (JPEG, PNG, WebP, GIF, TIFF, AVIF)')
    .addOption(new Option('--bpcer <rate>', `share of living faces that may be refused (default: ${DEFAULT_BPCER})`).argParser(toShare))
    .addOption(new Option('--threshold <t>', 'score from which on a face counts as living, 0 to 1').argParser(toShare).conflicts('bpcer'))
    .option('--clip', 'the pictures are frames of one clip: decide by their mean')
    .addHelpText('after', HELP);
  addEngineOptions(command, LIVENESS_PACK).action((inputs: string[], options: LivenessCliOptions) =>
    run(options, (session) => checkLiveness(inputs, options, session)),
  );
}

async function checkLiveness(inputs: readonly string[], options: LivenessCliOptions, session: Session): Promise<CommandResult> {
  return withLivenessEngine(options, session, async (engine) => {
    const selected = selectThreshold(engine, options);
    const images: LivenessImage[] = [];
    for await (const outcome of analyzeImages(engine, inputs, session, { liveness: true, embeddings: false })) {
      const image = toImage(outcome, selected.threshold);
      report(image, session, options.clip === true ? undefined : selected);
      images.push(image);
    }
    const clip = options.clip === true ? fuse(images, selected.threshold) : undefined;
    if (clip !== undefined) session.print(describeClip(clip, selected));
    session.print(PASSIVE_LIMITS);
    const error = summarizeFailures(images);
    const document = { ...describe(selected), images, clip, limits: PASSIVE_LIMITS, engine: toEngineData(engine.info), error };
    return { document, exitCode: error === undefined ? toExitCode(images, clip) : EXIT.error };
  });
}

function selectThreshold({ info }: NodeFaceEngine, { bpcer = DEFAULT_BPCER, threshold }: LivenessCliOptions): SelectedLivenessThreshold {
  return selectLivenessThreshold(info.liveness.thresholds, threshold === undefined ? { bpcer } : { threshold });
}

/** What a picture showed. */
interface SeenImage {
  readonly input: string;
  readonly live: boolean;
  readonly faces: number;
  readonly timings: Analysis['timings'];
}

type LivenessImage =
  | (SeenImage & PassiveLiveness & { readonly face: FaceData })
  | (SeenImage & { readonly reason: 'noFace' })
  | { readonly input: string; readonly error: ErrorData };

/** The decision about a clip. */
interface ClipDecision {
  readonly live: boolean;
  /** Absent where no frame shows a face. */
  readonly score?: number | undefined;
  /** Frames with a face. */
  readonly frames: number;
  readonly framesWithoutFace: number;
}

function toImage(outcome: ImageOutcome, threshold: number): LivenessImage {
  if ('error' in outcome) return outcome;
  const { input, analysis } = outcome;
  const { faces, timings, width, height } = analysis;
  const face = selectProminentFace(faces, width, height);
  if (face === undefined) return { input, live: false, reason: 'noFace', faces: 0, timings };
  const { score, models } = requireLiveness(face);
  return { input, live: score >= threshold, score, models, faces: faces.length, face: toBriefFaceData(face), timings };
}

function requireLiveness({ liveness }: AnalyzedFace): PassiveLiveness {
  if (liveness !== undefined) return liveness;
  throw new FaceError('BACKEND_UNAVAILABLE', 'Expected a liveness score for every face, got a face without one.');
}

function fuse(images: readonly LivenessImage[], threshold: number): ClipDecision {
  const scores = images.flatMap((image) => ('score' in image ? [image.score] : []));
  const framesWithoutFace = images.filter((image) => 'reason' in image).length;
  if (scores.length === 0) return { live: false, frames: 0, framesWithoutFace };
  const score = scores.reduce((sum, value) => sum + value, 0) / scores.length;
  return { live: score >= threshold, score, frames: scores.length, framesWithoutFace };
}

function toExitCode(images: readonly LivenessImage[], clip: ClipDecision | undefined): number {
  const isLive = clip?.live ?? images.every((image) => 'live' in image && image.live);
  return isLive ? EXIT.ok : EXIT.noMatch;
}

function describe({ threshold, calibration }: SelectedLivenessThreshold) {
  return { threshold, bpcer: calibration?.rate, calibration };
}

/** @param selected - Absent for the frames of a clip, which are not decided one by one. */
function report(image: LivenessImage, { print, note }: Session, selected: SelectedLivenessThreshold | undefined): void {
  const input = printable(image.input);
  if ('error' in image) {
    note(`${input}: ${image.error.code}: ${printable(image.error.message)}`);
    return;
  }
  if ('reason' in image) {
    print(`${input}  NO FACE`);
    return;
  }
  const { score, live, models, face, faces, timings } = image;
  const decision = selected === undefined ? `score ${score.toFixed(4)}` : describeDecision(live, score, selected);
  const others = faces === 1 ? '' : `, the most prominent of ${countOf(faces, 'face')}`;
  print(`${input}  ${decision}${others}`);
  if (selected === undefined) return;
  print(`  ${listModels(models)}`);
  print(`  ${describeFace(face as AnalyzedFace)}`);
  print(`  ${describeTimings(timings)}`);
}

function describeClip({ live, score, frames, framesWithoutFace }: ClipDecision, selected: SelectedLivenessThreshold): string {
  const without = framesWithoutFace === 0 ? '' : `; ${countOf(framesWithoutFace, 'frame')} without a face not counted`;
  if (score === undefined) return `clip  NO FACE${without}`;
  return `clip  ${describeDecision(live, score, selected)}, mean of ${countOf(frames, 'frame')}${without}`;
}

function describeDecision(live: boolean, score: number, { threshold, calibration }: SelectedLivenessThreshold): string {
  const basis = calibration === undefined ? 'own threshold' : describeCalibration(calibration);
  return `${live ? 'LIVE' : 'NOT LIVE'}  score ${score.toFixed(4)} ${live ? '>=' : '<'} threshold ${threshold.toFixed(4)} (${basis})`;
}

function describeCalibration({ kind, rate, frames, presentations, dataset }: CalibratedLivenessThreshold): string {
  const unit = frames === 1 ? 'single pictures' : `clips of ${frames} frames`;
  return `${kind.toUpperCase()} ${formatPercent(rate)} on ${presentations} ${unit}: ${dataset}`;
}

function listModels(models: PassiveLiveness['models']): string {
  return Object.entries(models)
    .map(([id, score]) => `${id} ${score.toFixed(4)}`)
    .join('  ');
}

function toShare(text: string): number {
  const share = Number(text);
  if (text.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError('Expected a number from 0 to 1, e.g. 0.1.');
}

/** Lines of at most 150 characters. */
function wrap(text: string): string {
  return text.replace(/(.{1,150})(?: |$)/g, '$1\n').trimEnd();
}
