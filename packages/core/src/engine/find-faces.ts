/** Stage preprocess and detect: from a frame to boxes and the detector's own points. */

import { decodeBlazeface } from '../detect/decode-blazeface.ts';
import { decodeScrfd } from '../detect/decode-scrfd.ts';
import { decodeUltraface } from '../detect/decode-ultraface.ts';
import { decodeYunet } from '../detect/decode-yunet.ts';
import { type Detections, selectDetections } from '../detect/detections.ts';
import { mapDetections } from '../detect/map-detections.ts';
import { nonMaximumSuppression } from '../detect/nms.ts';
import { computeFit, type Size } from '../image/fit.ts';
import type { FrameImage } from '../image/rgba-image.ts';
import type { DetectorManifest } from '../ports/model-manifest.ts';
import type { Preprocessor } from '../ports/preprocessor.ts';
import { type OpenModel, runModel } from './run-model.ts';
import type { StageClock } from './stage-clock.ts';

const DECODERS = { blazeface: decodeBlazeface, yunet: decodeYunet, scrfd: decodeScrfd, ultraface: decodeUltraface } as const;

/**
 * Empty share of the input at each side in the second pass. A face that fills the picture is then half as large, which is the size
 * detectors were trained on.
 */
export const CLOSE_UP_MARGIN = 0.25;

/** What the detection stage needs. */
export interface FindFacesContext {
  readonly detector: OpenModel<DetectorManifest>;
  readonly preprocessor: Preprocessor;
  readonly clock: StageClock;
  readonly minScore: number;
  /** Input size for detectors that accept several. @defaultValue the size in the manifest */
  readonly inputSize?: Size | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Finds faces in an image. When the first pass finds none, a second one looks for a close-up: a face that fills the picture.
 *
 * @returns Boxes and points in image pixels, best score first.
 */
export async function findFaces(image: FrameImage, context: FindFacesContext): Promise<Detections> {
  const found = await findFacesOnce(image, context, 0);
  return found.count > 0 ? found : findFacesOnce(image, context, CLOSE_UP_MARGIN);
}

/**
 * Finds faces in one pass.
 *
 * @param margin - Empty share of the input at each side; see `FitOptions.margin`.
 * @returns Boxes and points in image pixels, best score first.
 */
export async function findFacesOnce(image: FrameImage, context: FindFacesContext, margin: number): Promise<Detections> {
  const { detector, preprocessor, clock, minScore, signal } = context;
  const { manifest } = detector;
  const { input, placement, resizeMode, decoder, nmsIou } = manifest;
  const { inputSize = input } = context;
  signal?.throwIfAborted();
  const geometry = computeFit(image, inputSize, { mode: resizeMode, placement, margin, sizeMultipleOf: input.sizeMultipleOf });
  const tensor = await clock.time('preprocess', () => preprocessor.fit(image, geometry, input));
  return clock.time('detect', async () => {
    const outputs = await runModel(detector, tensor, signal);
    const candidates = DECODERS[decoder](outputs, { width: geometry.inputWidth, height: geometry.inputHeight }, minScore);
    const kept = nonMaximumSuppression(candidates.boxes, candidates.scores, nmsIou);
    return mapDetections(selectDetections(candidates, kept), geometry);
  });
}
