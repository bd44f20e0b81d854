/** Stages decode, preprocess, detect and the landmarks of align: from what a user calls an image to faces with landmarks. */

import { type Detections, selectDetections } from '../detect/detections.ts';
import { FaceError } from '../errors/face-error.ts';
import type { Frame, ImageDecoder } from '../ports/image-decoder.ts';
import type { Preprocessor } from '../ports/preprocessor.ts';
import type { DetectOptions } from './face-engine.ts';
import { findFaces } from './find-faces.ts';
import { type FrameFace, scaleFrameFace } from './frame-face.ts';
import type { OpenPack } from './open-pack.ts';
import { placeLandmarks } from './place-landmarks.ts';
import type { StageClock } from './stage-clock.ts';

/** What finding faces in one image needs. */
export interface LocateContext<ImageInput> {
  readonly pack: OpenPack;
  readonly preprocessor: Preprocessor;
  readonly decoder: ImageDecoder<ImageInput>;
  /** See `EngineOptions.shrinkToSide`. */
  readonly shrinkToSide: number;
  readonly clock: StageClock;
}

/** Faces in pixels of the frame that came with them. */
export interface LocatedFaces {
  readonly frame: Frame;
  readonly faces: readonly FrameFace[];
}

/** Finds the faces of an image and their landmarks, best score first. The caller disposes the frame. */
export async function locateFaces<ImageInput>(
  image: ImageInput,
  options: DetectOptions,
  context: LocateContext<ImageInput>,
): Promise<LocatedFaces> {
  const { pack, preprocessor, clock } = context;
  const { detector, landmarker } = pack;
  const { minScore = detector.manifest.minScore, maxFaces = Number.POSITIVE_INFINITY, signal } = options;
  assertDetectOptions(minScore, maxFaces);
  let frame = await decodeFrame(image, 'shrunk', context, signal);
  try {
    const found = await findFaces(frame.image, { detector, preprocessor, clock, minScore, signal });
    signal?.throwIfAborted();
    const detections = found.count > maxFaces ? selectDetections(found, Array.from(found.scores.keys()).slice(0, maxFaces)) : found;
    const sides = Array.from(detections.scores.keys(), (i) => Math.max(...detections.boxes.subarray(i * 4 + 2, i * 4 + 4)));
    const firstWidth = frame.image.width;
    frame = await refineFrame(image, frame, sides, context, signal);
    const scale = frame.image.width / firstWidth;
    signal?.throwIfAborted();
    const faces = await clock.time('align', () =>
      placeLandmarks(frame.image, scaleDetections(detections, scale), landmarker, preprocessor, signal),
    );
    return { frame, faces };
  } catch (error) {
    frame.dispose?.();
    throw error;
  }
}

/** Decodes an image for faces whose place in the source is known already. The caller disposes the frame. */
export async function decodeForFaces<ImageInput>(
  image: ImageInput,
  sourceFaces: readonly FrameFace[],
  context: LocateContext<ImageInput>,
  signal: AbortSignal | undefined,
): Promise<LocatedFaces> {
  const toFrame = (frame: Frame): FrameFace[] => sourceFaces.map((face) => scaleFrameFace(face, frame.image.width / frame.sourceWidth));
  const first = await decodeFrame(image, 'shrunk', context, signal);
  const sides = toFrame(first).map(({ box }) => Math.max(box.width, box.height));
  const frame = await refineFrame(image, first, sides, context, signal);
  return { frame, faces: toFrame(frame) };
}

/** Decodes an image, shrunk where that is allowed and possible. The caller disposes the frame. */
export async function decodeFrame<ImageInput>(
  image: ImageInput,
  size: 'shrunk' | 'full',
  { decoder, shrinkToSide, clock }: LocateContext<ImageInput>,
  signal: AbortSignal | undefined,
): Promise<Frame> {
  signal?.throwIfAborted();
  return clock.time('decode', () => decoder.decode(image, { shrinkToSide: size === 'shrunk' ? shrinkToSide : undefined, signal }));
}

/**
 * Decodes again in full, and disposes the shrunk frame, when the frame was shrunk so far that a face has fewer pixels than the models after the detector take in.
 *
 * @param sides - Longer side of each face, frame pixels.
 */
export async function refineFrame<ImageInput>(
  image: ImageInput,
  frame: Frame,
  sides: readonly number[],
  context: LocateContext<ImageInput>,
  signal: AbortSignal | undefined,
): Promise<Frame> {
  const { landmarker, embedder } = context.pack.manifest;
  const wanted = Math.max(landmarker?.input.width ?? 0, embedder?.input.width ?? 0);
  const isShrunk = frame.image.width < frame.sourceWidth;
  if (!isShrunk || sides.every((side) => side >= wanted)) return frame;
  frame.dispose?.();
  return decodeFrame(image, 'full', context, signal);
}

/** @throws {FaceError} `INVALID_OPTION` naming the option. */
export function assertDetectOptions(minScore: number, maxFaces: number): void {
  if (!(minScore > 0 && minScore < 1)) {
    throw new FaceError('INVALID_OPTION', `Expected minScore between 0 and 1, got ${minScore}.`, { option: 'minScore', value: minScore });
  }
  if (!(maxFaces >= 1) || (maxFaces !== Number.POSITIVE_INFINITY && !Number.isInteger(maxFaces))) {
    throw new FaceError('INVALID_OPTION', `Expected maxFaces to be a whole number of at least 1, got ${maxFaces}.`, {
      option: 'maxFaces',
      value: maxFaces,
    });
  }
}

/** Boxes and points times `scale`. */
export function scaleDetections(detections: Detections, scale: number): Detections {
  if (scale === 1) return detections;
  return { ...detections, boxes: detections.boxes.map((value) => value * scale), points: detections.points.map((value) => value * scale) };
}
