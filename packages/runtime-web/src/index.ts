/** isoface in the browser. */

export { createFaceEngine, type WebFaceEngine } from './create-face-engine.ts';
export { type DeviceKeys, deleteDeviceKeys, openDeviceKeys } from './gallery/device-keys.ts';
export { deleteIndexedDbGallery, type IndexedDbStoreOptions, openIndexedDbStore } from './gallery/indexed-db-store.ts';
export { createWorkerIndex, type WorkerIndexOptions } from './gallery/search-worker-index.ts';
export type { ImageLimits } from './images/web-image-decoder.ts';
export { type HandedOver, handOver, type WebImageInput } from './images/web-image-input.ts';
export { MODEL_CACHE_NAME } from './models/cache-storage-source.ts';
export type { WebExecutionProvider } from './ort/ort-web-backend.ts';
export { createBrowserUnlockStore } from './unlock/browser-unlock-store.ts';
export type { WebFrameSource } from './video/frame-source.ts';
export { type CameraObstacle, type CameraOptions, openCamera } from './video/open-camera.ts';
export type { EngineEvent, WebEngineOptions } from './web-engine-options.ts';
