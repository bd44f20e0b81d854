/** From a photo to the numbers that may leave the page. */

import { type Embedding, ENROL_QUALITY_LIMITS, type WebFaceEngine } from 'isoface';

const { minSizePixels = 0, minSharpness = 0, maxYawDegrees = 180 } = ENROL_QUALITY_LIMITS;

/**
 * Computes the embedding of the one face in a photo. The server sees no photo, so it is here that a bad one is refused.
 *
 * @throws {Error} with what to do about the photo.
 */
export async function readFace(engine: WebFaceEngine, photo: Blob): Promise<Embedding> {
  const { faces } = await engine.analyze(photo);
  const [face, other] = faces;
  if (face === undefined) throw new Error('No face was found. Take another photo.');
  if (other !== undefined) throw new Error(`${faces.length} faces were found. Take a photo with one.`);
  const { sizePixels, sharpness, pose } = face.quality;
  if (sizePixels < minSizePixels) throw new Error('The face is too small. Come closer.');
  if (sharpness < minSharpness) throw new Error('The photo is blurred. Hold still.');
  if (Math.abs(pose?.yawDegrees ?? 0) > maxYawDegrees) throw new Error('The face is turned away. Look straight ahead.');
  if (face.embedding === undefined) throw new Error('The face cannot be made out. Take another photo.');
  return face.embedding;
}
