/** Images described on the axes along which recognition fails. */

import { type Analysis, type AnalysisOutcome, type ImageDecoder, requireHostImage, selectProminentFace } from '@isoface/core';
import type { FaceAnnotation } from '@isoface/core/evaluation';
import { createSharpImageDecoder, type NodeFaceEngine, type NodeImageInput } from '@isoface/runtime-node';
import type { DatasetImage } from './dataset-entry.ts';
import type { FaceAnnotator } from './face-annotator.ts';

/** What is said about an image that could be read. */
export interface ImageDescription {
  /** Upright width, pixels. */
  readonly width: number;
  /** Upright height, pixels. */
  readonly height: number;
  /** Faces that were found. */
  readonly faces: number;
  /** The most prominent of them; absent where none was found. */
  readonly face?: FaceAnnotation | undefined;
}

/** What {@link annotateImages} yields for an image. */
export type ImageAnnotation<Image extends DatasetImage = DatasetImage> =
  | { readonly image: Image; readonly description: ImageDescription }
  | { readonly image: Image; readonly error: unknown };

/** Options of {@link annotateImages}. Engine and annotator stay the caller's to dispose. */
export interface AnnotateImagesOptions {
  /** Finds the faces. */
  readonly engine: NodeFaceEngine;
  /** Describes them. */
  readonly annotator: FaceAnnotator;
  /** Aborts between images; the iteration throws `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Annotates images, in their order. One that cannot be read yields an `error` and does not stop the others; one without a face is described as such.
 */
export async function* annotateImages<Image extends DatasetImage>(
  images: Iterable<Image> | AsyncIterable<Image>,
  options: AnnotateImagesOptions,
): AsyncIterableIterator<ImageAnnotation<Image>> {
  const { engine, signal } = options;
  const context = { ...options, decoder: createSharpImageDecoder() };
  const underWay: Image[] = [];
  const paths = async function* (): AsyncIterableIterator<string> {
    for await (const image of images) {
      underWay.push(image);
      yield image.path;
    }
  };
  for await (const outcome of engine.analyzeMany(paths(), { embeddings: false, signal })) {
    // Outcomes come in the order of the images.
    yield await settle(underWay.shift() as Image, outcome, context);
  }
  signal?.throwIfAborted();
}

interface Context extends Omit<AnnotateImagesOptions, 'engine'> {
  readonly decoder: ImageDecoder<NodeImageInput>;
}

async function settle<Image extends DatasetImage>(
  image: Image,
  outcome: AnalysisOutcome,
  context: Context,
): Promise<ImageAnnotation<Image>> {
  const { signal } = context;
  signal?.throwIfAborted();
  try {
    if ('error' in outcome) throw outcome.error;
    return { image, description: await describe(image, outcome.analysis, context) };
  } catch (error) {
    signal?.throwIfAborted();
    return { image, error };
  }
}

async function describe(image: DatasetImage, { faces, width, height }: Analysis, context: Context): Promise<ImageDescription> {
  const { decoder, annotator, signal } = context;
  const face = selectProminentFace(faces, width, height);
  if (face === undefined) return { width, height, faces: 0 };
  // Decoded again, in full: the engine may have looked at a smaller picture, and keeps none.
  const frame = await decoder.decode(image.path, { signal });
  try {
    return { width, height, faces: faces.length, face: await annotator.annotate(requireHostImage(frame.image), face) };
  } finally {
    frame.dispose?.();
  }
}
