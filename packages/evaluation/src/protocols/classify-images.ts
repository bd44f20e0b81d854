/** The classes of images, for strata: what `dataset annotate` would say of the faces that were found anyway. */

import { createBestPreprocessor, type Face, requireHostImage } from '@isoface/core';
import { annotateFace, classifySize, type FaceAnnotation } from '@isoface/core/evaluation';
import { createSharpImageDecoder } from '@isoface/runtime-node';
import type { DatasetImage } from '../dataset/dataset-entry.ts';
import { isImageError } from '../dataset/image-error.ts';
import { openSecondOpinions } from '../dataset/second-opinions.ts';
import type { Sighting } from '../templates/template-source.ts';
import type { ImageClasses, StratumAxis } from './strata.ts';

/** Options of {@link classifyImages}. */
export interface ClassifyImagesOptions {
  /** Occlusion asks more networks about each face, which takes most of the time. */
  readonly axes: readonly StratumAxis[];
  /** Folder with the models of these networks. @defaultValue the environment variable ISOFACE_MODELS */
  readonly modelsDir?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Classifies the face of each image; images without a face have no classes. */
export async function classifyImages(
  images: readonly DatasetImage[],
  sightings: readonly (Omit<Sighting, 'template'> | undefined)[],
  { axes, modelsDir, signal, onProgress }: ClassifyImagesOptions,
): Promise<(ImageClasses | undefined)[]> {
  const preprocessor = await createBestPreprocessor();
  // Coordinates of a face are pixels of the photo, so that none may be shrunk.
  const decoder = createSharpImageDecoder();
  const opinions = axes.includes('occlusion') ? await openSecondOpinions({ preprocessor, modelsDir, signal }) : undefined;
  const classify = async (path: string, face: Face): Promise<ImageClasses | undefined> => {
    try {
      const { image, dispose } = await decoder.decode(path, { signal });
      try {
        const input = { image: requireHostImage(image), face, preprocessor };
        return toClasses(await annotateFace({ ...input, opinions: await opinions?.ask(input.image, face) }));
      } finally {
        dispose?.();
      }
    } catch (error) {
      // It was readable a moment ago: whatever happened to it, its pairs are of unknown class.
      if (isImageError(error)) return undefined;
      throw error;
    }
  };
  try {
    const classes: (ImageClasses | undefined)[] = [];
    for (const [i, { path }] of images.entries()) {
      signal?.throwIfAborted();
      const face = sightings[i]?.face;
      classes.push(face && (await classify(path, face)));
      onProgress?.(i + 1, images.length);
    }
    return classes;
  } finally {
    await opinions?.dispose();
  }
}

function toClasses({ illumination, pose, occlusion, blur, sizePixels }: FaceAnnotation): ImageClasses {
  return {
    illumination: illumination.class,
    pose: pose.class,
    occlusion: occlusion.class,
    blur: blur.class,
    size: classifySize(sizePixels),
  };
}
