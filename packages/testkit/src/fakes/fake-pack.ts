/** A pack of models that do not exist: the fake backend knows what they would answer. */

import type {
  DetectorManifest,
  EmbedderManifest,
  LandmarkerManifest,
  LivenessManifest,
  MeshManifest,
  ModelLicense,
  PackManifest,
} from '@isoface/core';

/** Whom fake vectors may be imported from. */
export const FAKE_IMPORT_SOURCE = 'fake-software';

const LICENSE: ModelLicense = { spdx: 'MIT', commercialUse: 'allowed' };
const PIXELS = { layout: 'NCHW', channelOrder: 'RGB', mean: [0, 0, 0], scale: [1, 1, 1] } as const;

/** A YuNet without a network. */
export const fakeDetector: DetectorManifest = {
  task: 'detect',
  id: 'fake-detector',
  title: 'Fake detector',
  origin: 'none',
  license: LICENSE,
  file: { name: 'fake-detector.onnx', sha256: '1'.repeat(64), bytes: 1, urls: [] },
  input: { name: 'input', width: 128, height: 128, sizeMultipleOf: 32, batch: 'one', ...PIXELS },
  decoder: 'yunet',
  resizeMode: 'letterbox',
  placement: 'topLeft',
  minScore: 0.6,
  nmsIou: 0.3,
};

/** A 68-point network that finds an average face in every crop. */
export const fakeLandmarker: LandmarkerManifest = {
  task: 'landmarks',
  id: 'fake-landmarker',
  title: 'Fake landmarker',
  origin: 'none',
  license: LICENSE,
  file: { name: 'fake-landmarker.onnx', sha256: '2'.repeat(64), bytes: 2, urls: [] },
  input: { name: 'input', width: 24, height: 24, batch: 'dynamic', ...PIXELS },
  decoder: 'ibug68',
};

/** Average colours of the four quarters of the aligned face. */
export const fakeEmbedder: EmbedderManifest = {
  task: 'embed',
  id: 'fake-embedder',
  title: 'Fake embedder',
  origin: 'none',
  license: LICENSE,
  file: { name: 'fake-embedder.onnx', sha256: '3'.repeat(64), bytes: 3, urls: [] },
  input: { name: 'input', width: 16, height: 16, batch: 'dynamic', ...PIXELS },
  output: 'embedding',
  dimension: 12,
  alignment: { template: 'arcface-112-5', landmarks: 'detector-5' },
  normalization: 'l2',
  metric: 'cosine',
};

/** Detector and embedder, with thresholds as a calibration would give them. */
export const fakePack: PackManifest = {
  schemaVersion: 1,
  id: 'fake',
  title: 'Fake pack',
  detector: fakeDetector,
  embedder: fakeEmbedder,
  thresholds: [
    { fmr: 1e-2, threshold: 0.8, ci95: [0.009, 0.011], flipAveraging: false, dataset: 'none', pairs: 10_000 },
    { fmr: 1e-3, threshold: 0.9, ci95: [0.0009, 0.0011], flipAveraging: false, dataset: 'none', pairs: 10_000 },
    { fmr: 1e-3, threshold: 0.95, ci95: [0.0009, 0.0011], flipAveraging: true, dataset: 'none', pairs: 10_000 },
  ],
  accepts: [{ from: FAKE_IMPORT_SOURCE, evidence: 'made up' }],
};

/** The same with 68 landmarks in between. */
export const fakeLandmarkPack: PackManifest = {
  ...fakePack,
  id: 'fake-68',
  landmarker: fakeLandmarker,
  embedder: { ...fakeEmbedder, alignment: { template: 'dlib-150-33', landmarks: 'ibug68' } },
};

/** The greener the patch, the more alive. */
const fakeLiveness: LivenessManifest = {
  task: 'liveness',
  id: 'fake-liveness',
  title: 'Fake liveness',
  origin: 'none',
  license: LICENSE,
  file: { name: 'fake-liveness.onnx', sha256: '4'.repeat(64), bytes: 4, urls: [] },
  input: { name: 'input', width: 8, height: 8, batch: 'dynamic', ...PIXELS },
  decoder: 'minifasnet',
  output: 'logits',
  classes: 3,
  liveClass: 1,
  cropScale: 1,
};

/** A flat grid over the whole crop. */
const fakeMesh: MeshManifest = {
  task: 'mesh',
  id: 'fake-mesh',
  title: 'Fake mesh',
  origin: 'none',
  license: LICENSE,
  file: { name: 'fake-mesh.onnx', sha256: '5'.repeat(64), bytes: 5, urls: [] },
  input: { name: 'input', width: 32, height: 32, batch: 'dynamic', ...PIXELS },
  decoder: 'mediapipe-468',
  cropScale: 1.5,
};

/** With two passive liveness models and a mesh. */
export const fakeLivenessPack: PackManifest = {
  ...fakePack,
  id: 'fake-liveness',
  liveness: [fakeLiveness, { ...fakeLiveness, id: 'fake-liveness-2', cropScale: 2 }],
  mesh: fakeMesh,
  livenessThresholds: [
    { kind: 'bpcer', rate: 0.1, threshold: 0.5, ci95: [0.09, 0.11], frames: 1, dataset: 'none', presentations: 1000 },
    { kind: 'bpcer', rate: 0.05, threshold: 0.3, ci95: [0.04, 0.06], frames: 1, dataset: 'none', presentations: 1000 },
  ],
};
