/** Pictures of 640x480 pixels around each face of the demo photos of a development dependency. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Face, RgbaImage } from '@isoface/core';
import { createSharpImageDecoder, type NodeFaceEngine } from '@isoface/runtime-node';
import sharp from 'sharp';
import { demoFolder } from '../../test-images.ts';

/** Pictures in two parts without a photo in common. */
export interface DemoFrames {
  /** The ranges of 8-bit models are collected on these. */
  readonly calibration: readonly RgbaImage[];
  /** Outputs are compared on these. */
  readonly comparison: readonly RgbaImage[];
}

/** Size of a frame, pixels: that of a camera. */
const FRAME_SIZE = { width: 640, height: 480 } as const;
/** Every so many photos one is kept for the comparison. */
const COMPARISON_SHARE = 3;

/**
 * Cuts the frames. The whole photo, shrunk into a frame, is one of them: there its faces are small.
 *
 * @param engine - Finds the faces.
 */
export async function cutDemoFrames(engine: NodeFaceEngine, signal: AbortSignal): Promise<DemoFrames> {
  const folder = demoFolder();
  const photos = (await readdir(folder)).filter((name) => name.endsWith('.jpg')).sort();
  const decoder = createSharpImageDecoder();
  const frames = { calibration: [] as RgbaImage[], comparison: [] as RgbaImage[] };
  for (const [i, photo] of photos.entries()) {
    signal.throwIfAborted();
    const { image } = await decoder.decode(join(folder, photo), { signal });
    if (!('data' in image)) throw new Error('Expected pixels in ordinary memory from the decoder of Node, got an image of a device.');
    const target = i % COMPARISON_SHARE === COMPARISON_SHARE - 1 ? frames.comparison : frames.calibration;
    for (const face of await engine.detect(image, { signal })) target.push(await cutFrame(image, face));
    target.push(await shrinkToFrame(image));
  }
  return frames;
}

async function cutFrame({ data, width, height }: RgbaImage, { box }: Face): Promise<RgbaImage> {
  const within = (centre: number, side: number, limit: number): number =>
    Math.round(Math.max(0, Math.min(limit - side, centre - side / 2)));
  const region = {
    left: within(box.x + box.width / 2, FRAME_SIZE.width, width),
    top: within(box.y + box.height / 2, FRAME_SIZE.height, height),
    width: Math.min(FRAME_SIZE.width, width),
    height: Math.min(FRAME_SIZE.height, height),
  };
  const pixels = sharp(data, { raw: { width, height, channels: 4 } }).extract(region);
  return { width: region.width, height: region.height, data: await pixels.raw().toBuffer() };
}

async function shrinkToFrame({ data, width, height }: RgbaImage): Promise<RgbaImage> {
  const pixels = sharp(data, { raw: { width, height, channels: 4 } }).resize({ ...FRAME_SIZE, fit: 'contain', background: '#000' });
  return { ...FRAME_SIZE, data: await pixels.raw().toBuffer() };
}
