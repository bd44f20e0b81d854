/** Images of every kind, made in the page out of one picture. */

import type { WebImageInput } from '../../src/index.ts';

/** Makes one kind of image of a picture, and tells afterwards whether it is what it was. */
export type MakeImage = (picture: Blob) => Promise<{ readonly input: WebImageInput; readonly isIntact: () => boolean }>;

const bytesOf = async (picture: Blob): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await picture.arrayBuffer());

async function drawn<T extends HTMLCanvasElement | OffscreenCanvas>(
  canvas: T,
  picture: CanvasImageSource & { readonly width: number; readonly height: number },
): Promise<T> {
  Object.assign(canvas, { width: picture.width, height: picture.height });
  const context = canvas.getContext('2d') as CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;
  context.drawImage(picture, 0, 0);
  return canvas;
}

async function pixelsOf(picture: Blob): Promise<ImageData> {
  const canvas = await drawn(new OffscreenCanvas(1, 1), await createImageBitmap(picture));
  return (canvas.getContext('2d') as OffscreenCanvasRenderingContext2D).getImageData(0, 0, canvas.width, canvas.height);
}

function sum(bytes: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < bytes.length; i++) total += (bytes[i] as number) * ((i % 7) + 1);
  return total;
}

function bytesKind(toInput: (bytes: Uint8Array<ArrayBuffer>) => WebImageInput): MakeImage {
  return async (picture) => {
    const bytes = await bytesOf(picture);
    const before = sum(bytes);
    return { input: toInput(bytes), isIntact: () => bytes.length > 0 && sum(bytes) === before };
  };
}

function canvasKind(create: () => HTMLCanvasElement | OffscreenCanvas): MakeImage {
  return async (picture) => {
    const canvas = await drawn(create(), await createImageBitmap(picture));
    const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
    const read = (): number => sum(context.getImageData(0, 0, canvas.width, canvas.height).data);
    const before = read();
    return { input: canvas, isIntact: () => read() === before };
  };
}

/** A video of the picture, as WebM. */
export async function recordVideo(picture: Blob): Promise<Blob> {
  const canvas = await drawn(document.createElement('canvas'), await createImageBitmap(picture));
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  const recorder = new MediaRecorder(canvas.captureStream(10), { mimeType: 'video/webm', videoBitsPerSecond: 20_000_000 });
  const parts: Blob[] = [];
  recorder.ondataavailable = ({ data }) => void parts.push(data);
  const stopped = new Promise((resolve) => {
    recorder.onstop = resolve;
  });
  recorder.start();
  const bitmap = await createImageBitmap(picture);
  for (let i = 0; i < 6; i++) {
    context.drawImage(bitmap, 0, 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  recorder.stop();
  await stopped;
  return new Blob(parts, { type: 'video/webm' });
}

/** An element that shows the last frame of the video at the address. */
async function playedVideo(address: string): Promise<HTMLVideoElement> {
  const video = Object.assign(document.createElement('video'), { muted: true, src: address });
  await video.play();
  await new Promise((resolve) => video.addEventListener('ended', resolve, { once: true }));
  return video;
}

/** An element that shows the picture at the address. */
async function shownImg(address: string): Promise<HTMLImageElement> {
  const image = Object.assign(new Image(), { src: address });
  await image.decode();
  return image;
}

/** By name. */
export const imageKinds = {
  blob: async (picture) => ({ input: picture, isIntact: () => picture.size > 0 }),
  bytes: bytesKind((bytes) => bytes),
  arrayBuffer: bytesKind((bytes) => bytes.buffer),
  partOfABuffer: async (picture) => {
    const bytes = await bytesOf(picture);
    const larger = new Uint8Array(bytes.length + 200);
    larger.set(bytes, 100);
    return { input: larger.subarray(100, 100 + bytes.length), isIntact: () => larger.length === bytes.length + 200 };
  },
  imageData: async (picture) => {
    const input = await pixelsOf(picture);
    const before = sum(input.data);
    return { input, isIntact: () => sum(input.data) === before };
  },
  rgba: async (picture) => {
    const { width, height, data } = await pixelsOf(picture);
    const pixels = new Uint8Array(data);
    return { input: { width, height, data: pixels }, isIntact: () => sum(pixels) === sum(data) };
  },
  imageBitmap: async (picture) => {
    const input = await createImageBitmap(picture);
    return { input, isIntact: () => input.width > 0 };
  },
  videoFrame: async (picture) => {
    const input = new VideoFrame(await createImageBitmap(picture), { timestamp: 0 });
    return { input, isIntact: () => input.format !== null };
  },
  img: async (picture) => {
    const input = await shownImg(URL.createObjectURL(picture));
    return { input, isIntact: () => input.naturalWidth > 0 };
  },
  canvas: canvasKind(() => document.createElement('canvas')),
  offscreenCanvas: canvasKind(() => new OffscreenCanvas(1, 1)),
  video: async () => {
    const input = await playedVideo('/in/video.webm');
    return { input, isIntact: () => input.readyState >= 2 };
  },
} satisfies Record<string, MakeImage>;

/** What is no image, or none any more; by name. */
export const refusedKinds = {
  closedVideoFrame: async (picture: Blob) => {
    const frame = new VideoFrame(await createImageBitmap(picture), { timestamp: 0 });
    frame.close();
    return frame;
  },
  closedImageBitmap: async (picture: Blob) => {
    const bitmap = await createImageBitmap(picture);
    bitmap.close();
    return bitmap;
  },
  detachedArrayBuffer: async (picture: Blob) => {
    const buffer = await picture.arrayBuffer();
    structuredClone(buffer, { transfer: [buffer] });
    return buffer;
  },
  videoWithoutFrame: async () => document.createElement('video'),
  emptyCanvas: async () => Object.assign(document.createElement('canvas'), { width: 0 }),
  emptyOffscreenCanvas: async () => new OffscreenCanvas(0, 10),
  emptyImg: async () => new Image(),
  brokenImg: async () => Object.assign(new Image(), { src: '/nowhere.png' }),
  wideGamutImageData: async () => new ImageData(4, 4, { colorSpace: 'display-p3' }),
  pixelsOfWrongLength: async () => ({ width: 4, height: 4, data: new Uint8Array(63) }),
  string: async () => '/in/face.png',
  null: async () => null,
  number: async () => 7,
  object: async () => ({ src: '/in/face.png' }),
} satisfies Record<string, (picture: Blob) => Promise<unknown>>;

/** Images with content of another site, by name. */
export const foreignKinds = {
  img: (origin: string) => shownImg(`${origin}/face.png`),
  canvas: async (origin: string) => drawn(document.createElement('canvas'), await shownImg(`${origin}/face.png`)),
  offscreenCanvas: async (origin: string) => drawn(new OffscreenCanvas(1, 1), await shownImg(`${origin}/face.png`)),
  imageBitmap: async (origin: string) => createImageBitmap(await shownImg(`${origin}/face.png`)),
  video: (origin: string) => playedVideo(`${origin}/video.webm`),
} satisfies Record<string, (origin: string) => Promise<WebImageInput>>;
