/** The public surface of `@isoface/core/gallery`: what stores, runtimes and tools of galleries are made of. */

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
export { encodeFrame, type Frame } from './format/frames.ts';
export type { Gallery, GalleryOptions } from './gallery.ts';
export { assertIdentityId, MAX_ID_LENGTH, normalizeIdentityId } from './identity-id.ts';
export { compareIds, createMemoryStore } from './memory-store.ts';
export type { GalleryKeys, PlatformKey, ProtectionKey } from './protection/gallery-keys.ts';
export { createProtection, openProtection, type Protection } from './protection/protection.ts';
export { type CreateIndexOptions, createTemplateIndex } from './search/create-index.ts';
export type { SearchDecision } from './search-threshold.ts';
export { disposedStoreError, identityTwice, readOnlyStoreError } from './store-errors.ts';
export { decodeFaceApiDescriptors, type LabeledDescriptors } from './transfer/face-api-descriptors.ts';
export { decodeExport, encodeExport, type GalleryExport } from './transfer/gallery-export.ts';
