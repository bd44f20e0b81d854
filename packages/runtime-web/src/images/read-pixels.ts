/** Copies the pixels of bitmaps and video frames to ordinary memory. */

import { FaceError, type RgbaImage } from '@isoface/core';

/**
 * Reads a bitmap or frame as RGBA. `VideoFrame.copyTo` is the direct way; a canvas serves browsers without it and frames that have to be turned
 * or scaled to be shown.
 *
 * @throws {FaceError} `IMAGE_INVALID` if the source is closed.
 */
export async function readPixels(source: ImageBitmap | VideoFrame): Promise<RgbaImage> {
  try {
    return (await copyDirectly(source)) ?? drawAndRead(source);
  } catch (cause) {
    if (cause instanceof FaceError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FaceError('IMAGE_INVALID', `Expected an open image whose pixels may be read, got an error: ${why}`, {}, { cause });
  }
}

async function copyDirectly(source: ImageBitmap | VideoFrame): Promise<RgbaImage | undefined> {
  if (typeof VideoFrame !== 'function') return undefined;
  const isFrame = source instanceof VideoFrame;
  const frame = isFrame ? source : new VideoFrame(source, { timestamp: 0 });
  try {
    const { width, height } = frame.visibleRect ?? { width: 0, height: 0 };
    const { rotation = 0, flip = false } = frame as VideoFrame & { readonly rotation?: number; readonly flip?: boolean };
    const isUpright = rotation === 0 && !flip && width === frame.displayWidth && height === frame.displayHeight;
    if (!isUpright || width === 0) return undefined;
    const data = new Uint8ClampedArray(width * height * 4);
    await frame.copyTo(data, { format: 'RGBA', colorSpace: 'srgb' } as VideoFrameCopyToOptions);
    // Of a bitmap nothing tells whether its colours are multiplied by alpha already; the copy gives them as they lie, a canvas undoes it.
    return isFrame || isOpaque(data) ? { width, height, data } : undefined;
  } catch (error) {
    // Formats that cannot be converted are drawn; a source that is closed fails there too, with its reason.
    if (error instanceof DOMException) return undefined;
    throw error;
  } finally {
    if (!isFrame) frame.close();
  }
}

function isOpaque(rgba: Uint8ClampedArray): boolean {
  for (let i = 3; i < rgba.length; i += 4) if (rgba[i] !== 255) return false;
  return true;
}

function drawAndRead(source: ImageBitmap | VideoFrame): RgbaImage {
  const [width, height] = 'displayWidth' in source ? [source.displayWidth, source.displayHeight] : [source.width, source.height];
  if (width === 0 || height === 0) throw new FaceError('IMAGE_INVALID', 'Expected an open image, got a closed one.');
  // With alpha: without it colours would be darkened by their transparency.
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new FaceError('IMAGE_INVALID', `The browser has no memory for a canvas of ${width} x ${height} pixels.`);
  context.drawImage(source, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height, { colorSpace: 'srgb' });
  return { width, height, data };
}
