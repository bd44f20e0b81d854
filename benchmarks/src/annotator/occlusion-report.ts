/** How well occlusion is told on faces with things drawn over them. */

import {
  DEFAULT_OCCLUSION_PRIOR,
  estimateOcclusion,
  OCCLUSION_CLASSES,
  type OcclusionBasis,
  type OcclusionFigures,
  type OcclusionModel,
  type OcclusionProbabilities,
} from '@isoface/core/evaluation';
import { type Answer, type Confusion, countConfusion, round } from './confusion.ts';
import type { DrawnSample } from './draw-samples.ts';
import { BASES, fitOcclusionModel, toOcclusionClass } from './fit-occlusion-model.ts';
import { OCCLUDER_KINDS } from './occluders.ts';

/** Predicted against observed. */
export interface Reliability {
  /** Answers, their mean confidence and how many of them were right, by ranges of confidence. */
  readonly bins: readonly {
    readonly from: number;
    readonly to: number;
    readonly share: number;
    readonly confidence: number;
    readonly right: number;
  }[];
  /** Mean squared error of the probabilities, summed over the three classes: 0 is perfect, 2/3 knows nothing. */
  readonly brier: number;
  /** What always answering the frequencies of the classes would have. */
  readonly brierOfFrequencies: number;
}

/** Results of one kind of evidence. */
export interface OcclusionResult {
  readonly basis: OcclusionBasis;
  readonly pack: string;
  readonly samples: number;
  /** At equally frequent classes. */
  readonly confusion: Confusion;
  /** At the default prior, samples weighted to match. */
  readonly reliability: Reliability;
}

/** A kind of occluder that the weights have never seen. */
export interface HeldOutKind {
  readonly kind: string;
  readonly samples: number;
  readonly accuracy: number;
  /** Of the weights that were fitted with it. */
  readonly accuracyWhenSeen: number;
}

/** One answer of the estimator. */
export interface OcclusionAnswer {
  readonly truth: (typeof OCCLUSION_CLASSES)[number];
  readonly probabilities: OcclusionProbabilities;
  readonly group: number;
}

/** All evidence there can be. */
const FULL = 'patch+landmarks68+mesh';
const EQUAL: OcclusionProbabilities = { none: 1 / 3, partial: 1 / 3, heavy: 1 / 3 };
const EDGES = [1 / 3, 0.5, 0.6, 0.7, 0.8, 0.9, 1] as const;

/** Photographs whose samples are never fitted on. */
function isTestPhoto(photo: number): boolean {
  return photo % 3 === 0;
}

/** Fits on the other photographs. */
export function fitOnTrainingPhotos(samples: readonly DrawnSample[], without?: string, bases?: readonly OcclusionBasis[]): OcclusionModel {
  const training = samples.filter(({ photo, kind }) => !isTestPhoto(photo) && kind !== without);
  return fitOcclusionModel(training, (sample) => (sample as DrawnSample).kind === 'none', bases);
}

/** Measures a model on the test photographs. */
export function measureOcclusionModel(samples: readonly DrawnSample[], model: OcclusionModel): OcclusionResult[] {
  const test = samples.filter(({ photo }) => isTestPhoto(photo));
  const packs = Array.from(new Set(test.map(({ pack }) => pack)));
  return BASES.flatMap((basis) =>
    packs.map((pack): OcclusionResult => {
      const own = test.filter((sample) => sample.pack === pack);
      const atEqual = own.map((sample) => answer(sample, basis, EQUAL, model));
      const atDefault = own.map((sample) => answer(sample, basis, DEFAULT_OCCLUSION_PRIOR, model));
      return {
        basis,
        pack,
        samples: own.length,
        confusion: countConfusion(atEqual.map(toAnswer), OCCLUSION_CLASSES),
        reliability: measureReliability(atDefault, DEFAULT_OCCLUSION_PRIOR),
      };
    }),
  );
}

/** Leaves out one kind of occluder after the other and measures on that kind. */
export function measureHeldOutKinds(samples: readonly DrawnSample[], model: OcclusionModel): HeldOutKind[] {
  return OCCLUDER_KINDS.map((kind) => {
    const test = samples.filter((sample) => isTestPhoto(sample.photo) && sample.kind === kind);
    const accuracyOf = (candidate: OcclusionModel): number => {
      const answers = test.map((sample) => toAnswer(answer(sample, FULL, EQUAL, candidate)));
      return round(answers.filter((a) => a.truth === a.answer).length / answers.length);
    };
    return {
      kind,
      samples: test.length,
      accuracy: accuracyOf(fitOnTrainingPhotos(samples, kind, [FULL])),
      accuracyWhenSeen: accuracyOf(model),
    };
  });
}

/**
 * Compares confidence with what came true.
 *
 * @param prior - Samples are weighted so that their classes are as frequent as this; absent, they count as they are.
 */
export function measureReliability(answers: readonly OcclusionAnswer[], prior?: OcclusionProbabilities): Reliability {
  const share = (name: OcclusionAnswer['truth']): number => answers.filter(({ truth }) => truth === name).length / answers.length;
  const frequencies = prior ?? { none: share('none'), partial: share('partial'), heavy: share('heavy') };
  const weights = answers.map(({ truth }) => (prior === undefined ? 1 : prior[truth] / share(truth)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const squaredError = (probabilities: OcclusionProbabilities, truth: string): number =>
    OCCLUSION_CLASSES.reduce((sum, name) => sum + (probabilities[name] - (name === truth ? 1 : 0)) ** 2, 0);
  const meanOf = (value: (answer: OcclusionAnswer) => number): number =>
    answers.reduce((sum, each, i) => sum + value(each) * (weights[i] as number), 0) / total;
  const judged = answers.map((each, i) => {
    const best = bestOf(each.probabilities);
    return { confidence: each.probabilities[best], isRight: best === each.truth, weight: weights[i] as number };
  });
  const bins = EDGES.slice(0, -1).flatMap((from, i) => {
    const to = EDGES[i + 1] as number;
    const own = judged.filter(({ confidence }) => confidence >= from && (confidence < to || to === 1));
    const weight = own.reduce((sum, each) => sum + each.weight, 0);
    if (weight === 0) return [];
    const confidence = own.reduce((sum, each) => sum + each.confidence * each.weight, 0) / weight;
    const right = own.reduce((sum, each) => sum + (each.isRight ? each.weight : 0), 0) / weight;
    return [{ from: round(from), to, share: round(weight / total), confidence: round(confidence), right: round(right) }];
  });
  return {
    bins,
    brier: round(meanOf(({ probabilities, truth }) => squaredError(probabilities, truth))),
    brierOfFrequencies: round(meanOf(({ truth }) => squaredError(frequencies, truth))),
  };
}

/** The class with the highest probability. */
export function bestOf(probabilities: OcclusionProbabilities): OcclusionAnswer['truth'] {
  return OCCLUSION_CLASSES.reduce((a, b) => (probabilities[b] > probabilities[a] ? b : a));
}

function toAnswer({ truth, probabilities, group }: OcclusionAnswer): Answer {
  return { truth, answer: bestOf(probabilities), group };
}

function answer(sample: DrawnSample, basis: OcclusionBasis, prior: OcclusionProbabilities, model: OcclusionModel): OcclusionAnswer {
  const { probabilities } = estimateOcclusion(restrict(sample.figures, basis), prior, model);
  return { truth: toOcclusionClass(sample.coveredShare), probabilities, group: sample.photo };
}

function restrict(figures: OcclusionFigures, basis: OcclusionBasis): OcclusionFigures {
  if (basis === 'patch') return { ...figures, landmarks: undefined, mesh: undefined };
  return basis === 'patch+landmarks68' ? { ...figures, mesh: undefined } : figures;
}
