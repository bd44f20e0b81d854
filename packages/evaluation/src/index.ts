/** The public surface of `@isoface/evaluation`. */

export {
  type AnnotateImagesOptions,
  annotateImages,
  type ImageAnnotation,
  type ImageDescription,
} from './dataset/annotate.ts';
export {
  type AnnotateDatasetOptions,
  type AnnotatedDataset,
  type AnnotationFile,
  annotateDataset,
  type EntryAnnotation,
  readAnnotations,
} from './dataset/annotation-file.ts';
export type { DatasetEntry, DatasetImage, DatasetProblem, DatasetProblemCode, LabelledImage } from './dataset/dataset-entry.ts';
export {
  type CheckEntriesOptions,
  checkEntries,
  type DatasetIndex,
  type DatasetIndexHeader,
  readDatasetIndex,
  writeDatasetIndex,
} from './dataset/dataset-index.ts';
export {
  type DetectionFormat,
  type DetectionImage,
  type DetectionSet,
  type FaceAttributes,
  type LabelledBox,
  type ReadDetectionSetOptions,
  readDetectionSet,
} from './dataset/detection-set.ts';
export { type FaceAnnotator, type FaceAnnotatorOptions, openFaceAnnotator } from './dataset/face-annotator.ts';
export { type FolderSet, readFolderSet, toFolderSet } from './dataset/folder-set.ts';
export {
  type IdentitySource,
  type IndexDirectoryOptions,
  type IndexedDirectory,
  type IndexProgress,
  indexDirectory,
} from './dataset/index-directory.ts';
export { type LfwSet, readLfw } from './dataset/lfw.ts';
export { type IdentitySet, openIdentitySet } from './dataset/open-identity-set.ts';
export { type NamedPairSet, openLfwPairs, openListedPairs } from './dataset/open-pair-set.ts';
export { type ReadPairListOptions, readPairList } from './dataset/pair-list.ts';
export type { MissingPair, PairList, PairSet } from './dataset/pair-set.ts';
export {
  type OpenSecondOpinions,
  openSecondOpinions,
  type SecondOpinionOptions,
} from './dataset/second-opinions.ts';
export { writeFileAtomically } from './files/write-file-atomically.ts';
export { type AttackCoverage, describeCoverage, type KnownAttackKind, listCoverageNotes } from './protocols/attack-kinds.ts';
export { type CalibrateOptions, type Calibration, calibrate, withThresholds } from './protocols/calibrate.ts';
export {
  type DetectionResult,
  type DetectorResult,
  type EvaluateDetectionOptions,
  evaluateDetection,
  type SubsetPrecision,
} from './protocols/detect.ts';
export {
  DETECTION_SUBSET_NAMES,
  describeMatch,
  listSubsets,
  toDetectionPage,
  toDetectionRows,
} from './protocols/detection-report.ts';
export {
  type EvaluateIdentificationOptions,
  type EvaluateOptions,
  type EvaluatePairsOptions,
  type EvaluateVerificationOptions,
  evaluateAllPairs,
  evaluateIdentification,
  evaluatePairs,
} from './protocols/evaluate.ts';
export { toIdentificationPage, toIdentificationRows } from './protocols/identification-report.ts';
export {
  type EvaluateLivenessOptions,
  evaluateLiveness,
  type LivenessRates,
  type LivenessResult,
  type LivenessThreshold,
} from './protocols/liveness.ts';
export {
  ACER_NOTE,
  describeThreshold,
  listLivenessRates,
  listUnansweredNotes,
  toLivenessPage,
  toLivenessRows,
} from './protocols/liveness-report.ts';
export { countProblems } from './protocols/provenance-facts.ts';
export { type LivenessScore, type LivenessScores, readLivenessScores } from './protocols/read-liveness-scores.ts';
export { type Presentation, type Presentations, readPresentations } from './protocols/read-presentations.ts';
export type {
  Estimate,
  IdentificationResult,
  Interval,
  NamedPair,
  OperatingRates,
  Provenance,
  Stratum,
  VerificationCurves,
  VerificationResult,
} from './protocols/results.ts';
export {
  formatLivenessScores,
  type LivenessEngine,
  type LivenessScorer,
  type ScoredPresentations,
  type ScorePresentationsOptions,
  scorePresentations,
} from './protocols/score-presentations.ts';
export { STRATUM_AXES, STRATUM_CLASSES, type StratumAxis } from './protocols/strata.ts';
export { type TrainedModel, type TrainOptions, trainOn } from './protocols/train.ts';
export { PROTOCOL_NAMES, toRateRows, toVerificationPage } from './protocols/verification-report.ts';
export type {
  Axis,
  AxisMark,
  Chart,
  ChartPoint,
  HeatMapChart,
  HeatMapRow,
  HistogramChart,
  HistogramSeries,
  IntervalChart,
  IntervalRow,
  LineChart,
  LineSeries,
} from './report/chart.ts';
export { toCsv } from './report/csv.ts';
export { formatNumber } from './report/format-number.ts';
export { formatPercent, formatRate } from './report/format-rate.ts';
export { toMarkdownTable } from './report/markdown-table.ts';
export { probit } from './report/probit.ts';
export { renderChart } from './report/render-chart.ts';
export { type ReportPage, type ReportSection, renderReportPage } from './report/report-page.ts';
export type { Cell, Column, Table } from './report/table.ts';
export { type ChosenRecognizer, chooseRecognizer, openTemplateSource } from './templates/open-template-source.ts';
export { type KeptSighting, openTemplateCache, type TemplateCache } from './templates/template-cache.ts';
export type { Sighting, SightingOutcome, TemplateSource } from './templates/template-source.ts';
