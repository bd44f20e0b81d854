/** Photos with their faces drawn in. */

import sharp from 'sharp';
import type { AnalyzedPhoto, LabelledFace } from '../compare-photos.ts';
import { colorOf } from '../person-colors.ts';
import { drawNumber } from './draw-number.ts';

/** Width of the copies inside of the report, pixels. */
const INLINE_WIDTH = 900;

/** A JPEG of the photo, upright, with boxes in the colour of the person, landmarks and numbers. */
export async function drawPhoto({ path, analysis, name }: AnalyzedPhoto, faces: readonly LabelledFace[]): Promise<Buffer> {
  const { width, height } = analysis;
  const shapes = faces.filter(({ photo }) => photo.name === name).map((face) => drawFace(face, Math.max(width, height)));
  const overlay = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes.join('')}</svg>`;
  return sharp(path)
    .rotate()
    .composite([{ input: Buffer.from(overlay) }])
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** A smaller copy for the report. */
export async function toInlinePhoto(jpeg: Buffer): Promise<Buffer> {
  return sharp(jpeg).resize({ width: INLINE_WIDTH, withoutEnlargement: true }).jpeg({ quality: 78, mozjpeg: true }).toBuffer();
}

function drawFace({ face, number, person }: LabelledFace, side: number): string {
  const { box, landmarks = [] } = face;
  const color = colorOf(person);
  const line = Math.max(2, side / 480);
  const label = Math.max(14, side / 42);
  const dots = landmarks.map(
    ({ x, y }) => `<circle cx="${x}" cy="${y}" r="${line * 1.1}" fill="${color}" stroke="#000" stroke-width="${line / 3}"/>`,
  );
  const y = Math.max(0, box.y - label);
  return [
    `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" fill="none" stroke="${color}" stroke-width="${line}"/>`,
    ...dots,
    `<rect x="${box.x - line / 2}" y="${y}" width="${label * 1.5}" height="${label}" fill="${color}"/>`,
    drawNumber(number, { x: box.x + label * 0.3, y: y + label * 0.18, height: label * 0.64 }),
  ].join('');
}
