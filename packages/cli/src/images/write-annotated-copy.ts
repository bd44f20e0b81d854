/** Annotated copies of photos. */

import type { Analysis } from '@isoface/core';
import { writeFileAtomically } from '@isoface/evaluation';
import sharp from 'sharp';
import { drawFaceOverlay } from './face-overlay.ts';

/** Writes a JPEG copy of the photo, upright, with its faces drawn in. */
export async function writeAnnotatedCopy(source: string, target: string, analysis: Analysis, signal: AbortSignal): Promise<void> {
  const { faces, width, height } = analysis;
  const overlay = drawFaceOverlay(faces, width, height);
  const jpeg = await sharp(source, { pages: 1 })
    .rotate()
    .toColourspace('srgb')
    .flatten({ background: '#ffffff' })
    .composite([{ input: Buffer.from(overlay) }])
    .jpeg({ quality: 90 })
    .toBuffer();
  signal.throwIfAborted();
  await writeFileAtomically(target, jpeg, signal);
}
