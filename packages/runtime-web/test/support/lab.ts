/** What the end-to-end tests do inside their page. Bundled by `openSite`; the engine itself comes from the built files. */

import { type Analysis, type AnalyzedFace, drawSelfTestFace, encodeError, isFaceError, type WireError } from '@isoface/core';
import { createWebImageDecoder } from '../../src/images/web-image-decoder.ts';
import { toPortableImage } from '../../src/images/web-image-input.ts';
import type * as Built from '../../src/index.ts';
import type { EngineEvent, WebEngineOptions, WebFaceEngine, WebImageInput } from '../../src/index.ts';
import { type SearchTrial, trySearch } from '../gallery/search-page.ts';
import { foreignKinds, imageKinds, recordVideo, refusedKinds } from './page-images.ts';
import { countFrames, follow, loadVideo, recordWandering, streamPicture, watchFrames } from './page-tracks.ts';

/** A value, or what was thrown as data. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: WireError };

/** How two pictures differ, in levels of 255. */
export interface PictureDifference {
  readonly width: number;
  readonly height: number;
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  readonly mean: number;
  readonly max: number;
}

declare global {
  var lab: typeof Lab;
}

const violations: string[] = [];
document.addEventListener(
  'securitypolicyviolation',
  ({ effectiveDirective, blockedURI }) => void violations.push(`${effectiveDirective} ${blockedURI}`),
);

const listeners = new Map<string, () => void>();
const order: number[] = [];
let controllers: AbortController[] = [];
let calls: Promise<number | string>[] = [];

const Lab = {
  /** Engines by the name that a test gives them. */
  engines: new Map<string, WebFaceEngine>(),
  events: [] as EngineEvent[],
  progress: [] as { readonly phase: string; readonly model?: string; readonly source?: string; readonly loadedBytes?: number }[],
  violations,

  /** The package as it was built. */
  built(): Promise<typeof Built> {
    const url = '/dist/index.js';
    return import(/* @vite-ignore */ url) as Promise<typeof Built>;
  },

  /** Settles a call: what it throws crosses to the test as data. */
  async settle<T>(work: () => T | Promise<T>): Promise<Outcome<Awaited<T>>> {
    try {
      return { ok: true, value: await work() };
    } catch (error) {
      return { ok: false, error: encodeError(error) };
    }
  },

  /** Creates an engine on wasm and keeps it under a name. */
  async create(name: string, options: WebEngineOptions = {}): Promise<WebFaceEngine['info']> {
    const { createFaceEngine } = await Lab.built();
    const engine = await createFaceEngine({
      executionProviders: 'wasm',
      onEvent(event) {
        Lab.events.push(event);
        listeners.get(event.type)?.();
      },
      onProgress: (event) => void Lab.progress.push(event),
      ...options,
    });
    Lab.engines.set(name, engine);
    return engine.info;
  },

  /** Called with the next events of a type. */
  onEvent(type: EngineEvent['type'], listener: () => void): void {
    listeners.set(type, listener);
  },

  /** Starts detections of the face in `/in/face.png`; `finishCalls` gives what came of them. */
  async startCalls(name: string, count: number, kind: 'blob' | 'videoFrame'): Promise<void> {
    const picture = await Lab.blob('/in/face.png');
    const inputs = await Promise.all(Array.from({ length: count }, async () => (await imageKinds[kind](picture)).input));
    order.length = 0;
    controllers = inputs.map(() => new AbortController());
    calls = inputs.map(async (input, i) => {
      try {
        return (await Lab.engine(name).detect(input, { signal: controllers[i]?.signal })).length;
      } catch (error) {
        return isFaceError(error) ? error.code : String(error);
      } finally {
        order.push(i);
        if (input instanceof VideoFrame) input.close();
      }
    });
  },

  abortCall(index: number): void {
    controllers[index]?.abort('the very reason');
  },

  async finishCalls(): Promise<{ readonly outcomes: (number | string)[]; readonly order: number[] }> {
    return { outcomes: await Promise.all(calls), order };
  },

  /** Creates an engine, counts the faces on the drawn one, and disposes it. */
  tryOut(options: WebEngineOptions = {}): Promise<Outcome<{ info: WebFaceEngine['info']; faces: number; sources: string[] }>> {
    return Lab.settle(async () => {
      Lab.progress.length = 0;
      const info = await Lab.create('tried', options);
      try {
        const { length } = await Lab.engine('tried').detect(drawSelfTestFace());
        return { info, faces: length, sources: [...new Set(Lab.progress.flatMap(({ source }) => source ?? []))] };
      } finally {
        await Lab.dispose('tried');
      }
    });
  },

  /** Changes what the cache holds for a digest. */
  async tamperCache(sha256: string): Promise<void> {
    const cache = await caches.open((await Lab.built()).MODEL_CACHE_NAME);
    const [request] = (await cache.keys()).filter(({ url }) => url.includes(sha256));
    const response = request && (await cache.match(request));
    if (request === undefined || response === undefined) throw new Error('Expected a cached file, got none.');
    const bytes = new Uint8Array(await response.arrayBuffer());
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 0xff;
    await cache.put(request, new Response(bytes, { headers: response.headers }));
  },

  /** Analyzes the drawn face in a picture of its own each time, as files come from a user. */
  async analyzeTimes(name: string, count: number): Promise<void> {
    const { width, height, data } = drawSelfTestFace();
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(data), width, height), 0, 0);
    for (let i = 0; i < count; i++) await Lab.engine(name).analyze(await canvas.convertToBlob());
  },

  /** Bytes that the page and its workers hold, memory of wasm included. Only isolated pages may ask. */
  async measureMemory(): Promise<{ readonly page: number; readonly workers: number }> {
    const { breakdown } = await (performance as MeasuringPerformance).measureUserAgentSpecificMemory();
    const sum = (isWorker: boolean): number =>
      breakdown
        .filter(({ attribution }) => attribution.some(({ scope }) => scope.includes('Worker')) === isWorker)
        .reduce((total, { bytes }) => total + bytes, 0);
    return { page: sum(false), workers: sum(true) };
  },

  /** Bytes of each file in the model cache. */
  async cachedSizes(): Promise<number[]> {
    const cache = await caches.open((await Lab.built()).MODEL_CACHE_NAME);
    const responses = await cache.matchAll();
    return Promise.all(responses.map(async (response) => (await response.arrayBuffer()).byteLength));
  },

  engine(name: string): WebFaceEngine {
    const engine = Lab.engines.get(name);
    if (engine === undefined) throw new Error(`No engine "${name}" was created in this page.`);
    return engine;
  },

  async dispose(name: string): Promise<void> {
    await Lab.engine(name).dispose();
    Lab.engines.delete(name);
  },

  async blob(url: string): Promise<Blob> {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url}: ${response.status}`);
    return response.blob();
  },

  async bytes(url: string): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await (await Lab.blob(url)).arrayBuffer());
  },

  /** An analysis as a test in Node gets it: embeddings as plain numbers. */
  async analyze(name: string, url: string): Promise<PlainAnalysis> {
    return toPlain(await Lab.engine(name).analyze(await Lab.blob(url)));
  },

  /** Decodes with the decoder of the sources. */
  async decode(input: WebImageInput, { shrinkToSide, ...limits }: Built.ImageLimits & { readonly shrinkToSide?: number } = {}) {
    const { image, isTransferred } = await toPortableImage(input);
    try {
      const frame = await createWebImageDecoder(limits).decode(image, { shrinkToSide });
      if (!('data' in frame.image)) throw new Error('Expected pixels in ordinary memory.');
      const { width, height, data } = frame.image;
      return { width, height, data, sourceWidth: frame.sourceWidth, sourceHeight: frame.sourceHeight };
    } finally {
      if (isTransferred && 'close' in image) image.close();
    }
  },

  /** Decodes a picture and compares it with RGBA pixels of the same size; alpha is left out, for nothing behind the decoder reads it. */
  async compare(url: string, rgbaUrl: string, options?: { readonly shrinkToSide?: number }): Promise<PictureDifference> {
    const { width, height, data, sourceWidth, sourceHeight } = await Lab.decode(await Lab.blob(url), options);
    const expected = await Lab.bytes(rgbaUrl);
    if (expected.length !== data.length)
      throw new Error(`Expected ${expected.length} bytes of pixels, got ${data.length} (${width} x ${height}).`);
    let [sum, max] = [0, 0];
    for (let i = 0; i < data.length; i++) {
      if (i % 4 === 3) continue;
      const difference = Math.abs((data[i] as number) - (expected[i] as number));
      sum += difference;
      max = Math.max(max, difference);
    }
    return { width, height, sourceWidth, sourceHeight, mean: sum / (width * height * 3), max };
  },

  /** Detects the face of `/in/face.png` in an image of one kind, and in the file itself. */
  async detectKind(kind: keyof typeof imageKinds) {
    const picture = await Lab.blob('/in/face.png');
    const { input, isIntact } = await imageKinds[kind](picture);
    const boxes = [];
    for (const image of [input, picture]) {
      const faces = await Lab.engine('engine').detect(image);
      if (faces.length !== 1 || faces[0] === undefined) throw new Error(`Expected one face, got ${faces.length}.`);
      boxes.push(faces[0].box);
    }
    const [box, expected] = boxes as [AnalyzedFace['box'], AnalyzedFace['box']];
    return { box, expected, isIntact: isIntact() };
  },

  async detectRefused(kind: keyof typeof refusedKinds): Promise<number> {
    const input = (await refusedKinds[kind](await Lab.blob('/in/face.png'))) as WebImageInput;
    return (await Lab.engine('engine').detect(input)).length;
  },

  async detectForeign(kind: keyof typeof foreignKinds, origin: string): Promise<number> {
    return (await Lab.engine('engine').detect(await foreignKinds[kind](origin))).length;
  },

  /** A video of `/in/face.png`, in base 64; of some seconds in which the face moves, if `seconds` is given. */
  async recordVideo(seconds?: number): Promise<string> {
    const picture = await Lab.blob('/in/face.png');
    const video = seconds === undefined ? await recordVideo(picture) : await recordWandering(picture, seconds);
    return btoa(Array.from(new Uint8Array(await video.arrayBuffer()), (byte) => String.fromCharCode(byte)).join(''));
  },

  /** Searches a large gallery in a worker of the built package, or in the page. */
  async trySearch(where: 'worker' | 'page'): Promise<SearchTrial> {
    return trySearch(where === 'worker' ? (await Lab.built()).createWorkerIndex : undefined);
  },

  follow,
  loadVideo,
  watchFrames,
  streamPicture,
  countFrames,
  /** The video or the stream that a test works with. */
  video: undefined as HTMLVideoElement | undefined,
  stream: undefined as MediaStream | undefined,
  /** A loop that runs on while the test does other things. */
  followed: undefined as ReturnType<typeof follow> | undefined,
};

/** What the type library leaves out. */
interface MeasuringPerformance extends Performance {
  measureUserAgentSpecificMemory(): Promise<{
    readonly breakdown: readonly { readonly bytes: number; readonly attribution: readonly { readonly scope: string }[] }[];
  }>;
}

/** {@link Analysis} with arrays of numbers. */
export type PlainAnalysis = Omit<Analysis, 'faces'> & {
  readonly faces: readonly (Omit<AnalyzedFace, 'embedding'> & { readonly embedding: number[] | undefined })[];
};

function toPlain(analysis: Analysis): PlainAnalysis {
  const faces = analysis.faces.map(({ embedding, ...face }) => ({ ...face, embedding: embedding && Array.from(embedding.vector) }));
  return { ...analysis, faces };
}

globalThis.lab = Lab;
