/** Everything that annotates a face, opened once. */

import { createBestPreprocessor, type Face, type RgbaImage } from '@isoface/core';
import { annotateFace, type FaceAnnotation, type OcclusionProbabilities } from '@isoface/core/evaluation';
import { openSecondOpinions, type SecondOpinionOptions } from './second-opinions.ts';

/** Options of {@link openFaceAnnotator}. */
export interface FaceAnnotatorOptions extends Omit<SecondOpinionOptions, 'preprocessor'> {
  /** How frequent occlusion is among the faces. @defaultValue `DEFAULT_OCCLUSION_PRIOR` */
  readonly occlusionPrior?: OcclusionProbabilities | undefined;
}

/** Annotates faces; the face detector is elsewhere. */
export interface FaceAnnotator {
  /** What decides what an annotation says: version, networks, prior. */
  readonly maker: Readonly<Record<string, string | number | boolean>>;
  /**
   * Annotates a face that was found.
   *
   * @param image - At full size; coordinates of `face` are its pixels.
   */
  annotate(image: RgbaImage, face: Face): Promise<FaceAnnotation>;
  /** Frees the networks; idempotent. */
  dispose(): Promise<void>;
}

/** Another number where the same picture would be described otherwise. */
const ANNOTATOR_VERSION = 1;

/**
 * Opens the annotator with its networks, which ship with isoface.
 *
 * @throws {FaceError} what loading a model throws.
 */
export async function openFaceAnnotator({ occlusionPrior, ...options }: FaceAnnotatorOptions = {}): Promise<FaceAnnotator> {
  const preprocessor = await createBestPreprocessor();
  const opinions = await openSecondOpinions({ ...options, preprocessor });
  const prior = occlusionPrior && [occlusionPrior.none, occlusionPrior.partial, occlusionPrior.heavy].join('/');
  return {
    // Annotations made when the mesh was optional are made again if it was not there.
    maker: { annotator: ANNOTATOR_VERSION, mesh: true, occlusionPrior: prior ?? 'default' },
    async annotate(image, face) {
      return annotateFace({ image, face, preprocessor, opinions: await opinions.ask(image, face), occlusionPrior });
    },
    dispose: opinions.dispose,
  };
}
