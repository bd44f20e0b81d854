/** How small the detector's input may be while the known faces are still found. */

import type { Box } from '../geometry/box.ts';
import { computeFit, type Size } from '../image/fit.ts';
import type { DetectorManifest } from '../ports/model-manifest.ts';

/**
 * Pixels that the shorter side of the smallest known face must keep on the detector's input.
 *
 * Measured with YuNet on 150 LFW faces in 640x480 frames: at 19 pixels all were found, at 14 pixels 124. Landmarks differ from those at full size by
 * 9 % of the face at 19 pixels, 7 % at 24 and 6 % at 28 (median of the worst of five); two neighbouring full sizes differ by 5 %.
 */
const MIN_FACE_PIXELS = 24;
/** What a newly chosen size gives the smallest face: more than the minimum, or a face that breathes would change the size with every frame. */
const AIMED_FACE_PIXELS = 32;
/** Detectors are trained with some surroundings; smaller inputs save nothing that could be measured. */
const MIN_SIZE = 64;

/** What the size depends on. */
export interface DetectionSizeContext {
  readonly detector: Pick<DetectorManifest, 'input' | 'resizeMode' | 'placement'>;
  /** Size of the image in which the boxes lie. */
  readonly image: Size;
  /** Empty share of the input at each side; see `FitOptions.margin`. */
  readonly margin: number;
}

/** Longer side of the detector's own input, pixels. */
export function fullDetectionSize({ input }: Pick<DetectorManifest, 'input'>): number {
  return Math.max(input.width, input.height);
}

/**
 * Chooses the smallest size of the detector's input at which the smallest of `boxes` keeps enough pixels, staying at `current` while that is
 * neither too small nor wasteful.
 *
 * @param boxes - The known faces, image pixels.
 * @param current - Longer side of the input that was used last.
 * @returns Longer side of the input, pixels: the detector's own for a detector of one size, never more than that.
 */
export function chooseDetectionSize(boxes: readonly Box[], current: number, { detector, image, margin }: DetectionSizeContext): number {
  const { input, resizeMode, placement } = detector;
  const full = fullDetectionSize(detector);
  const multiple = input.sizeMultipleOf;
  if (multiple === undefined || boxes.length === 0) return full;
  const { scaleX, scaleY } = computeFit(image, input, { mode: resizeMode, placement, margin, sizeMultipleOf: multiple });
  const pixelsAtFull = Math.min(...boxes.map(({ width, height }) => Math.min(width / scaleX, height / scaleY)));
  const sizeFor = (pixels: number): number => {
    const size = Math.ceil(((pixels / pixelsAtFull) * full) / multiple - 1e-6) * multiple;
    return Math.min(full, Math.max(size, Math.ceil(MIN_SIZE / multiple) * multiple));
  };
  return Math.min(Math.max(current, sizeFor(MIN_FACE_PIXELS)), sizeFor(AIMED_FACE_PIXELS));
}

/** Sides of the detector's input when its longer side is `size`. */
export function detectionInput({ input }: Pick<DetectorManifest, 'input'>, size: number): Size {
  const full = Math.max(input.width, input.height);
  const multiple = input.sizeMultipleOf;
  if (size === full || multiple === undefined) return { width: input.width, height: input.height };
  const scale = (side: number): number => Math.max(1, Math.ceil((side * size) / full / multiple - 1e-6)) * multiple;
  return { width: scale(input.width), height: scale(input.height) };
}
