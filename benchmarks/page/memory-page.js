// One engine that analyzes the same pictures again and again, driven from outside through `window.memory`. The driver reads the memory of the
// browser's processes in between. Every function answers `{ value }` or `{ error }`: what a page throws reaches its driver as text only.

import { encodeError, FaceError } from '@isoface/core';
import { createFaceEngine } from '/lib/dist/index.js';

/** On a busy machine some browsers wait for the next collection of every thread, which may take 20 seconds. */
const LONGEST_WAIT_MS = 4000;

let engine;
let pictures = [];
let done = 0;
/** Bytes of buffers and textures that were not destroyed. Held weakly: a page that looks must not keep them alive. */
const gpuSizes = new WeakMap();
const gpu = { created: 0, live: 0, liveBytes: 0 };

window.memory = {
  /** Opens the engine and decodes the pictures. `inPage`: without a worker, where the page can see what lies on the GPU. */
  start: ({ pack, executionProvider, threads, modelBase, pictureCount, inPage }) =>
    answer(async () => {
      if (inPage) watchGpu();
      pictures = await Promise.all(Array.from({ length: pictureCount }, (_, index) => decode(index)));
      engine = await createFaceEngine({
        pack,
        executionProviders: executionProvider,
        worker: !inPage,
        ...(executionProvider === 'wasm' && threads !== undefined && { threads }),
        ...(modelBase !== undefined && { modelBase: new URL(modelBase, location.href).href }),
      });
      const { info } = engine;
      return { executionProvider: info.executionProvider, isSoftware: info.runtime.softwareGpu === true };
    }),

  /** Analyzes the pictures in turn, `count` analyses in all. */
  repeat: (count) =>
    answer(async () => {
      for (let i = 0; i < count; i++) await engine.analyze(pictures[done++ % pictures.length]);
    }),

  /** Bytes of the page and its workers after garbage was collected; nothing where the browser does not tell, or not soon. */
  bytes: () =>
    answer(async () => {
      if (!crossOriginIsolated || performance.measureUserAgentSpecificMemory === undefined) return undefined;
      const late = new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT_MS));
      return Promise.race([performance.measureUserAgentSpecificMemory().then(({ bytes }) => bytes), late]);
    }),

  /** What was created on the GPU so far and not destroyed. */
  gpu: () => answer(() => ({ ...gpu })),

  dispose: () =>
    answer(async () => {
      await engine.dispose();
      pictures = [];
    }),
};

/** Counts what any code of this page creates and destroys on the GPU, ONNX Runtime's buffers included. */
function watchGpu() {
  const count = (create, sizeOf) =>
    function (...given) {
      const resource = create.apply(this, given);
      gpuSizes.set(resource, sizeOf(resource));
      gpu.created++;
      gpu.live++;
      gpu.liveBytes += sizeOf(resource);
      return resource;
    };
  const forget = (destroy) =>
    function () {
      const bytes = gpuSizes.get(this);
      if (bytes !== undefined) {
        gpuSizes.delete(this);
        gpu.live--;
        gpu.liveBytes -= bytes;
      }
      return destroy.call(this);
    };
  const device = GPUDevice.prototype;
  device.createBuffer = count(device.createBuffer, ({ size }) => size);
  device.createTexture = count(device.createTexture, ({ width, height }) => width * height * 4);
  GPUBuffer.prototype.destroy = forget(GPUBuffer.prototype.destroy);
  GPUTexture.prototype.destroy = forget(GPUTexture.prototype.destroy);
}

async function decode(index) {
  const response = await fetch(`/files/picture-${index}.png`);
  if (!response.ok)
    throw new FaceError('IO_FAILED', `Expected picture ${index} from the benchmark's server, got status ${response.status}.`);
  const bitmap = await createImageBitmap(await response.blob());
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  // In memory, not on a GPU: reading the pixels back is no part of the work.
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

async function answer(work) {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: encodeError(error) };
  }
}
