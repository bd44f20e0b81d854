/** Pictures with known identities for those who have no data set: made anew, the same every time, and never kept. */

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Box, RgbaImage } from '@isoface/core';
import { openEngine } from '@isoface/runtime-node';
import sharp, { type Region } from 'sharp';
import type { BenchImage } from '../runtimes/bench-engine.ts';
import { demoFolder } from '../test-images.ts';

/** What {@link createDemoImages} made. */
export interface DemoImages {
  /** The variants of each face, one face after the other; then the whole photos. */
  readonly images: readonly BenchImage[];
  readonly photos: number;
  readonly faces: number;
  /** Of each face. */
  readonly variants: number;
  dispose(): Promise<void>;
}

/** Side of a cut over the longer side of the face's box: hair and shoulders too, as on a portrait. */
const CUT_FACTOR = 2;

/** How the pictures of one face differ; the first is the one that is enrolled. */
const VARIANTS = [
  { name: 'a', scale: 1, quality: 92, brightness: 1 },
  { name: 'b', scale: 0.75, quality: 75, brightness: 0.85 },
  { name: 'c', scale: 1.5, quality: 60, brightness: 1.15 },
] as const;

/**
 * Cuts the faces out of the demo photos of `@vladmandic/face-api`, found by the pack `starter`, and writes them to a temporary folder.
 *
 * @throws `signal.reason`; what the file system says.
 */
export async function createDemoImages(signal: AbortSignal): Promise<DemoImages> {
  const folder = await mkdtemp(join(tmpdir(), 'isoface-bench-images-'));
  const dispose = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const photos = await listPhotos();
    const engine = await openEngine({ pack: 'starter', executionProviders: 'cpu', signal });
    const cuts: BenchImage[] = [];
    const whole: BenchImage[] = [];
    try {
      for (const path of photos) {
        signal.throwIfAborted();
        const name = `photo-${whole.length + 1}`;
        whole.push({ id: `${name}.jpg`, path });
        const photo = await decode(path);
        const { faces } = await engine.analyze(photo, { embeddings: false, signal });
        // From left to right: the order of scores may differ between machines.
        const sorted = faces.map(({ box }) => box).sort((a, b) => a.x - b.x || a.y - b.y);
        for (const [i, box] of sorted.entries()) {
          const identity = `${name}-face-${i + 1}`;
          cuts.push(...(await writeVariants(photo, placeCut(box, photo), { identity, folder })));
        }
      }
    } finally {
      await engine.dispose();
    }
    return { images: [...cuts, ...whole], photos: whole.length, faces: cuts.length / VARIANTS.length, variants: VARIANTS.length, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function listPhotos(): Promise<string[]> {
  const folder = demoFolder();
  const names = (await readdir(folder)).filter((name) => /^sample\d+\.jpg$/.test(name)).sort();
  return names.map((name) => join(folder, name));
}

/** A square around the face, as much of it as lies in the photo. */
export function placeCut(box: Box, photo: { readonly width: number; readonly height: number }): Region {
  const side = CUT_FACTOR * Math.max(box.width, box.height);
  const along = (centre: number, length: number): readonly [from: number, size: number] => {
    const from = Math.min(length - 1, Math.max(0, Math.round(centre - side / 2)));
    return [from, Math.max(1, Math.min(length, Math.round(centre + side / 2)) - from)];
  };
  const [left, width] = along(box.x + box.width / 2, photo.width);
  const [top, height] = along(box.y + box.height / 2, photo.height);
  return { left, top, width, height };
}

/** Upright. */
async function decode(path: string): Promise<RgbaImage> {
  const { data, info } = await sharp(path).rotate().ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

async function writeVariants(
  { width, height, data }: RgbaImage,
  region: Region,
  { identity, folder }: { readonly identity: string; readonly folder: string },
): Promise<BenchImage[]> {
  const images: BenchImage[] = [];
  for (const { name, scale, quality, brightness } of VARIANTS) {
    const id = `${identity}-${name}.jpg`;
    const path = join(folder, id);
    const picture = sharp(data, { raw: { width, height, channels: 4 } })
      .extract(region)
      .removeAlpha()
      .resize(Math.max(1, Math.round(region.width * scale)), Math.max(1, Math.round(region.height * scale)), { fit: 'fill' })
      .modulate({ brightness })
      .jpeg({ quality });
    await writeFile(path, await picture.toBuffer());
    images.push({ id, path, identity });
  }
  return images;
}
