/** The public surface of `@isoface/core/gallery`: what stores, runtimes and tools of galleries are made of. */

export { type Crc32, computeCrc32 } from '../checksum/crc32.ts';
export type {
  GalleryChange,
  GalleryHeader,
  GalleryStore,
  StoreDamage,
  StoredIdentity,
  StoredTemplate,
  StoreSearch,
  StoreStats,
} from '../ports/gallery-store.ts';
export type { HeldRows, IndexHit, IndexInfo, IndexRows, IndexSpec, LocalTemplateIndex, TemplateIndex } from '../ports/template-index.ts';
export { type AdaptiveIndexOptions, createAdaptiveIndex } from './adaptive-index.ts';
export { FORMAT_LIMITS, type FrameHead, type FramePlace, frameBytes, HEAD_BYTES, readHead } from './format/frame-layout.ts';
export {
  createFrameReader,
  describeBytes,
  describeDamage,
  type FoundFrame,
  type FoundGap,
  type FrameEvent,
  type FrameReader,
} from './format/frame-reader.ts';
export { decodeExamined, decodeFrame, type ExaminedFrame, encodeFrame, examineFrame, type Frame } from './format/frames.ts';
export { parseGalleryHeader } from './format/gallery-header.ts';
export {
  type ByteSource,
  type Candidate,
  type Duplicate,
  ENROL_QUALITY_LIMITS,
  type EnrolOptions,
  type EnrolPhoto,
  type EnrolResult,
  type ExportFormat,
  type ExportOptions,
  type Gallery,
  type GalleryCheck,
  type GalleryInfo,
  type GalleryOptions,
  type GalleryProgress,
  type IdentifyOptions,
  type IdentifyResult,
  type Identity,
  type ImportOptions,
  type ImportReport,
  type JsonValue,
  type Metadata,
  type PhotoOutcome,
  type PhotoRejection,
  type TemplateSummary,
} from './gallery.ts';
export { assertIdentityId, MAX_ID_LENGTH, normalizeIdentityId } from './identity-id.ts';
export { connectIndex, type FromIndex, type IndexOwner, type IndexThread, serveIndex, type ToIndex } from './index-link.ts';
export { compareIds, createMemoryStore } from './memory-store.ts';
export { type GalleryEngine, openGallery } from './open-gallery.ts';
export type { GalleryKeys, PlatformKey, ProtectionKey } from './protection/gallery-keys.ts';
export { createProtection, openProtection, type Protection } from './protection/protection.ts';
export { type CreateIndexOptions, createTemplateIndex } from './search/create-index.ts';
export { selectHits } from './search/select-hits.ts';
export { DEFAULT_FPIR, type SearchCalibration, type SearchDecision, selectSearchThreshold } from './search-threshold.ts';
export { toSearchVector } from './search-vector.ts';
export { disposedStoreError, identityTwice, readOnlyStoreError } from './store-errors.ts';
export { openStoredGallery, type StoredGallery, type StoredGalleryOptions } from './stored-gallery.ts';
export { decodeFaceApiDescriptors, type LabeledDescriptors } from './transfer/face-api-descriptors.ts';
export { decodeExport, encodeExport, type GalleryExport } from './transfer/gallery-export.ts';
