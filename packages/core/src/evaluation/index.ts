/** The public surface of `@isoface/core/evaluation`: error rates from scores, in the terms of ISO/IEC 19795. */

export { type AccumulatedScores, computeAccumulatedErrorCurve } from './accumulated-error-curve.ts';
export { type AnnotateFaceInput, annotateFace, type FaceAnnotation, measureFaceOcclusion } from './annotation/annotate-face.ts';
export { type BlurClass, classifyBlur } from './annotation/classify-blur.ts';
export { classifyIllumination, type IlluminationClass, type IlluminationFigures } from './annotation/classify-illumination.ts';
export { classifyPose, type PoseClass } from './annotation/classify-pose.ts';
export { classifySize, type SizeClass } from './annotation/classify-size.ts';
export { computeEntropy } from './annotation/compute-entropy.ts';
export {
  DEFAULT_OCCLUSION_PRIOR,
  estimateOcclusion,
  OCCLUSION_BOUNDS,
  OCCLUSION_CLASSES,
  OCCLUSION_MODEL,
  type OcclusionClass,
  type OcclusionEstimate,
  type OcclusionEvidence,
  type OcclusionModel,
  type OcclusionProbabilities,
  type OcclusionWeights,
} from './annotation/estimate-occlusion.ts';
export { alignFace, FACE_OVAL, type FacePatch, isInFaceOval, PATCH_SIDE } from './annotation/face-patch.ts';
export {
  FACE_REGIONS,
  type FaceRegion,
  type LandmarkDisagreement,
  type MeshDisagreement,
  type OcclusionFigures,
  type SecondOpinions,
} from './annotation/measure-occlusion.ts';
export { featureNames, type OcclusionBasis, type RegionNorms, toOcclusionFeatures } from './annotation/occlusion-features.ts';
export { computeAreaUnderCurve, computeAreaUnderErrorCurve } from './area-under-curve.ts';
export { computeClopperPearson } from './clopper-pearson.ts';
export { type ClosedSetRates, computeCmc, computeMateRank } from './closed-set.ts';
export { computeDecidability } from './decidability.ts';
export {
  computeDetectionPrecision,
  type DetectionCurve,
  type DetectionImage,
  type DetectionPrecision,
  type DetectionPrecisionOptions,
  type DetectionTruth,
  recallAtFalsePositives,
} from './detection-precision.ts';
export {
  DETECTION_SUBSETS,
  type DetectionSubset,
  type DetectionSubsetName,
  type FaceBoxAttributes,
  type LabelledFaceBox,
  selectTruths,
} from './detection-subsets.ts';
export type { BootstrapOptions } from './draw-identities.ts';
export { computeEqualErrorRate, type EqualErrorRate } from './equal-error-rate.ts';
export { computeErrorCurve, type ErrorCurve, thinErrorCurve } from './error-curve.ts';
export { computeFoldAccuracy, type FoldAccuracy, type FoldedScores } from './fold-accuracy.ts';
export {
  bootstrapPairs,
  computeVerificationIntervals,
  type IdentityPairs,
  type PairBootstrapOptions,
  type VerificationIntervalOptions,
  type VerificationIntervals,
} from './identity-bootstrap.ts';
export {
  computeOpenSetRates,
  type OpenSetOperatingPoint,
  type OpenSetOptions,
  type OpenSetRates,
  type OpenSetScores,
  predictFpir,
} from './open-set.ts';
export { computeOperatingPoint, findThresholdAtFmr, type OperatingPoint } from './operating-point.ts';
export {
  computePresentationAttackRates,
  findThresholdAtApcer,
  findThresholdAtBpcer,
  fuseByMean,
  type NonResponses,
  type PresentationAttackOptions,
  type PresentationAttackRates,
  type PresentationRate,
} from './presentation-attacks.ts';
export { createRandom } from './random.ts';
export {
  bootstrapGenuineRates,
  bootstrapImpostorRates,
  type GenuineBootstrapOptions,
  type ImpostorBootstrapOptions,
} from './rate-bootstrap.ts';
export {
  type AccumulatedThreshold,
  createScoreAccumulator,
  type ScoreAccumulator,
  type ScoreAccumulatorOptions,
  type ScoreCount,
} from './score-accumulator.ts';
export type { ScoreRange } from './score-bins.ts';
export type { ScoreSet } from './score-set.ts';
export { assertScores } from './score-set.ts';
export type { ScoreTail } from './score-tail.ts';
export { type ComparisonErrors, computeTransactionErrors, type TransactionErrors } from './transaction-errors.ts';
export { computeUnlinkability, type Unlinkability, type UnlinkabilityOptions } from './unlinkability.ts';
export { createWeightedStatistics, type WeightedStatistics } from './weighted-statistics.ts';
