/** The pictures that are measured: one face each, cut from a demo photo of a development dependency. */

import { join } from 'node:path';
import type { RgbaImage } from '@isoface/core';
import sharp from 'sharp';
import { findPackage } from './find-package.ts';

/** A picture with a name. */
export interface TestImage {
  readonly name: string;
  readonly input: RgbaImage | Uint8Array;
}

/** Around one face of the photo; 4:3. */
const REGION = { left: 380, top: 150, width: 640, height: 480 };

/** A decoded 640x480 frame, as a camera gives it. */
export async function createFrame(): Promise<TestImage> {
  const { data, info } = await sharp(demoPhoto('sample3.jpg')).extract(REGION).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { name: 'frame-640x480', input: { width: info.width, height: info.height, data } };
}

/** A 12-megapixel JPEG, as a phone gives it. */
export async function createLargeJpeg(): Promise<TestImage> {
  return {
    name: 'jpeg-12mp',
    input: await sharp(demoPhoto('sample3.jpg')).extract(REGION).resize(4000, 3000).jpeg({ quality: 90 }).toBuffer(),
  };
}

/** Path of a demo photo of a development dependency: `sample1.jpg` and so on. */
export function demoPhoto(name: string): string {
  return join(demoFolder(), name);
}

/** Folder of the demo photos. */
export function demoFolder(): string {
  return join(findPackage('@vladmandic/face-api'), 'demo');
}
