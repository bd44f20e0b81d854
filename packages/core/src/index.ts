/** The public surface of `@isoface/core`. */

export { type AlignableFace, computeAlignment } from './align/compute-alignment.ts';
export { ALIGNMENT_TEMPLATES, type TemplatePoints } from './align/templates.ts';
export { decodeBlazeface } from './detect/decode-blazeface.ts';
export { decodeScrfd } from './detect/decode-scrfd.ts';
export { decodeUltraface } from './detect/decode-ultraface.ts';
export { decodeYunet } from './detect/decode-yunet.ts';
export type { Detections } from './detect/detections.ts';
export { nonMaximumSuppression } from './detect/nms.ts';
export { type Embedding, type EmbeddingProvenance, isEmbedding, toUnitVector } from './embed/embedding.ts';
export { computeContractId, RESIZE_CONVENTION_VERSION, type Sha256 } from './embed/embedding-contract.ts';
export type { Analysis, AnalyzedFace, Face, PassiveLiveness, Point, QualityLimits, StageTimings } from './engine/analysis.ts';
export { composeEngine, disposedError, type EngineCalls, type EngineComposition, type LoadGalleries } from './engine/compose-engine.ts';
export { createFaceEngine, type EngineOptions, type EngineParts } from './engine/create-face-engine.ts';
export { answerRequest, type EngineLink, type EngineRequest, toEngineCalls } from './engine/engine-request.ts';
export type {
  AnalysisOutcome,
  AnalyzeOptions,
  DetectOptions,
  EngineInfo,
  EngineProgress,
  FaceEngine,
  LivenessInfo,
  PostponedWork,
  TimedImage,
  TrackedFace,
  TrackedFrame,
  TrackOptions,
  TrackResult,
  VerifyOptions,
  VerifyRefusal,
  VerifyResult,
} from './engine/face-engine.ts';
export { reportQuietly } from './engine/report-quietly.ts';
export { assertInputShape } from './engine/run-model.ts';
export { drawSelfTestFace } from './engine/self-test-face.ts';
export { addTimings, type Clock } from './engine/stage-clock.ts';
export { DEFAULT_FMR } from './engine/verify.ts';
export { FACE_ERROR_CODES, FaceError, type FaceErrorCode, type FaceErrorDetails, isFaceError } from './errors/face-error.ts';
export { encodeError, reviveError, type WireError } from './errors/wire-error.ts';
export { type Box, computeIou } from './geometry/box.ts';
export { composeAffine, estimateSimilarity, invertAffine, transformPoints } from './geometry/similarity-transform.ts';
export { type ChannelLayout, computeChannelLayout, inputDims } from './image/channel-layout.ts';
export { createCpuPreprocessor } from './image/cpu-preprocessor.ts';
export { computeFit, type FitGeometry, type FitOptions, type Size } from './image/fit.ts';
export { type AxisTaps, computeAxisTaps } from './image/resample-axis.ts';
export { assertRgbaImage, type DeviceImage, type FrameImage, isRgbaImage, type RgbaImage, requireHostImage } from './image/rgba-image.ts';
export { computeShrinkFactor, shrinkImage } from './image/shrink-image.ts';
export { createBestPreprocessor, createSimdPreprocessor } from './image/simd/create-simd-preprocessor.ts';
export { countSamples } from './image/warp-to-tensor.ts';
export { decodeIbug68, toFiveLandmarks } from './landmarks/ibug68.ts';
export { computeUprightCrop } from './landmarks/upright-crop.ts';
export { type Comparison, compareEmbeddings, computeCosineSimilarity, computeEuclideanDistance } from './match/compare-embeddings.ts';
export { selectProminentFace } from './match/select-prominent-face.ts';
export { type SelectedThreshold, selectThreshold } from './match/select-threshold.ts';
export type { DecodeOptions, Frame, ImageDecoder } from './ports/image-decoder.ts';
export type { ExecutionProvider, InferenceBackend, InferenceSession, SessionOptions, TensorInfo } from './ports/inference-backend.ts';
export type {
  AlignmentTemplate,
  CalibratedLivenessThreshold,
  CalibratedSearchThreshold,
  CalibratedThreshold,
  DetectorManifest,
  EmbedderManifest,
  ImportFormat,
  InputSpec,
  LandmarkerManifest,
  LivenessManifest,
  MeshManifest,
  ModelFile,
  ModelLicense,
  ModelManifest,
  PackManifest,
  ResizeMode,
  SelfTestExpectation,
} from './ports/model-manifest.ts';
export type { LoadableModel, LoadModelOptions, ModelProgress, ModelSource } from './ports/model-source.ts';
export type { Preprocessor, WarpOptions } from './ports/preprocessor.ts';
export { asHostTensor, type DeviceTensor, type HostTensor, readTensor, type Tensor } from './ports/tensor.ts';
export { computeQuality, type FaceQuality, type QualityFace } from './quality/compute-quality.ts';
export { estimatePose, type Pose } from './quality/estimate-pose.ts';
export { toLuminance } from './quality/luminance-patch.ts';
export type { TrackState } from './track/track-state.ts';
