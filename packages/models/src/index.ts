/** Model packs of isoface: manifests, their schema, and the chain of places that model bytes come from. */

export { builtinPacks, getPack } from './packs/builtin-packs.ts';
export { definePack, type PackParts } from './packs/define-pack.ts';
export { sfacePack } from './packs/sface.ts';
export { standardPack } from './packs/standard.ts';
export { starterPack } from './packs/starter.ts';
export { MAX_MODEL_BYTES, parseModelManifest, parsePackManifest } from './schema.ts';
export { blazeface } from './singles/blazeface.ts';
export { builtinModels, getModel } from './singles/builtin-models.ts';
export { faceLandmark68 } from './singles/face-landmark-68.ts';
export { faceRecognition } from './singles/face-recognition.ts';
export { faceReidentificationRetail0095 } from './singles/face-reidentification-retail-0095.ts';
export { facemesh468 } from './singles/facemesh-468.ts';
export { minifasnetV1se } from './singles/minifasnet-v1se.ts';
export { minifasnetV2 } from './singles/minifasnet-v2.ts';
export { mobilefacenetInsightfaceY1 } from './singles/mobilefacenet-insightface-y1.ts';
export { scrfd500mKps } from './singles/scrfd-500m-kps.ts';
export { sface2021dec } from './singles/sface-2021dec.ts';
export { ultrafaceRfb320 } from './singles/ultraface-rfb-320.ts';
export { yunet2023mar } from './singles/yunet-2023mar.ts';
export type { ByteReadOptions, ByteSource, WritableByteSource } from './sources/byte-source.ts';
export { createFetchSource, type FetchLike, type FetchSourceOptions } from './sources/fetch-source.ts';
export { createMemorySource } from './sources/memory-source.ts';
export {
  createModelSource,
  type ImportModel,
  type LoadAttempt,
  type ModelSourceOptions,
  type ModelSourceWarning,
} from './sources/model-source.ts';
export type { PartialDownload, PartialStore } from './sources/partial-store.ts';
