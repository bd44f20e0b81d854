/** Faces with things drawn over them, seen through the whole pipeline: detector, landmarks, patch. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Face, type RgbaImage, selectProminentFace } from '@isoface/core';
import { alignFace, createRandom, FACE_OVAL, isInFaceOval, measureFaceOcclusion } from '@isoface/core/evaluation';
import type { NodeFaceEngine } from '@isoface/runtime-node';
import sharp from 'sharp';
import type { OcclusionSample } from './fit-occlusion-model.ts';
import { drawOccluder, OCCLUDER_KINDS, type OccluderKind } from './occluders.ts';
import type { Workbench } from './workbench.ts';

/** A sample with where it comes from. */
export interface DrawnSample extends OcclusionSample {
  readonly kind: OccluderKind | 'none';
  readonly pack: string;
  /** Index of the photograph: samples of one belong to one side of any split. */
  readonly photo: number;
}

/** What was drawn, and how many of the faces the detector no longer found. */
export interface DrawnSamples {
  readonly samples: readonly DrawnSample[];
  readonly notFound: Readonly<Record<string, { readonly drawn: number; readonly notFound: number }>>;
  readonly photos: { readonly lfw: number; readonly fddb: number; readonly turned: number };
}

/** How many photographs to draw on. */
export interface DrawSamplesOptions {
  readonly lfw: string;
  readonly fddb: string;
  readonly counts: { readonly lfw: number; readonly fddb: number; readonly turned: number };
  readonly onProgress?: ((message: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Photo {
  readonly path: string;
  /** Where the labelled face is, pixels; absent, the prominent face is taken. */
  readonly box?: readonly number[] | undefined;
}

/** Uncovered versions and covered ones of each photograph. */
const UNCOVERED = 2;
const COVERED = 5;
/** A face this small has too few pixels to draw on. */
const MIN_FACE = 40;
/** Yaw from which on a face counts as turned, degrees. */
const TURNED = 30;
const SEED = 20_07;

/** Draws all samples. */
export async function drawSamples(workbench: Workbench, options: DrawSamplesOptions): Promise<DrawnSamples> {
  const { counts, onProgress, signal } = options;
  const lfw = listLfw(options.lfw);
  const firstOfEach = lfw.filter(({ isFirst }) => isFirst);
  const chosen = {
    lfw: spread(firstOfEach, counts.lfw),
    fddb: spread(listFddb(options.fddb), counts.fddb),
    turned: await findTurned(workbench, lfw, options),
  };
  const photos: readonly Photo[] = [...chosen.lfw, ...chosen.fddb, ...chosen.turned];
  const samples: DrawnSample[] = [];
  const notFound: Record<string, { drawn: number; notFound: number }> = {};
  const textures: RgbaImage[] = [];
  for (const [index, photo] of photos.entries()) {
    signal?.throwIfAborted();
    const random = createRandom(SEED + index);
    const image = await workbench.decode(photo.path);
    textures.push(image);
    if (textures.length > 12) textures.shift();
    const face = await findLabelled(workbench.engines['standard'] as NodeFaceEngine, image, photo);
    if (face?.landmarks === undefined || Math.min(face.box.width, face.box.height) < MIN_FACE) continue;
    const kinds: (OccluderKind | 'none')[] = Array.from({ length: UNCOVERED }, () => 'none');
    for (let i = 0; i < COVERED; i++) kinds.push(pick(OCCLUDER_KINDS, random));
    for (const kind of kinds) {
      const drawn = draw(kind, image, face, pick(textures, random), random);
      if (drawn === undefined) continue;
      const seen = await photograph(workbench, drawn.image, Math.min(face.box.width, face.box.height), random);
      const [scaleX, scaleY] = [seen.width / drawn.image.width, seen.height / drawn.image.height];
      const centre = [
        (face.box.x + face.box.width / 2 - drawn.left) * scaleX,
        (face.box.y + face.box.height / 2 - drawn.top) * scaleY,
      ] as const;
      for (const [pack, engine] of Object.entries(workbench.engines)) {
        const count = notFound[`${pack}, ${kind}`] ?? { drawn: 0, notFound: 0 };
        notFound[`${pack}, ${kind}`] = count;
        count.drawn++;
        const { faces } = await engine.analyze(seen, { embeddings: false, signal });
        const found = faces.find(({ box }) => {
          const reach = 0.5 * Math.min(face.box.width, face.box.height) * scaleX;
          return Math.hypot(box.x + box.width / 2 - centre[0], box.y + box.height / 2 - centre[1]) < reach;
        });
        if (found === undefined) {
          count.notFound++;
          continue;
        }
        const opinions = await workbench.opinions.ask(seen, found);
        const figures = await measureFaceOcclusion({ image: seen, face: found, preprocessor: workbench.preprocessor, opinions });
        samples.push({ figures, coveredShare: drawn.coveredShare, kind, pack, photo: index });
      }
    }
    if ((index + 1) % 50 === 0) onProgress?.(`${index + 1}/${photos.length} photos drawn on, ${samples.length} samples`);
  }
  return { samples, notFound, photos: { lfw: chosen.lfw.length, fddb: chosen.fddb.length, turned: chosen.turned.length } };
}

interface Drawn {
  readonly image: RgbaImage;
  readonly coveredShare: number;
  /** Where the picture begins in the photograph. */
  readonly left: number;
  readonly top: number;
}

function draw(kind: OccluderKind | 'none', image: RgbaImage, face: Face, texture: RgbaImage, random: () => number): Drawn | undefined {
  const toFace = alignFace((face.landmarks ?? []).flatMap(({ x, y }) => [x, y]));
  if (toFace === undefined) return undefined;
  const oval = markOval(image, toFace);
  const scale = Math.hypot(toFace[0] as number, toFace[3] as number);
  const area = (Math.PI * FACE_OVAL.radiusX * FACE_OVAL.radiusY) / (scale * scale);
  const share = (isSeen: (pixel: number) => boolean): number => {
    let seen = 0;
    for (let i = 0; i < oval.length; i++) if (oval[i] === 1 && isSeen(i)) seen++;
    return Math.max(0, 1 - seen / area);
  };
  if (kind === 'none') return { image, coveredShare: share(() => true), left: 0, top: 0 };
  if (kind === 'edge') {
    const cut = cutOff(image, face.box, random);
    if (cut === undefined) return undefined;
    const isSeen = (pixel: number): boolean => {
      const [x, y] = [(pixel % image.width) - cut.left, Math.floor(pixel / image.width) - cut.top];
      return x >= 0 && y >= 0 && x < cut.image.width && y < cut.image.height;
    };
    return { ...cut, coveredShare: share(isSeen) };
  }
  const { image: covered, covered: mask } = drawOccluder(kind, image, toFace, texture, random);
  return { image: covered, coveredShare: share((pixel) => mask[pixel] === 0), left: 0, top: 0 };
}

function markOval({ width, height }: RgbaImage, [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0]: Float64Array): Uint8Array {
  const oval = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) if (isInFaceOval(a * x + b * y + c, d * x + e * y + f)) oval[y * width + x] = 1;
  }
  return oval;
}

/** The photograph with one side cut off through the face. */
function cutOff(image: RgbaImage, box: Face['box'], random: () => number): Omit<Drawn, 'coveredShare'> | undefined {
  const side = Math.floor(random() * 4);
  const depth = 0.05 + random() * 0.5;
  const left = side === 0 ? Math.max(0, Math.round(box.x + box.width * depth)) : 0;
  const right = side === 1 ? Math.min(image.width, Math.round(box.x + box.width * (1 - depth))) : image.width;
  const top = side === 2 ? Math.max(0, Math.round(box.y + box.height * depth)) : 0;
  const bottom = side === 3 ? Math.min(image.height, Math.round(box.y + box.height * (1 - depth))) : image.height;
  const [width, height] = [right - left, bottom - top];
  if (width < 30 || height < 30) return undefined;
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    const from = ((y + top) * image.width + left) * 4;
    data.set(image.data.subarray(from, from + width * 4), y * width * 4);
  }
  return { image: { width, height, data }, left, top };
}

/** Takes the picture again with a worse camera: smaller, blurred, another exposure or colour of light, grey, JPEG. */
async function photograph(workbench: Workbench, image: RgbaImage, faceSide: number, random: () => number): Promise<RgbaImage> {
  const { width, height, data } = image;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  let pipeline = sharp(bytes, { raw: { width, height, channels: 4 } }).removeAlpha();
  const wanted = 28 + random() * random() * 170;
  if (random() < 0.65 && wanted < faceSide) {
    const factor = wanted / faceSide;
    const size = { width: Math.max(16, Math.round(width * factor)), height: Math.max(16, Math.round(height * factor)) };
    pipeline = pipeline.resize({ ...size, kernel: 'cubic', fit: 'fill' });
  }
  if (random() < 0.3) pipeline = pipeline.blur(0.5 + random() * 1.2);
  const gain = random() < 0.4 ? 0.6 + random() * 0.8 : 1;
  const offset = gain === 1 ? 0 : (random() - 0.5) * 40;
  if (random() < 0.12) {
    pipeline = pipeline.linear(gain, offset).greyscale();
  } else {
    const tint = random() < 0.75 ? 0 : random() < 0.2 ? 0.5 : 0.15;
    const gains = [0, 1, 2].map(() => gain * (1 + (random() - 0.5) * 2 * tint));
    pipeline = pipeline.linear(gains, [offset, offset, offset]);
  }
  return workbench.decode(await pipeline.jpeg({ quality: Math.round(55 + random() * 40) }).toBuffer());
}

async function findLabelled(engine: NodeFaceEngine, image: RgbaImage, { box }: Photo): Promise<Face | undefined> {
  const { faces, width, height } = await engine.analyze(image, { embeddings: false });
  if (box === undefined) return selectProminentFace(faces, width, height);
  const [x = 0, y = 0, boxWidth = 0, boxHeight = 0] = box;
  return faces.find((face) => {
    const [centreX, centreY] = [face.box.x + face.box.width / 2, face.box.y + face.box.height / 2];
    return centreX > x && centreX < x + boxWidth && centreY > y && centreY < y + boxHeight;
  });
}

/** Press photographs seldom show a face from the side: these are looked for, the strongly turned ones first. */
async function findTurned(
  workbench: Workbench,
  lfw: readonly Photo[],
  { counts, fddb, onProgress, signal }: DrawSamplesOptions,
): Promise<Photo[]> {
  if (counts.turned === 0) return [];
  const found: { photo: Photo; yaw: number }[] = [];
  const candidates = [...spread(lfw.slice(1), Math.min(lfw.length - 1, counts.turned * 16)), ...listFddb(fddb)];
  onProgress?.(`looking for turned faces in ${candidates.length} photos`);
  for (const photo of candidates) {
    signal?.throwIfAborted();
    const { faces, width, height } = await workbench.scout.analyze(photo.path, { embeddings: false, signal });
    const face = selectProminentFace(faces, width, height);
    const yaw = Math.abs(face?.quality.pose?.yawDegrees ?? 0);
    if (face !== undefined && yaw > TURNED && face.box.width >= MIN_FACE) found.push({ photo: { path: photo.path }, yaw });
  }
  return found
    .sort((a, b) => b.yaw - a.yaw)
    .slice(0, counts.turned)
    .map(({ photo }) => photo);
}

function listLfw(directory: string): (Photo & { readonly isFirst: boolean })[] {
  const images = join(directory, 'images');
  const people = readdirSync(images).sort();
  return people.flatMap((person) => {
    const files = readdirSync(join(images, person)).sort();
    return files.map((file, i) => ({ path: join(images, person, file), isFirst: i === 0 }));
  });
}

function listFddb(directory: string): Photo[] {
  const lines = readFileSync(join(directory, 'boxes.txt'), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [id, ...box] = line.trim().split(/\s+/);
    return { path: join(directory, 'images', `${id}.jpg`), box: box.map(Number) };
  });
}

/** `count` items at equal distances. */
function spread<T>(items: readonly T[], count: number): T[] {
  const step = items.length / Math.min(count, items.length);
  return Array.from({ length: Math.min(count, items.length) }, (_, i) => items[Math.floor(i * step)] as T);
}

function pick<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)] as T;
}
