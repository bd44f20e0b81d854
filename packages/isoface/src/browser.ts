/** What `import … from 'isoface'` gives in browsers, and wherever else there is no Node. */

export {
  type CameraObstacle,
  type CameraOptions,
  createFaceEngine,
  type EngineEvent,
  type HandedOver,
  handOver,
  type ImageLimits,
  openCamera,
  type WebEngineOptions,
  type WebExecutionProvider,
  type WebFaceEngine,
  type WebFrameSource,
  type WebImageInput,
} from '@isoface/runtime-web';
export * from './shared.ts';
