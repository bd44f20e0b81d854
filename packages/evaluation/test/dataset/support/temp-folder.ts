/** Folders that exist for one test. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { onTestFinished } from 'vitest';

/** Makes a folder with these files; it goes when the test ends. */
export function makeFolder(files: Readonly<Record<string, Uint8Array | string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'isoface-dataset-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

export interface PictureOptions {
  readonly width?: number;
  readonly height?: number;
  readonly format?: 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'avif';
  /** EXIF orientation. */
  readonly orientation?: number;
}

/** A picture of one colour; another seed gives another file. */
export async function makePicture(seed: number, options: PictureOptions = {}): Promise<Buffer> {
  const { width = 12, height = 8, format = 'png', orientation } = options;
  const background = { r: seed % 256, g: Math.floor(seed / 256) % 256, b: 128 };
  const picture = sharp({ create: { width, height, channels: 3, background } }).toFormat(format);
  return (orientation === undefined ? picture : picture.withMetadata({ orientation })).toBuffer();
}

/** Pictures under these names, each with content of its own. */
export async function makePictures(paths: readonly string[]): Promise<Record<string, Buffer>> {
  const pictures = await Promise.all(paths.map((_, i) => makePicture(i)));
  return Object.fromEntries(paths.map((path, i) => [path, pictures[i] as Buffer]));
}
