/** isoface in Node. */

export { createFaceEngine } from './create-face-engine.ts';
export { type FileStoreOptions, openFileStore } from './gallery/file-store.ts';
export { createThreadIndex } from './gallery/search-thread.ts';
export { createBundledSource } from './models/bundled-source.ts';
export { defaultCacheDirectory } from './models/cache-directory.ts';
export { createFileCache, type FileCache } from './models/file-cache.ts';
export { createFolderSource } from './models/folder-source.ts';
export { createNodeModelSource, type NodeModelSourceOptions } from './models/node-model-source.ts';
export type { NodeEngineOptions } from './node-engine-options.ts';
export { type NodeFaceEngine, openEngine, resolvePack } from './open-engine.ts';
export {
  createOrtNodeBackend,
  listBundledProviders,
  type NodeExecutionProvider,
  type OrtNodeBackendOptions,
  onnxruntimeVersion,
} from './ort-node-backend.ts';
export { createSharpImageDecoder, type ImageLimits, type NodeImageInput } from './sharp-image-decoder.ts';
