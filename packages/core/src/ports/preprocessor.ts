/** The port that turns pixels into model inputs. The CPU implementation in core is the reference; a GPU one must agree with it. */

import type { FitGeometry } from '../image/fit.ts';
import type { FrameImage } from '../image/rgba-image.ts';
import type { InputSpec } from './model-manifest.ts';
import type { Tensor } from './tensor.ts';

/** Options of {@link Preprocessor.warp}. */
export interface WarpOptions {
  /** Mirror each patch left to right after cutting. @defaultValue false */
  readonly mirrored?: boolean | undefined;
  /**
   * Bounds the sub-samples per axis of a patch pixel: fewer than its footprint asks for are faster and let fine detail alias.
   * @defaultValue 64
   */
  readonly maxSamples?: number | undefined;
}

/** Turns pixels into tensors. */
export interface Preprocessor {
  /**
   * Resizes an image into the model input as `geometry` says: half-pixel centres, bilinear, area-averaged when shrinking by more than 2x,
   * zero pixels around.
   *
   * @returns A tensor `[1, 3, H, W]` (or `[1, H, W, 3]`) of `geometry.inputWidth` x `geometry.inputHeight`.
   */
  fit(image: FrameImage, geometry: FitGeometry, input: InputSpec): Promise<Tensor>;
  /**
   * Cuts `transforms.length` patches out of an image.
   *
   * @param transforms - Row-major 2x3 matrices from image pixels to patch pixels, pixel centres at integer coordinates.
   * @returns A tensor `[N, 3, H, W]` (or `[N, H, W, 3]`) of the input's own size.
   */
  warp(image: FrameImage, transforms: readonly Float64Array[], input: InputSpec, options?: WarpOptions): Promise<Tensor>;
}
