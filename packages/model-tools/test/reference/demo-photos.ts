/** The photographs that the golden values were made from: demo pictures of the face-api package. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { faceApiDir } from '../original-packages.ts';

/** Decoded picture, RGB, [height, width, 3]. */
export interface RgbPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

interface SharpPicture {
  raw(): SharpPicture;
  toBuffer(options: { resolveWithObject: true }): Promise<{ data: Uint8Array; info: { width: number; height: number; channels: number } }>;
}

interface SharpModule {
  readonly default: (file: Uint8Array) => SharpPicture;
}

// The decoder belongs to the packages that read images; this one only borrows it for its tests.
const sharpPath = createRequire(new URL('../../../testkit/package.json', import.meta.url)).resolve('sharp');
const { default: sharp }: SharpModule = await import(/* @vite-ignore */ pathToFileURL(sharpPath).href);

/** Decodes a demo photograph with the decoder that the golden values were made with. */
export async function decodeDemoPhoto(file: string): Promise<RgbPicture> {
  const { data, info } = await sharp(readFileSync(join(faceApiDir, 'demo', file)))
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`expected RGB, got ${info.channels} channels`);
  return { width: info.width, height: info.height, data };
}

/** SHA-256 of the decoded pixels. */
export function hashPixels({ data }: RgbPicture): string {
  return createHash('sha256').update(data).digest('hex');
}
