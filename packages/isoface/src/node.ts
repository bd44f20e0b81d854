/** What `import … from 'isoface'` gives in Node. */

export type {
  FileStoreOptions,
  ImageLimits,
  NodeEngineOptions,
  NodeExecutionProvider,
  NodeFaceEngine,
  NodeImageInput,
} from '@isoface/runtime-node';
export {
  createBrowserUnlockStore,
  deleteDeviceKeys,
  deleteIndexedDbGallery,
  handOver,
  openCamera,
  openDeviceKeys,
  openIndexedDbStore,
} from './browser-only.ts';
export { createFaceEngine } from './create-node-engine.ts';
export { openFileStore } from './open-node-file-store.ts';
export * from './shared.ts';
