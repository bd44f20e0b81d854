/** How much of a face is covered, and how sure that is. */

import type { FaceRegion, LandmarkDisagreement, MeshDisagreement, OcclusionFigures } from './measure-occlusion.ts';
import {
  computeDeviations,
  type OcclusionBasis,
  type RegionNorms,
  selectBasis,
  summarizeRegions,
  toOcclusionFeatures,
} from './occlusion-features.ts';
import fitted from './occlusion-model.json' with { type: 'json' };

/**
 * Share of the face, hair line to chin, that is covered or beyond the edge of the image: `none` below 10 %, `partial` below 30 %, `heavy` from there
 * on. WIDER FACE draws the upper line at 30 % too; its lower one is at 1 %.
 */
export const OCCLUSION_CLASSES = ['none', 'partial', 'heavy'] as const;
/** How much of a face is covered. */
export type OcclusionClass = (typeof OCCLUSION_CLASSES)[number];

/** Shares of the face at which `partial` and `heavy` begin. */
export const OCCLUSION_BOUNDS = { partial: 0.1, heavy: 0.3 } as const;

/** A probability for each class; they sum to 1. */
export type OcclusionProbabilities = Readonly<Record<OcclusionClass, number>>;

/** Weights of a multinomial logistic regression. */
export interface OcclusionWeights {
  /** Subtracted from the features, then the difference is divided by `scales`; shape [F]. */
  readonly offsets: readonly number[];
  readonly scales: readonly number[];
  /** Shape [3, F + 1], the last one the constant: rows in the order of {@link OCCLUSION_CLASSES}. Fitted for classes that are equally frequent. */
  readonly weights: readonly (readonly number[])[];
}

/** What {@link estimateOcclusion} knows: norms of uncovered faces, and weights for each kind of evidence. */
export interface OcclusionModel {
  readonly norms: RegionNorms;
  readonly bases: Readonly<Record<OcclusionBasis, OcclusionWeights>>;
}

/** What speaks for a class: figures for a reader, not a decision. */
export interface OcclusionEvidence {
  /** What the decision rests on. */
  readonly basis: OcclusionBasis;
  /** How unlike an uncovered face each part is: root mean square of seven figures, each in spreads of uncovered faces. About 1 is usual. */
  readonly regions: Readonly<Record<FaceRegion, number>>;
  /** Share of the face beyond the edge of the image. */
  readonly outsideShare: number;
  /** `unavailable`: the network was not there, or the face has no landmarks. */
  readonly landmarks68: LandmarkDisagreement | 'unavailable';
  readonly mesh: MeshDisagreement | 'unavailable';
}

/** A verdict with its certainty. */
export interface OcclusionEstimate {
  readonly class: OcclusionClass;
  /** Probability of `class`, given how frequent the classes were taken to be. */
  readonly confidence: number;
  readonly probabilities: OcclusionProbabilities;
  readonly evidence: OcclusionEvidence;
}

/**
 * How frequent the classes are taken to be unless the caller knows better. A choice, not a measurement: of 489 labelled faces of 40 pixels and more in
 * 150 images of WIDER FACE, 87 % are free, 6 % partially and 7 % heavily occluded.
 */
export const DEFAULT_OCCLUSION_PRIOR: OcclusionProbabilities = { none: 0.8, partial: 0.12, heavy: 0.08 };

/** Fitted by `bench annotator --fit` on faces with things drawn over them; its errors are in `benchmarks/results/annotator.json`. */
export const OCCLUSION_MODEL: OcclusionModel = fitted;

/**
 * Weighs all the evidence that the figures hold.
 *
 * @param prior - How frequent the classes are among the faces in question.
 */
export function estimateOcclusion(
  figures: OcclusionFigures,
  prior: OcclusionProbabilities = DEFAULT_OCCLUSION_PRIOR,
  model: OcclusionModel = OCCLUSION_MODEL,
): OcclusionEstimate {
  const basis = selectBasis(figures);
  const probabilities = applyWeights(model.bases[basis], toOcclusionFeatures(figures, model.norms, basis), prior);
  const best = OCCLUSION_CLASSES.reduce((a, b) => (probabilities[b] > probabilities[a] ? b : a));
  return {
    class: best,
    confidence: probabilities[best],
    probabilities,
    evidence: {
      basis,
      regions: summarizeRegions(figures, computeDeviations(figures, model.norms)),
      outsideShare: figures.outsideShare,
      landmarks68: figures.landmarks ?? 'unavailable',
      mesh: figures.mesh ?? 'unavailable',
    },
  };
}

function applyWeights(
  { offsets, scales, weights }: OcclusionWeights,
  features: readonly number[],
  prior: OcclusionProbabilities,
): OcclusionProbabilities {
  const standardised = features.map((value, i) => (value - (offsets[i] as number)) / (scales[i] as number));
  const logits = OCCLUSION_CLASSES.map((name, row) => {
    const own = weights[row] as readonly number[];
    return standardised.reduce(
      (sum, value, i) => sum + value * (own[i] as number),
      (own[features.length] as number) + Math.log(prior[name]),
    );
  });
  const highest = Math.max(...logits);
  const exponentials = logits.map((value) => Math.exp(value - highest));
  const total = exponentials.reduce((sum, value) => sum + value, 0);
  const [none = 0, partial = 0, heavy = 0] = exponentials.map((value) => value / total);
  return { none, partial, heavy };
}
