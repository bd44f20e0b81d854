import { FaceError, type RgbaImage } from '@isoface/core';
import type { NodeFaceEngine, NodeImageInput } from '@isoface/runtime-node';
import sharp, { type Sharp } from 'sharp';
import { createFrame, demoPhoto } from '../../test-images.ts';
import type { PictureFacts } from './memory-piece.ts';

/** A picture with its name. */
export interface SoakPicture {
  readonly name: string;
  readonly input: NodeImageInput;
}

/** Of the frame with one face; upright and across, smaller and larger than what the detector takes in. */
const FRAME_WIDTHS = [160, 320, 640, 240, 480, 1280, 200] as const;
/** Small, so that ten thousand analyses take minutes. */
const GROUP_WIDTH = 320;

/** Makes the pictures; all but one are decoded once, so that the pipeline is measured and not the decoder alone. */
export async function createSoakPictures(): Promise<readonly SoakPicture[]> {
  const { input } = await createFrame();
  if (input instanceof Uint8Array) throw new FaceError('IMAGE_INVALID', 'Expected the frame as pixels, got a file.');
  const frame = (): Sharp => sharp(input.data, { raw: { width: input.width, height: input.height, channels: 4 } });
  const ones = await Promise.all(FRAME_WIDTHS.map((width) => decode('one-face', frame().resize(width))));
  const file = await frame().resize(400).jpeg({ quality: 85 }).toBuffer();
  return [
    ...ones,
    await decode('several-faces', sharp(demoPhoto('sample1.jpg')).rotate().resize(GROUP_WIDTH).ensureAlpha()),
    { name: 'one-face-400x300.jpg', input: new Uint8Array(file) },
    { name: 'no-face-320x240', input: drawNoFace(320, 240) },
  ];
}

/** Analyzes each picture once: how many faces the engine finds decides what an analysis costs. */
export async function describePictures(engine: NodeFaceEngine, pictures: readonly SoakPicture[]): Promise<PictureFacts[]> {
  const facts: PictureFacts[] = [];
  for (const { name, input } of pictures) facts.push({ name, faces: (await engine.analyze(input)).faces.length });
  return facts;
}

async function decode(name: string, picture: Sharp): Promise<SoakPicture> {
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  return { name: `${name}-${info.width}x${info.height}`, input: { width: info.width, height: info.height, data: new Uint8Array(data) } };
}

/** A smooth pattern: the detector looks twice, for it finds nothing. */
function drawNoFace(width: number, height: number): RgbaImage {
  const data = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) data.set([(i % width) & 255, Math.floor(i / width) & 255, 90, 255], i * 4);
  return { width, height, data };
}
