/** The pictures that are measured: one face each, cut from a demo photo of a development dependency. */

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { RgbaImage } from '@isoface/core';
import sharp from 'sharp';

/** A picture with a name. */
export interface TestImage {
  readonly name: string;
  readonly input: RgbaImage | Uint8Array;
}

/** Around one face of the photo; 4:3. */
const REGION = { left: 380, top: 150, width: 640, height: 480 };

/** A decoded 640x480 frame, as a camera gives it. */
export async function createFrame(): Promise<TestImage> {
  const { data, info } = await sharp(demoPhoto()).extract(REGION).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { name: 'frame-640x480', input: { width: info.width, height: info.height, data } };
}

/** A 12-megapixel JPEG, as a phone gives it. */
export async function createLargeJpeg(): Promise<TestImage> {
  return { name: 'jpeg-12mp', input: await sharp(demoPhoto()).extract(REGION).resize(4000, 3000).jpeg({ quality: 90 }).toBuffer() };
}

function demoPhoto(): string {
  return join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'demo/sample3.jpg');
}
