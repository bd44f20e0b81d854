/** What `import … from 'isoface'` gives in browsers, and wherever else there is no Node. */

export {
  type CameraObstacle,
  type CameraOptions,
  createBrowserUnlockStore,
  createFaceEngine,
  type DeviceKeys,
  deleteDeviceKeys,
  deleteIndexedDbGallery,
  type EngineEvent,
  type HandedOver,
  handOver,
  type ImageLimits,
  type IndexedDbStoreOptions,
  openCamera,
  openDeviceKeys,
  openIndexedDbStore,
  type WebEngineOptions,
  type WebExecutionProvider,
  type WebFaceEngine,
  type WebFrameSource,
  type WebImageInput,
} from '@isoface/runtime-web';
export { openFileStore } from './node-only.ts';
export * from './shared.ts';
