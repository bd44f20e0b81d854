/** Which face of a photo is meant, and whether it will do. */

import type { Embedding } from '../embed/embedding.ts';
import { FaceError } from '../errors/face-error.ts';
import { selectProminentFace } from '../match/select-prominent-face.ts';
import { findQualityViolation } from '../quality/check-quality.ts';
import type { Analysis, AnalyzedFace } from './analysis.ts';
import type { VerifyOptions, VerifyRefusal } from './face-engine.ts';

/** How a face is chosen. */
export type ChoiceOptions = Pick<VerifyOptions, 'severalFaces' | 'qualityLimits'>;

/** The face and its embedding, or why there is none. */
export type FaceChoice =
  | { readonly face: AnalyzedFace; readonly embedding: Embedding }
  | { readonly face?: AnalyzedFace | undefined; readonly reason: VerifyRefusal; readonly message: string };

/** @throws {FaceError} `INVALID_OPTION`. */
export function assertChoiceOptions({ severalFaces, qualityLimits = {} }: ChoiceOptions): void {
  if (severalFaces !== undefined && severalFaces !== 'mostProminent' && severalFaces !== 'refuse') {
    throw new FaceError('INVALID_OPTION', `Expected severalFaces to be 'mostProminent' or 'refuse', got ${JSON.stringify(severalFaces)}.`, {
      option: 'severalFaces',
      value: severalFaces,
    });
  }
  for (const [name, limit] of Object.entries(qualityLimits)) {
    if (limit === undefined || (typeof limit === 'number' && !Number.isNaN(limit))) continue;
    throw new FaceError('INVALID_OPTION', `Expected ${name} to be a number, got ${limit}.`, { option: name, value: limit });
  }
}

/**
 * Thresholds are those of one pack: two embeddings of another contract may agree with each other and still mean nothing here.
 *
 * @throws {FaceError} `CONTRACT_MISMATCH`.
 */
export function assertOwnContract(embedding: Embedding, contract: string): void {
  if (embedding.contract === contract) return;
  throw new FaceError(
    'CONTRACT_MISMATCH',
    `Expected an embedding of this engine's contract ${contract.slice(0, 12)}…, got ${embedding.contract.slice(0, 12)}…; embed the photo again with this pack.`,
    { expected: contract, got: embedding.contract },
  );
}

/** Chooses the most prominent face and checks it. */
export function chooseFace(
  { faces, width, height }: Analysis,
  { severalFaces = 'mostProminent', qualityLimits = {} }: ChoiceOptions,
): FaceChoice {
  const face = selectProminentFace(faces, width, height);
  if (face === undefined) return { reason: 'noFace', message: 'No face was found in the image.' };
  if (severalFaces === 'refuse' && faces.length > 1) {
    return { face, reason: 'multipleFaces', message: `${faces.length} faces were found in the image, one was expected.` };
  }
  const violation = findQualityViolation(face.quality, qualityLimits);
  if (violation !== undefined) return { face, reason: 'lowQuality', message: `${violation}.` };
  if (face.embedding === undefined) {
    return { face, reason: 'lowQuality', message: 'The landmarks of the face coincide: it cannot be aligned.' };
  }
  return { face, embedding: face.embedding };
}
