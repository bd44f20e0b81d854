/** Everything an engine is made of, as fakes that keep a record: core is tested whole without any runtime. */

import {
  createCpuPreprocessor,
  type DecodeOptions,
  type EngineParts,
  FaceError,
  type Frame,
  type ImageDecoder,
  type ModelSource,
  type PackManifest,
  type Preprocessor,
  type RgbaImage,
  type Tensor,
} from '@isoface/core';
import { sha256 } from '../sha256.ts';
import { createFakeBackend, type FakeBackend, type FakeBackendOptions } from './fake-backend.ts';
import { fakePack } from './fake-pack.ts';

/** What the fake decoder accepts: pixels, or something that does not decode. */
export type FakeImage = RgbaImage | { readonly broken: true };

/** An image that does not decode. */
export const brokenImage: FakeImage = { broken: true };

/** How the fakes behave. */
export interface FakePartsOptions extends FakeBackendOptions {
  /** @defaultValue `fakePack` */
  readonly pack?: PackManifest | undefined;
  /**
   * Called before each port acts: `load:<model>`, `sha256`, `open:<model>`, `decode`, `fit`, `warp`, `run:<model>`.
   * May throw, abort a controller, or wait.
   */
  readonly onCall?: ((call: string) => void | Promise<void>) | undefined;
}

/** The parts and their record. */
export interface FakeParts extends EngineParts<FakeImage> {
  readonly backend: FakeBackend;
  /** Every call of a port in order, named as in `onCall`. */
  readonly calls: string[];
  /** What the decoder was asked each time. */
  readonly decodeRequests: (number | undefined)[];
  /** Tensors of the preprocessor that nobody has disposed yet. */
  liveTensors(): number;
  /** Frames of the decoder that nobody has disposed yet. */
  liveFrames(): number;
}

/** Creates the parts. The clock moves by 1 ms each time it is read. */
export function createFakeParts({ pack = fakePack, onCall, alter }: FakePartsOptions = {}): FakeParts {
  const calls: string[] = [];
  const decodeRequests: (number | undefined)[] = [];
  const record = async (call: string): Promise<void> => {
    calls.push(call);
    await onCall?.(call);
  };
  const { preprocessor, liveTensors } = createCountingPreprocessor(record);
  let milliseconds = 0;
  const liveFrames = new Set<Frame>();

  const decoder: ImageDecoder<FakeImage> = {
    async decode(image, { shrinkToSide }: DecodeOptions = {}): Promise<Frame> {
      decodeRequests.push(shrinkToSide);
      await record('decode');
      if ('broken' in image) throw new FaceError('IMAGE_INVALID', 'This image is broken on purpose.');
      const factor = shrinkToSide === undefined ? 1 : Math.max(1, Math.floor(Math.max(image.width, image.height) / shrinkToSide));
      const frame: Frame = {
        image: factor === 1 ? image : shrink(image, factor),
        sourceWidth: image.width,
        sourceHeight: image.height,
        dispose: () => void liveFrames.delete(frame),
      };
      liveFrames.add(frame);
      return frame;
    },
  };
  const modelSource: ModelSource = {
    async load(model, { onProgress } = {}) {
      await record(`load:${model.id}`);
      const { bytes } = model.file;
      onProgress?.({ phase: 'load', model: model.id, source: 'fake', loadedBytes: bytes, totalBytes: bytes });
      return new Uint8Array(bytes);
    },
  };
  return {
    pack,
    backend: createFakeBackend({ onCall: record, alter }),
    preprocessor,
    decoder,
    modelSource,
    sha256: async (bytes) => {
      await record('sha256');
      return sha256(bytes);
    },
    now: () => milliseconds++,
    versions: { fake: '1' },
    loadGalleries: () => import('@isoface/core/gallery'),
    calls,
    decodeRequests,
    liveTensors,
    liveFrames: () => liveFrames.size,
  };
}

/** Means of `factor` x `factor` blocks: a decoder that really shrinks. Remaining columns and rows are cut. */
function shrink({ width, height, data }: RgbaImage, factor: number): RgbaImage {
  const [smallWidth, smallHeight] = [Math.floor(width / factor), Math.floor(height / factor)];
  const small = new Uint8ClampedArray(smallWidth * smallHeight * 4);
  for (let i = 0; i < small.length; i++) {
    const [channel, x, y] = [i % 4, Math.floor(i / 4) % smallWidth, Math.floor(i / 4 / smallWidth)];
    let sum = 0;
    for (let row = y * factor; row < (y + 1) * factor; row++) {
      for (let column = x * factor; column < (x + 1) * factor; column++) sum += data[(row * width + column) * 4 + channel] ?? 0;
    }
    small[i] = sum / factor ** 2;
  }
  return { width: smallWidth, height: smallHeight, data: small };
}

function createCountingPreprocessor(record: (call: string) => Promise<void>): {
  readonly preprocessor: Preprocessor;
  readonly liveTensors: () => number;
} {
  const inner = createCpuPreprocessor();
  const live = new Set<object>();
  const count = (tensor: Tensor): Tensor => {
    const id = {};
    live.add(id);
    return {
      ...tensor,
      dispose(): void {
        live.delete(id);
        tensor.dispose();
      },
    };
  };
  return {
    preprocessor: {
      async fit(...input) {
        await record('fit');
        return count(await inner.fit(...input));
      },
      async warp(...input) {
        await record('warp');
        return count(await inner.warp(...input));
      },
    },
    liveTensors: () => live.size,
  };
}
