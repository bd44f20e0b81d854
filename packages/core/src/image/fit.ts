/** Where the pixels of an image land in a model input of fixed size, for every way of bringing one to the other. */

import { FaceError } from '../errors/face-error.ts';
import type { ResizeMode } from '../ports/model-manifest.ts';

/** A width and a height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * An axis-aligned map between an image and a model input. The input's edge coordinate `u` lies at `originX + u * scaleX` in the image
 * (`v` likewise). Input pixels whose centre falls outside the image are zero.
 */
export interface FitGeometry {
  readonly inputWidth: number;
  readonly inputHeight: number;
  /** Image pixels per input pixel. */
  readonly scaleX: number;
  readonly scaleY: number;
  /** Image coordinates of the input's top-left corner; negative where padding comes first. */
  readonly originX: number;
  readonly originY: number;
}

/** How to fit an image into an input. */
export interface FitOptions {
  readonly mode: ResizeMode;
  /** Where the picture lies when it does not fill the input. @defaultValue 'center' */
  readonly placement?: 'topLeft' | 'center' | undefined;
  /** Share of the input, at each side, that is left empty; in [0, 0.5). Faces that fill the image become small enough to be found. @defaultValue 0 */
  readonly margin?: number | undefined;
  /** For `adaptivePad`: the sides of the input are rounded up to multiples of this. @defaultValue 32 */
  readonly sizeMultipleOf?: number | undefined;
}

/**
 * Computes how `image` is laid into `input`.
 *
 * - `letterbox`: the whole image, aspect kept, the rest of the input is zero.
 * - `centerCrop`: aspect kept, the input is filled, the longer side of the image is cut.
 * - `stretch`: the whole image fills the input, aspect not kept.
 * - `adaptivePad`: like `letterbox`, but the input shrinks to the picture, rounded up to `sizeMultipleOf`: fewer pixels to compute.
 *
 * @throws {FaceError} `INVALID_OPTION` for a margin outside [0, 0.5).
 */
export function computeFit(image: Size, input: Size, options: FitOptions): FitGeometry {
  const { mode, placement = 'center', margin = 0, sizeMultipleOf = 32 } = options;
  if (!(margin >= 0 && margin < 0.5)) {
    throw new FaceError('INVALID_OPTION', `Expected a margin in [0, 0.5), got ${margin}.`, { option: 'margin', value: margin });
  }
  const inner = 1 - 2 * margin;
  const ratioX = image.width / (input.width * inner);
  const ratioY = image.height / (input.height * inner);
  if (mode === 'stretch') {
    return {
      inputWidth: input.width,
      inputHeight: input.height,
      scaleX: ratioX,
      scaleY: ratioY,
      originX: -ratioX * input.width * margin,
      originY: -ratioY * input.height * margin,
    };
  }
  const scale = mode === 'centerCrop' ? Math.min(ratioX, ratioY) : Math.max(ratioX, ratioY);
  const roundUp = (side: number): number => Math.max(1, Math.ceil((side - 1e-6) / sizeMultipleOf)) * sizeMultipleOf;
  const shrinks = mode === 'adaptivePad';
  const inputWidth = shrinks ? Math.min(input.width, roundUp(image.width / scale / inner)) : input.width;
  const inputHeight = shrinks ? Math.min(input.height, roundUp(image.height / scale / inner)) : input.height;
  // With a margin the picture is centred: a face at the border of the image must not touch the border of the input.
  const centred = placement === 'center' || margin > 0 || mode === 'centerCrop';
  return {
    inputWidth,
    inputHeight,
    scaleX: scale,
    scaleY: scale,
    originX: centred ? (image.width - inputWidth * scale) / 2 : 0,
    originY: centred ? (image.height - inputHeight * scale) / 2 : 0,
  };
}
