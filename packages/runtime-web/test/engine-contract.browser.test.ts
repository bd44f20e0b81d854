/** The engine contract on the real engine in a real browser: in a worker, and in the page itself. Runs on the built files, as sites do. */

import { drawSelfTestFace, type RgbaImage } from '@isoface/core';
import { type ContractEngineOptions, type ContractImages, describeFaceEngine, plainImage } from '@isoface/testkit';
import type { WebFaceEngine, WebImageInput } from '../src/index.ts';
import { importBuilt } from './support/import-built.ts';

const { createFaceEngine } = await importBuilt();

const face = toImageData(drawSelfTestFace());
const blank = toImageData(plainImage(320, 240, [90, 120, 150]));
const broken = new Blob(['This is text, whatever its name says.'], { type: 'image/jpeg' });
const importSource = 'face-api.js';

const inWorker = (options?: ContractEngineOptions): Promise<WebFaceEngine> => createFaceEngine({ executionProviders: 'wasm', ...options });
const inPage = (options?: ContractEngineOptions): Promise<WebFaceEngine> =>
  createFaceEngine({ executionProviders: 'wasm', worker: false, threads: 1, ...options });

/** Handed over to the worker call by call; the caller's own stays. */
const frames: ContractImages<WebImageInput> = {
  face: toFrame(face),
  blank: await createImageBitmap(blank),
  broken: new Uint8Array([0xff, 0xd8, 0xff, 0xe0]),
  importSource,
};
const files: ContractImages<WebImageInput> = { face: await toBlob(face, 'image/png'), blank, broken, importSource };

describeFaceEngine('browser, worker', inWorker, frames);
describeFaceEngine('browser, page', inPage, files);

function toImageData({ width, height, data }: RgbaImage): ImageData {
  return new ImageData(new Uint8ClampedArray(data), width, height);
}

function toBlob(image: ImageData, type: string): Promise<Blob> {
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  return canvas.convertToBlob({ type });
}

function toFrame(image: ImageData): VideoFrame {
  return new VideoFrame(image.data, { format: 'RGBX', codedWidth: image.width, codedHeight: image.height, timestamp: 0 });
}
