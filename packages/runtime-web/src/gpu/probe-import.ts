/** Tries a way of import on a picture of which every pixel is known. */

import { FaceError } from '@isoface/core';
import type { DeviceWatch } from './device-watch.ts';
import { type FrameKind, type FrameSource, frameTextureUsage, type WriteFrame } from './frame-import-ways.ts';

/** Wide enough that nothing is interpolated at the middle of a quarter; rows of the read-back need 256 bytes. */
const SIDE = 64;

/** A colour per quarter: any exchange of channels, rows or columns shows. */
const QUARTERS = [
  [230, 40, 90],
  [20, 160, 60],
  [70, 30, 200],
  [180, 210, 120],
] as const;

/** Conversions through YUV or other roundings of the browser stay below; a mix-up does not. */
const MAX_DIFFERENCE = 8;

/** Creates the known picture as a source of the given kind; the caller closes it. */
export async function createProbePicture(kind: FrameKind): Promise<VideoFrame | ImageBitmap> {
  const data = new Uint8ClampedArray(SIDE * SIDE * 4);
  for (let i = 0; i < SIDE * SIDE; i++) data.set([...quarterAt(i % SIDE, Math.floor(i / SIDE)), 255], i * 4);
  return kind === 'video'
    ? new VideoFrame(data, { format: 'RGBA', codedWidth: SIDE, codedHeight: SIDE, timestamp: 0 })
    : createImageBitmap(new ImageData(data, SIDE, SIDE), { premultiplyAlpha: 'none', colorSpaceConversion: 'none' });
}

/**
 * Imports the known picture and reads it back.
 *
 * @throws Whatever the way throws, or a {@link FaceError} `IMAGE_INVALID` if pixels have other colours than they should.
 */
export async function probeImport(write: WriteFrame, picture: FrameSource, device: GPUDevice, watch: DeviceWatch): Promise<void> {
  const texture = device.createTexture({ size: [SIDE, SIDE], format: 'rgba8unorm', usage: frameTextureUsage() });
  const staging = device.createBuffer({ size: SIDE * SIDE * 4, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  try {
    device.pushErrorScope('validation');
    const writing = write(picture, texture);
    const [error] = await Promise.all([watch.waitFor(device.popErrorScope()), writing]);
    if (error !== null) throw new FaceError('IMAGE_INVALID', `The GPU refused the frame: ${error.message}`);
    const encoder = device.createCommandEncoder();
    encoder.copyTextureToBuffer({ texture }, { buffer: staging, bytesPerRow: SIDE * 4 }, [SIDE, SIDE]);
    device.queue.submit([encoder.finish()]);
    await watch.waitFor(staging.mapAsync(GPUMapMode.READ));
    assertColours(new Uint8Array(staging.getMappedRange()));
  } finally {
    texture.destroy();
    staging.destroy();
  }
}

function assertColours(pixels: Uint8Array): void {
  for (const [x, y] of [SIDE / 4, (SIDE * 3) / 4].flatMap((row) => [SIDE / 4, (SIDE * 3) / 4].map((column) => [column, row] as const))) {
    const want = quarterAt(x, y);
    const got = pixels.subarray((y * SIDE + x) * 4, (y * SIDE + x) * 4 + 3);
    if (want.every((value, channel) => Math.abs(value - (got[channel] as number)) <= MAX_DIFFERENCE)) continue;
    throw new FaceError('IMAGE_INVALID', `Expected the colour ${want.join(' ')} after the import, got ${[...got].join(' ')}.`);
  }
}

function quarterAt(x: number, y: number): readonly [number, number, number] {
  return QUARTERS[((x < SIDE / 2 ? 0 : 1) + (y < SIDE / 2 ? 0 : 2)) as 0 | 1 | 2 | 3];
}
