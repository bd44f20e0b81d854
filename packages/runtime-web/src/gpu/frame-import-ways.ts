/** The ways by which a browser brings a frame into a texture. */

import { FaceError } from '@isoface/core';
import { BLIT_WGSL } from './blit.wgsl.ts';
import type { DeviceWatch } from './device-watch.ts';

/** What can be imported. The caller keeps it, and closes it after the import. */
export type FrameSource = VideoFrame | ImageBitmap | OffscreenCanvas | HTMLCanvasElement;

/** `video`: `VideoFrame`; `still`: bitmaps and canvases. */
export type FrameKind = 'video' | 'still';

/**
 * Ways of import, best first.
 *
 * - `externalTexture`: the GPU reads the frame where it lies.
 * - `externalCopy`: the browser copies, on the GPU where it can.
 * - `copyTo`: `VideoFrame.copyTo` converts to RGBA in ordinary memory, which is uploaded.
 * - `canvas`: a 2D canvas is drawn and read, and uploaded.
 */
export const FRAME_IMPORT_WAYS = ['externalTexture', 'externalCopy', 'copyTo', 'canvas'] as const;

/** One of {@link FRAME_IMPORT_WAYS}. */
export type FrameImportWay = (typeof FRAME_IMPORT_WAYS)[number];

/** Fills a texture of the size of the source. Rejects or throws where it does not work; what has to happen at once happens before it returns. */
export type WriteFrame = (source: FrameSource, texture: GPUTexture) => Promise<void>;

/** What the textures of frames need. */
export function frameTextureUsage(): GPUTextureUsageFlags {
  const { TEXTURE_BINDING, COPY_DST, COPY_SRC, RENDER_ATTACHMENT } = GPUTextureUsage;
  return TEXTURE_BINDING | COPY_DST | COPY_SRC | RENDER_ATTACHMENT;
}

/** The kind of a source. */
export function frameKindOf(source: FrameSource): FrameKind {
  return isVideoFrame(source) ? 'video' : 'still';
}

/** Size at which the source is shown, pixels; 0 x 0 if it is closed. */
export function frameSizeOf(source: FrameSource): { readonly width: number; readonly height: number } {
  return isVideoFrame(source)
    ? { width: source.displayWidth, height: source.displayHeight }
    : { width: source.width, height: source.height };
}

/**
 * Prepares one way.
 *
 * @throws What the browser throws where it has no such way.
 */
export async function createWriteFrame(way: FrameImportWay, device: GPUDevice, watch: DeviceWatch): Promise<WriteFrame> {
  switch (way) {
    case 'externalTexture':
      return createExternalTextureWay(device, watch);
    case 'externalCopy':
      return async (source, texture) => {
        device.queue.copyExternalImageToTexture({ source }, { texture, colorSpace: 'srgb', premultipliedAlpha: false }, [
          texture.width,
          texture.height,
        ]);
      };
    case 'copyTo':
      return createCopyToWay(device);
    case 'canvas':
      return createCanvasWay(device);
  }
}

async function createExternalTextureWay(device: GPUDevice, watch: DeviceWatch): Promise<WriteFrame> {
  const module = device.createShaderModule({ code: BLIT_WGSL, label: 'blit' });
  const pipeline = await watch.waitFor(
    device.createRenderPipelineAsync({
      layout: 'auto',
      vertex: { module, entryPoint: 'corner' },
      fragment: { module, entryPoint: 'blit', targets: [{ format: 'rgba8unorm' }] },
    }),
  );
  const layout = pipeline.getBindGroupLayout(0);
  const sampler = device.createSampler({ magFilter: 'linear', minFilter: 'linear' });

  // The imported texture lives until the task ends: nothing may wait before the work is submitted.
  return async (source, texture) => {
    const frame = device.importExternalTexture({ source: requireVideoFrame(source), colorSpace: 'srgb' });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginRenderPass({ colorAttachments: [{ view: texture.createView(), loadOp: 'clear', storeOp: 'store' }] });
    const entries = [
      { binding: 0, resource: frame },
      { binding: 1, resource: sampler },
    ];
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
    pass.draw(3);
    pass.end();
    device.queue.submit([encoder.finish()]);
  };
}

function createCopyToWay(device: GPUDevice): WriteFrame {
  /** Used again while frames keep their size; taken while a copy is under way. */
  let spare: Uint8Array<ArrayBuffer> | undefined;
  return async (source, texture) => {
    const frame = requireVideoFrame(source);
    const { width, height } = texture;
    if (!isShownAsStored(frame)) {
      throw new FaceError('IMAGE_INVALID', 'Expected a frame that is shown as it is stored; copyTo neither turns nor scales.');
    }
    const pixels = spare?.length === width * height * 4 ? spare : new Uint8Array(width * height * 4);
    spare = undefined;
    await frame.copyTo(pixels, {
      format: 'RGBA',
      colorSpace: 'srgb',
      layout: [{ offset: 0, stride: width * 4 }],
    } as VideoFrameCopyToOptions);
    device.queue.writeTexture({ texture }, pixels, { bytesPerRow: width * 4 }, [width, height]);
    spare = pixels;
  };
}

function createCanvasWay(device: GPUDevice): WriteFrame {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new FaceError('BACKEND_UNAVAILABLE', 'Expected a 2D canvas, got none; the browser has no memory for it.');
  return async (source, texture) => {
    const { width, height } = texture;
    // Setting the size also clears.
    canvas.width = width;
    canvas.height = height;
    context.drawImage(source, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height, { colorSpace: 'srgb' });
    device.queue.writeTexture({ texture }, data, { bytesPerRow: width * 4 }, [width, height]);
  };
}

/** Whether the stored pixels are those that are shown: not turned, mirrored or stretched. */
function isShownAsStored(frame: VideoFrame): boolean {
  const { rotation = 0, flip = false } = frame as VideoFrame & { readonly rotation?: number; readonly flip?: boolean };
  return rotation === 0 && !flip && frame.visibleRect?.width === frame.displayWidth && frame.visibleRect.height === frame.displayHeight;
}

function requireVideoFrame(source: FrameSource): VideoFrame {
  if (isVideoFrame(source)) return source;
  throw new FaceError('IMAGE_INVALID', 'Expected a VideoFrame for this way of import, got another source.');
}

function isVideoFrame(source: FrameSource): source is VideoFrame {
  return 'displayWidth' in source;
}
