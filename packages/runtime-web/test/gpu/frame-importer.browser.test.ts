import { computeFit, createCpuPreprocessor, type DeviceImage, type InputSpec, type RgbaImage, readTensor } from '@isoface/core';
import { noiseImage, plainImage } from '@isoface/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FRAME_IMPORT_WAYS, type FrameImportWay, type FrameSource } from '../../src/gpu/frame-import-ways.ts';
import { createFrameImporter, type FrameImporter } from '../../src/gpu/frame-importer.ts';
import { requestGpuDevice } from '../../src/gpu/gpu-device.ts';
import { createGpuPreprocessor, type GpuPreprocessor } from '../../src/gpu/gpu-preprocessor.ts';
import type { WorkerReport } from './import-in-worker.ts';
import { PLAIN_INPUT } from './support.ts';

/** Ways that take stills; the others are made for video frames. */
const STILL_WAYS: readonly FrameImportWay[] = ['externalCopy', 'canvas'];

/** Colours that go through a canvas or the GPU are rounded to 8 bits once more on the way. */
const ROUNDING = 1;

let device: GPUDevice;
let gpu: GpuPreprocessor;
const uncaught: string[] = [];

beforeAll(async () => {
  ({ device } = await requestGpuDevice(navigator.gpu, { allowFallbackAdapter: true }));
  device.addEventListener('uncapturederror', ({ error }) => uncaught.push(error.message));
  gpu = await createGpuPreprocessor(device);
});

afterAll(async () => {
  gpu.dispose();
  await device.queue.onSubmittedWorkDone();
  device.destroy();
  expect(uncaught).toEqual([]);
});

/** Noise without transparency. */
function opaqueNoise(width: number, height: number, seed = 1): RgbaImage {
  const image = noiseImage(width, height, seed);
  image.data.forEach((_, i) => {
    if (i % 4 === 3) image.data[i] = 255;
  });
  return image;
}

function toImageData({ width, height, data }: RgbaImage): ImageData {
  return new ImageData(new Uint8ClampedArray(data), width, height);
}

function toCanvas<Canvas extends OffscreenCanvas | HTMLCanvasElement>(canvas: Canvas, image: RgbaImage): Canvas {
  canvas.width = image.width;
  canvas.height = image.height;
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.putImageData(toImageData(image), 0, 0);
  return canvas;
}

const toFrame = ({ width, height, data }: RgbaImage, init: Partial<VideoFrameBufferInit> = {}): VideoFrame =>
  new VideoFrame(new Uint8Array(data), { format: 'RGBA', codedWidth: width, codedHeight: height, timestamp: 0, ...init });

const SOURCES: readonly (readonly [name: string, kind: 'video' | 'still', create: (image: RgbaImage) => Promise<FrameSource>])[] = [
  ['a VideoFrame of RGBA bytes', 'video', async (image) => toFrame(image)],
  ['a VideoFrame of RGBX bytes', 'video', async (image) => toFrame(image, { format: 'RGBX' })],
  ['a VideoFrame of BGRX bytes', 'video', async (image) => toFrame(swapRedAndBlue(image), { format: 'BGRX' })],
  ['a VideoFrame of a canvas', 'video', async (image) => new VideoFrame(toCanvas(new OffscreenCanvas(1, 1), image), { timestamp: 0 })],
  ['an ImageBitmap', 'still', async (image) => createImageBitmap(toImageData(image))],
  ['an ImageBitmap, alpha apart', 'still', async (image) => createImageBitmap(toImageData(image), { premultiplyAlpha: 'none' })],
  ['an OffscreenCanvas', 'still', async (image) => toCanvas(new OffscreenCanvas(1, 1), image)],
  ['a canvas element', 'still', async (image) => toCanvas(document.createElement('canvas'), image)],
];

const CASES = FRAME_IMPORT_WAYS.flatMap((way) => SOURCES.map(([name, kind, create]) => ({ way, name, kind, create })));

describe.each(CASES)('$way of $name', ({ way, kind, create }) => {
  const canTake = kind === 'video' || STILL_WAYS.includes(way);
  let importer: FrameImporter;

  beforeAll(async () => {
    importer = await createFrameImporter(device, { ways: [way] });
  });

  it(canTake ? 'works here' : 'was ruled out by the probe', () => {
    expect(importer.ways[kind]).toEqual(canTake ? [way] : []);
    expect(importer.excluded.filter((entry) => entry.kind === kind).map((entry) => entry.way)).toEqual(canTake ? [] : [way]);
  });

  it(canTake ? 'brings every pixel to its place' : 'is refused', async () => {
    const image = opaqueNoise(53, 38);
    const source = await create(image);
    const importing = importer.importFrame(source);
    if (canTake) {
      const imported = await importing;
      close(source);
      expect([imported.width, imported.height]).toEqual([53, 38]);
      expect(largestGap(await readColours(imported), coloursOf(image))).toBeLessThanOrEqual(ROUNDING);
      imported.dispose();
    } else {
      await expect(importing).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
      close(source);
    }
    importer.dispose();
    expect(importer.stats()).toEqual({ buffers: 0, textures: 0 });
  });
});

describe.each(FRAME_IMPORT_WAYS)('%s', (way) => {
  let importer: FrameImporter;

  beforeAll(async () => {
    importer = await createFrameImporter(device, { ways: [way] });
  });
  afterAll(() => importer.dispose());

  it('ignores alpha', async () => {
    const image = plainImage(24, 20, [200, 100, 50]);
    const clear: RgbaImage = { ...image, data: image.data.map((value, i) => (i % 4 === 3 ? 128 : value)) };
    const frame = toFrame(clear);
    const imported = await importer.importFrame(frame);
    frame.close();
    // Multiplied with an alpha of a half and divided again, a colour is off by one or two.
    expect(largestGap(await readColours(imported), coloursOf(image))).toBeLessThanOrEqual(2);
    imported.dispose();
  });

  it('shows the visible part of a frame alone', async () => {
    const image = opaqueNoise(64, 48);
    const frame = toFrame(image, { visibleRect: { x: 16, y: 8, width: 32, height: 24 } });
    const imported = await importer.importFrame(frame);
    frame.close();
    expect([imported.width, imported.height]).toEqual([32, 24]);
    expect(largestGap(await readColours(imported), coloursOf(crop(image, 16, 8, 32, 24)))).toBeLessThanOrEqual(ROUNDING);
    imported.dispose();
  });

  it('converts the YUV of cameras as the browser does when it draws', async () => {
    const create = (): VideoFrame => smoothYuvFrame(64, 48);
    const frame = create();
    const canvas = new OffscreenCanvas(64, 48);
    const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
    context.drawImage(frame, 0, 0);
    const drawn = context.getImageData(0, 0, 64, 48);
    const imported = await importer.importFrame(frame);
    frame.close();
    // Conversions differ in how they round, and in where they place the coarser colour samples.
    expect(largestGap(await readColours(imported), coloursOf(drawn))).toBeLessThanOrEqual(4);
    imported.dispose();
  });

  it('refuses closed frames', async () => {
    const [frame, bitmap] = [toFrame(opaqueNoise(8, 8)), await createImageBitmap(toImageData(opaqueNoise(8, 8)))];
    frame.close();
    bitmap.close();
    await expect(importer.importFrame(frame)).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
    await expect(importer.importFrame(bitmap)).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
  });
});

describe('the frame importer', () => {
  it('finds all ways in this browser', async () => {
    const importer = await createFrameImporter(device);
    expect(importer.ways).toEqual({ video: [...FRAME_IMPORT_WAYS], still: STILL_WAYS });
    expect(importer.excluded.map(({ kind, way }) => [kind, way])).toEqual([
      ['still', 'externalTexture'],
      ['still', 'copyTo'],
    ]);
    importer.dispose();
  });

  it('rules out a way that throws, and takes the next', async () => {
    const broken = withMethod(device, 'importExternalTexture', () => {
      throw new TypeError('not here');
    });
    const importer = await createFrameImporter(broken);
    expect(importer.ways.video[0]).toBe('externalCopy');
    expect(importer.excluded).toContainEqual({ kind: 'video', way: 'externalTexture', reason: 'not here' });
    importer.dispose();
  });

  it('rules out a way that succeeds and brings other pixels', async () => {
    const queue = withMethod(device.queue, 'copyExternalImageToTexture', () => undefined);
    const importer = await createFrameImporter(withProperty(device, 'queue', queue));
    expect(importer.ways).toEqual({ video: ['externalTexture', 'copyTo', 'canvas'], still: ['canvas'] });
    expect(importer.excluded.filter(({ way }) => way === 'externalCopy').map(({ reason }) => reason)).toEqual([
      expect.stringContaining('after the import, got 0 0 0'),
      expect.stringContaining('after the import, got 0 0 0'),
    ]);
    importer.dispose();
  });

  it('goes the next way with a frame that the first cannot import', async () => {
    const importer = await createFrameImporter(device, { ways: ['copyTo', 'canvas'] });
    const image = opaqueNoise(20, 16);
    const frame = toFrame(image, { displayWidth: 40, displayHeight: 16 });
    const imported = await importer.importFrame(frame);
    expect([imported.width, imported.height]).toEqual([40, 16]);
    imported.dispose();
    importer.dispose();

    const alone = await createFrameImporter(device, { ways: ['copyTo'] });
    await expect(alone.importFrame(frame)).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
    frame.close();
    alone.dispose();
  });

  it.each(['externalTexture', 'externalCopy', 'canvas'] as const)(
    'stretches frames to the size at which they are shown: %s',
    async (way) => {
      const importer = await createFrameImporter(device, { ways: [way] });
      const frame = toFrame(plainImage(20, 16, [90, 160, 230]), { displayWidth: 40, displayHeight: 16 });
      const imported = await importer.importFrame(frame);
      frame.close();
      expect([imported.width, imported.height]).toEqual([40, 16]);
      expect(largestGap(await readColours(imported), coloursOf(plainImage(40, 16, [90, 160, 230])))).toBeLessThanOrEqual(ROUNDING);
      imported.dispose();
      importer.dispose();
    },
  );

  it('lends the textures of disposed images again, and no others', async () => {
    const importer = await createFrameImporter(device);
    const images = [1, 2, 3].map((seed) => opaqueNoise(32, 24, seed));
    const frames = images.map((image) => toFrame(image));
    const imported = await Promise.all(frames.map((frame) => importer.importFrame(frame)));
    expect(importer.stats().textures).toBe(3);
    for (const [i, image] of images.entries()) {
      expect(largestGap(await readColours(imported[i] as DeviceImage), coloursOf(image))).toBeLessThanOrEqual(ROUNDING);
    }
    for (const image of imported) image.dispose();
    for (let i = 0; i < 10; i++) {
      const again = await importer.importFrame(frames[0] as VideoFrame);
      again.dispose();
      again.dispose();
    }
    expect(importer.stats().textures).toBe(3);

    const last = await importer.importFrame(frames[1] as VideoFrame);
    importer.dispose();
    expect(importer.stats().textures).toBe(1);
    expect(largestGap(await readColours(last), coloursOf(images[1] as RgbaImage))).toBeLessThanOrEqual(ROUNDING);
    last.dispose();
    expect(importer.stats().textures).toBe(0);
    await expect(importer.importFrame(frames[0] as VideoFrame)).rejects.toMatchObject({ code: 'DISPOSED' });
    for (const frame of frames) frame.close();
  });

  it('refuses what is larger than a texture', async () => {
    const importer = await createFrameImporter(device);
    const canvas = new OffscreenCanvas(device.limits.maxTextureDimension2D + 1, 1);
    await expect(importer.importFrame(canvas)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
    importer.dispose();
  });

  it('gives the preprocessor the pixels that the CPU sees', async () => {
    const importer = await createFrameImporter(device);
    const image = opaqueNoise(120, 90);
    const frame = toFrame(image);
    const imported = await importer.importFrame(frame);
    frame.close();
    const geometry = computeFit(image, PLAIN_INPUT, { mode: 'letterbox' });
    const tensor = await gpu.fit(imported, geometry, PLAIN_INPUT);
    imported.dispose();
    const want = await createCpuPreprocessor().fit(image, geometry, PLAIN_INPUT);
    expect(largestGap(await readTensor(tensor), await readTensor(want))).toBeLessThanOrEqual(ROUNDING);
    tensor.dispose();
    importer.dispose();
  });

  it('works in a worker, with frames that were sent to it', async () => {
    const worker = new Worker(new URL('./import-in-worker.ts', import.meta.url), { type: 'module' });
    try {
      const frames = [toFrame(plainImage(48, 32, [10, 200, 90])), toFrame(plainImage(48, 32, [250, 30, 60]))];
      const report = await new Promise<WorkerReport>((resolve, reject) => {
        worker.addEventListener('message', ({ data }: MessageEvent<WorkerReport>) => resolve(data));
        worker.addEventListener('error', ({ message }) => reject(new Error(message)));
        worker.postMessage(frames, frames);
      });
      expect(report).toEqual({
        ways: { video: [...FRAME_IMPORT_WAYS], still: STILL_WAYS },
        colours: [
          [10, 200, 90],
          [250, 30, 60],
        ],
      });
    } finally {
      worker.terminate();
    }
  });

  it('says that the device is gone', async () => {
    const { device: other } = await requestGpuDevice(navigator.gpu, { allowFallbackAdapter: true });
    const importer = await createFrameImporter(other);
    other.destroy();
    await other.lost;
    const frame = toFrame(opaqueNoise(8, 8));
    await expect(importer.importFrame(frame)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    await expect(createFrameImporter(other)).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
    frame.close();
  });
});

/** Red, green and blue of every pixel of an image on the device. */
async function readColours(image: DeviceImage): Promise<Float32Array> {
  const input: InputSpec = { ...PLAIN_INPUT, width: image.width, height: image.height, layout: 'NHWC' };
  const tensor = await gpu.fit(image, computeFit(image, input, { mode: 'stretch' }), input);
  const values = await readTensor(tensor);
  tensor.dispose();
  return values;
}

function coloursOf({ data }: RgbaImage): Float32Array {
  return Float32Array.from(data).filter((_, i) => i % 4 !== 3);
}

function largestGap(got: Float32Array, want: Float32Array): number {
  expect(got.length).toBe(want.length);
  return want.reduce((largest, value, i) => Math.max(largest, Math.abs((got[i] as number) - value)), 0);
}

function swapRedAndBlue(image: RgbaImage): RgbaImage {
  const { data } = image;
  return {
    ...image,
    data: data.map((value, i) => (i % 4 === 0 ? (data[i + 2] as number) : i % 4 === 2 ? (data[i - 2] as number) : value)),
  };
}

function crop({ data, width: stride }: RgbaImage, x: number, y: number, width: number, height: number): RgbaImage {
  const rows = Array.from({ length: height }, (_, row) =>
    data.subarray(((y + row) * stride + x) * 4, ((y + row) * stride + x + width) * 4),
  );
  return { width, height, data: Uint8Array.from(rows.flatMap((row) => [...row])) };
}

/** Ramps in brightness and colour, as I420 in the range and matrix of camera pictures. */
function smoothYuvFrame(width: number, height: number): VideoFrame {
  const luma = Uint8Array.from({ length: width * height }, (_, i) => 60 + (i % width) + Math.floor(i / width));
  const chroma = (base: number, slope: number): Uint8Array =>
    Uint8Array.from({ length: (width * height) / 4 }, (_, i) => base + slope * (i % (width / 2)));
  const data = Uint8Array.from([...luma, ...chroma(110, 1), ...chroma(145, -1)]);
  return new VideoFrame(data, { format: 'I420', codedWidth: width, codedHeight: height, timestamp: 0 });
}

function close(source: FrameSource): void {
  if ('close' in source) source.close();
}

function withProperty<Target extends object>(target: Target, name: keyof Target, value: unknown): Target {
  return new Proxy(target, {
    get(object, key) {
      if (key === name) return value;
      const own = Reflect.get(object, key, object) as unknown;
      return typeof own === 'function' ? own.bind(object) : own;
    },
  });
}

function withMethod<Target extends object>(target: Target, name: keyof Target, method: () => unknown): Target {
  return withProperty(target, name, method);
}
