/** From landmarks to the transform that cuts an aligned face. */

import { FaceError, isFaceError } from '../errors/face-error.ts';
import { composeAffine, estimateSimilarity } from '../geometry/similarity-transform.ts';
import type { EmbedderManifest } from '../ports/model-manifest.ts';
import { ALIGNMENT_TEMPLATES } from './templates.ts';

/** The landmarks of one face. */
export interface AlignableFace {
  /** Right eye, left eye, nose tip, right mouth corner, left mouth corner; shape [5, 2]. */
  readonly landmarks?: ArrayLike<number> | undefined;
  /** iBUG order, shape [68, 2]. */
  readonly landmarks68?: ArrayLike<number> | undefined;
}

/**
 * Computes the transform from image pixels to the pixels of the embedder's input.
 *
 * @returns Row-major 2x3 matrix: the similarity to the template, followed by the stretch of the template's region onto the input.
 * @throws {FaceError} `SHAPE_MISMATCH` if the face lacks the landmarks that the embedder needs; `DEGENERATE_LANDMARKS` if they coincide.
 */
export function computeAlignment(face: AlignableFace, embedder: Pick<EmbedderManifest, 'alignment' | 'input' | 'id'>): Float64Array {
  const { alignment, input } = embedder;
  const template = ALIGNMENT_TEMPLATES[alignment.template];
  const similarity = estimateSimilarity(selectPoints(face, embedder, template.indices), template.points);
  const region = alignment.region ?? { x: 0, y: 0, width: template.width, height: template.height };
  const scaleX = input.width / region.width;
  const scaleY = input.height / region.height;
  if (scaleX === 1 && scaleY === 1 && region.x === 0 && region.y === 0) return similarity;
  // Edge coordinates stretch; the matrix works on pixel centres at integers, half a pixel away.
  const stretch = [scaleX, 0, (0.5 - region.x) * scaleX - 0.5, 0, scaleY, (0.5 - region.y) * scaleY - 0.5];
  return composeAffine(stretch, similarity);
}

/** Whether a face can be aligned at all. @throws {FaceError} `SHAPE_MISMATCH` if it lacks the landmarks that the embedder needs. */
export function isAlignable(face: AlignableFace, embedder: Pick<EmbedderManifest, 'alignment' | 'input' | 'id'>): boolean {
  try {
    computeAlignment(face, embedder);
    return true;
  } catch (error) {
    if (isFaceError(error, 'DEGENERATE_LANDMARKS')) return false;
    throw error;
  }
}

function selectPoints(
  face: AlignableFace,
  { alignment, id }: Pick<EmbedderManifest, 'alignment' | 'id'>,
  indices: readonly number[] | undefined,
): ArrayLike<number> {
  const wants68 = alignment.landmarks === 'ibug68';
  const points = wants68 ? face.landmarks68 : face.landmarks;
  const expected = wants68 ? 136 : 10;
  if (points?.length !== expected) {
    throw new FaceError(
      'SHAPE_MISMATCH',
      `Expected a face with ${expected / 2} landmarks for ${id}, got ${(points?.length ?? 0) / 2}; use faces that this pack detected.`,
      { embedder: id, expected: expected / 2, got: (points?.length ?? 0) / 2 },
    );
  }
  return indices === undefined ? points : indices.flatMap((index) => [points[index * 2] as number, points[index * 2 + 1] as number]);
}
