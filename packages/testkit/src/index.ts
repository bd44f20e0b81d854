/** Shared test parts of isoface, which run in Node and in a browser. */

export {
  type ArbitrarySimilarity,
  arbitraryBox,
  arbitraryImage,
  arbitraryPoints,
  arbitraryScoredBoxes,
  arbitrarySimilarity,
  arbitraryVector,
  arbitraryVectorPair,
} from './arbitraries/arbitraries.ts';
export { type ContractEngineOptions, type ContractImages, describeFaceEngine } from './contracts/engine-contract.ts';
export { describeGalleryStore, type StoreTraits, type StoreUnderTest } from './contracts/gallery-store-contract.ts';
export { describePreprocessor, type PreprocessorTolerance, type ReadTensor } from './contracts/preprocessor-contract.ts';
export { describeTemplateIndex, type IndexTraits } from './contracts/template-index-contract.ts';
export {
  type Breakage,
  breakOutputs,
  createFakeBackend,
  FAKE_LANDMARKS,
  FAKE_MAX_SHARE,
  FAKE_MIN_FACE,
  type FakeBackend,
  type FakeBackendOptions,
  type FakeOutputs,
  type FakeSession,
} from './fakes/fake-backend.ts';
export {
  FAKE_IMPORT_SOURCE,
  fakeDetector,
  fakeEmbedder,
  fakeLandmarker,
  fakeLandmarkPack,
  fakeLivenessPack,
  fakePack,
} from './fakes/fake-pack.ts';
export { brokenImage, createFakeParts, type FakeImage, type FakeParts, type FakePartsOptions } from './fakes/fake-parts.ts';
export { drawFakeFaces, type FakeFace } from './fakes/fake-picture.ts';
export { noiseImage, plainImage } from './oracles/noise-image.ts';
export { createPlainIndex, toIndexRows } from './oracles/plain-index.ts';
export { plainResize } from './oracles/plain-resize.ts';
export { plainWarp } from './oracles/plain-warp.ts';
export { clipBox, toFaceApiLandmarks } from './reference/face-api-crop.ts';
export { createLegacyPreprocessor, legacySquareResize, type Region } from './reference/legacy-square-resize.ts';
export { opencvResize } from './reference/opencv-resize.ts';
export { sha256 } from './sha256.ts';
