/** How well presentation attacks are told from bona fide presentations, from scores that a detector gave. */

import { basename } from 'node:path';
import { type CalibratedLivenessThreshold, FaceError } from '@isoface/core';
import {
  computePresentationAttackRates,
  findThresholdAtApcer,
  findThresholdAtBpcer,
  fuseByMean,
  type PresentationAttackRates,
} from '@isoface/core/evaluation';
import type { DatasetProblem } from '../dataset/dataset-entry.ts';
import { type AttackCoverage, describeCoverage } from './attack-kinds.ts';
import { type LivenessScore, readLivenessScores } from './read-liveness-scores.ts';
import type { LivenessScorer, ScoredPresentations } from './score-presentations.ts';

/** Where the threshold comes from: given, with its calibration if it has one, or found on these very scores, which flatters the detector. */
export type LivenessThreshold =
  | { readonly threshold: number; readonly calibration?: CalibratedLivenessThreshold | undefined }
  | { readonly apcer: number }
  | { readonly bpcer: number };

/** Options of {@link evaluateLiveness}. */
export interface EvaluateLivenessOptions {
  /** Scores that an engine gave, or the file of a table with the columns path, label, score and perhaps clip. */
  readonly scores: string | ScoredPresentations;
  readonly at: LivenessThreshold;
  readonly signal?: AbortSignal | undefined;
}

/** Error rates of one way to count presentations. */
export interface LivenessRates extends PresentationAttackRates {
  /** Attack kinds without a single score, with the number of their presentations: they are in none of the other rates. */
  readonly unanswered: Readonly<Record<string, number>>;
  /** Scores by class, in 20 equal steps from the lowest to the highest. */
  readonly histogram: {
    readonly edges: readonly number[];
    readonly bonaFide: readonly number[];
    readonly attacks: Readonly<Record<string, readonly number[]>>;
  };
}

/** Result of a liveness measurement. */
export interface LivenessResult {
  readonly kind: 'liveness';
  /** Name of the folder, or of the file with the scores. */
  readonly dataset: string;
  /** Absent for scores of a table. */
  readonly scorer?: LivenessScorer | undefined;
  readonly coverage: AttackCoverage;
  readonly at: LivenessThreshold;
  /** Every frame a presentation of its own. Its intervals are too narrow where frames belong to clips. */
  readonly perFrame: LivenessRates;
  /** Every clip a presentation, its score the mean of its frames; rows without a clip are clips of one frame. Absent where there are no clips. */
  readonly perClip?: LivenessRates | undefined;
  readonly problems: readonly DatasetProblem[];
}

const BINS = 20;

/**
 * Measures liveness scores. A threshold that is to be found is found for frames and for clips apart.
 *
 * @throws {FaceError} `SCORES_INVALID` if bona fide presentations or attacks are missing, or none of them has a score; `INVALID_OPTION` for
 * a rate outside [0, 1]; what reading the table throws.
 */
export async function evaluateLiveness({ scores: source, at, signal }: EvaluateLivenessOptions): Promise<LivenessResult> {
  const scored = typeof source === 'string' ? { dataset: basename(source), ...(await readLivenessScores(source, signal)) } : source;
  const { scores, problems, dataset } = scored;
  const clips = scores.some(({ clip }) => clip !== undefined) ? fuseClips(scores) : undefined;
  return {
    kind: 'liveness',
    dataset,
    scorer: 'scorer' in scored ? scored.scorer : undefined,
    coverage: describeCoverage(listKinds(scores)),
    at,
    perFrame: measure(scores, at),
    perClip: clips && measure(clips, at),
    problems,
  };
}

function measure(presentations: readonly LivenessScore[], at: LivenessThreshold): LivenessRates {
  const scoresOf = (kind: string | undefined): Float64Array =>
    Float64Array.from(presentations.flatMap(({ attack, score }) => (attack === kind && score !== undefined ? [score] : [])));
  const silentOf = (kind: string | undefined): number =>
    presentations.filter(({ attack, score }) => attack === kind && score === undefined).length;
  const all = listKinds(presentations);
  const kinds = all.filter((kind) => presentations.some(({ attack, score }) => attack === kind && score !== undefined));
  const bonaFide = scoresOf(undefined);
  const attacks = Object.fromEntries(kinds.map((kind) => [kind, scoresOf(kind)]));
  assertClasses(bonaFide, kinds);
  const rates = computePresentationAttackRates({
    bonaFide,
    attacks,
    threshold: findThreshold(bonaFide, attacks, at),
    nonResponses: { bonaFide: silentOf(undefined), attacks: Object.fromEntries(kinds.map((kind) => [kind, silentOf(kind)])) },
  });
  const unanswered = Object.fromEntries(all.filter((kind) => !kinds.includes(kind)).map((kind) => [kind, silentOf(kind)]));
  return { ...rates, unanswered, histogram: countScores(bonaFide, attacks) };
}

function listKinds(presentations: readonly LivenessScore[]): string[] {
  return [...new Set(presentations.flatMap(({ attack }) => attack ?? []))].sort();
}

function findThreshold(bonaFide: Float64Array, attacks: Readonly<Record<string, Float64Array>>, at: LivenessThreshold): number {
  if ('threshold' in at) return at.threshold;
  return 'apcer' in at ? findThresholdAtApcer(attacks, at.apcer) : findThresholdAtBpcer(bonaFide, at.bpcer);
}

/** A clip is silent only if all its frames are. */
function fuseClips(frames: readonly LivenessScore[]): LivenessScore[] {
  const idOf = ({ clip }: LivenessScore, i: number): string => (clip === undefined ? `frame ${i}` : `clip ${clip}`);
  const ids = frames.map(idOf);
  const answered = ids.flatMap((id, i) => (frames[i]?.score === undefined ? [] : [id]));
  const fused = fuseByMean(Float64Array.from(frames.flatMap(({ score }) => score ?? [])), answered);
  const scores = new Map(fused.clipIds.map((id, i) => [id, fused.scores[i]]));
  const first = new Map<string, LivenessScore>();
  for (const [i, frame] of frames.entries()) {
    const id = ids[i] as string;
    if (!first.has(id)) first.set(id, frame);
  }
  return [...first].map(([id, frame]) => ({ ...frame, score: scores.get(id) }));
}

function countScores(bonaFide: Float64Array, attacks: Readonly<Record<string, Float64Array>>): LivenessRates['histogram'] {
  const all = [bonaFide, ...Object.values(attacks)];
  const lowest = all.reduce((low, scores) => scores.reduce((min, score) => Math.min(min, score), low), Number.POSITIVE_INFINITY);
  const highest = all.reduce((high, scores) => scores.reduce((max, score) => Math.max(max, score), high), Number.NEGATIVE_INFINITY);
  const width = highest > lowest ? highest - lowest : 1;
  const count = (scores: Float64Array): number[] => {
    const counts = new Array<number>(BINS).fill(0);
    for (const score of scores) {
      const bin = Math.min(BINS - 1, Math.floor(((score - lowest) / width) * BINS));
      counts[bin] = (counts[bin] as number) + 1;
    }
    return counts;
  };
  return {
    edges: Array.from({ length: BINS + 1 }, (_, i) => lowest + (i / BINS) * width),
    bonaFide: count(bonaFide),
    attacks: Object.fromEntries(Object.entries(attacks).map(([kind, scores]) => [kind, count(scores)])),
  };
}

/** Said in the words of the data; the arithmetic below would speak of arrays. */
function assertClasses(bonaFide: Float64Array, kinds: readonly string[]): void {
  if (bonaFide.length > 0 && kinds.length > 0) return;
  const [missing, remedy] =
    kinds.length === 0
      ? ['attacks that have a score', 'label them with their kind, e.g. "print" or "screen"']
      : ['bona fide presentations that have a score', 'label them "bonafide"'];
  throw new FaceError('SCORES_INVALID', `Expected bona fide presentations and attacks, got no ${missing}; ${remedy}.`, {
    bonaFide: bonaFide.length,
    attackKinds: kinds,
  });
}
