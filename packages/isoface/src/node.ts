/** What `import … from 'isoface'` gives in Node. */

export type { ImageLimits, NodeEngineOptions, NodeExecutionProvider, NodeFaceEngine, NodeImageInput } from '@isoface/runtime-node';
export { handOver, openCamera } from './browser-only.ts';
export { createFaceEngine } from './create-node-engine.ts';
export * from './shared.ts';
