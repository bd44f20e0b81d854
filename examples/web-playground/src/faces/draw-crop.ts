/** Cuts a face out of its picture, upright. */

import type { Face } from 'isoface';
import { createElement } from '../dom/create-element.ts';
import { CROP_SIDE, computeCropTransform } from './crop-transform.ts';

/** Draws the face as it is aligned for comparison; without landmarks, its box. Returns the address of the picture, a `data:` address. */
export function drawCrop(picture: ImageBitmap | HTMLVideoElement, { box, landmarks }: Face): string {
  const canvas = createElement('canvas', { width: CROP_SIDE, height: CROP_SIDE });
  const context = canvas.getContext('2d');
  const transform = landmarks && computeCropTransform(landmarks);
  if (context !== null && transform !== undefined) {
    context.imageSmoothingQuality = 'high';
    context.setTransform(transform);
    context.drawImage(picture, 0, 0);
  } else {
    context?.drawImage(picture, box.x, box.y, box.width, box.height, 0, 0, CROP_SIDE, CROP_SIDE);
  }
  return canvas.toDataURL('image/jpeg', 0.9);
}
