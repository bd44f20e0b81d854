/** Thumbnails of faces, turned upright by the line between the eyes. */

import type { Point } from 'isoface';
import sharp from 'sharp';
import type { LabelledFace } from '../compare-photos.ts';

/** Side of a thumbnail, pixels. */
export const THUMBNAIL_SIDE = 96;
/** Side of the cut, in sides of the face box. */
const CUT = 1.25;

/** A square JPEG of the face. */
export async function cutFace({ face, photo }: LabelledFace): Promise<Buffer> {
  const { box, landmarks } = face;
  const side = Math.round(Math.max(box.width, box.height) * CUT);
  // Room for the corners that turn into the picture.
  const roomy = Math.ceil(side * Math.SQRT2);
  const left = Math.round(box.x + box.width / 2 - roomy / 2);
  const top = Math.round(box.y + box.height / 2 - roomy / 2);
  const turned = await sharp(await cutSquare(photo.path, left, top, roomy))
    .rotate(-eyeAngleDegrees(landmarks), { background: '#000' })
    .toBuffer({ resolveWithObject: true });
  const margin = (length: number): number => Math.max(0, Math.round((length - side) / 2));
  return sharp(turned.data)
    .extract({ left: margin(turned.info.width), top: margin(turned.info.height), width: side, height: side })
    .resize(THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    .jpeg({ quality: 80 })
    .toBuffer();
}

/** A square of the upright photo as PNG; black where it reaches beyond. */
async function cutSquare(path: string, left: number, top: number, side: number): Promise<Buffer> {
  const { data, info } = await sharp(path).rotate().removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  const x = Math.max(0, left);
  const y = Math.max(0, top);
  const width = Math.min(info.width, left + side) - x;
  const height = Math.min(info.height, top + side) - y;
  return sharp(data, { raw: info })
    .extract({ left: x, top: y, width, height })
    .extend({ left: x - left, top: y - top, right: side - width - (x - left), bottom: side - height - (y - top), background: '#000' })
    .png()
    .toBuffer();
}

function eyeAngleDegrees(landmarks: readonly Point[] | undefined): number {
  const [rightEye, leftEye] = landmarks ?? [];
  if (rightEye === undefined || leftEye === undefined) return 0;
  return (Math.atan2(leftEye.y - rightEye.y, leftEye.x - rightEye.x) * 180) / Math.PI;
}
