/** The port through which pixels come in. */

import type { FrameImage } from '../image/rgba-image.ts';

/**
 * A decoded image, upright (EXIF orientation applied). It may be smaller than its source: the size of the source is kept,
 * and results are given in the pixels of the upright source.
 */
export interface Frame {
  readonly image: FrameImage;
  /** Size of the upright source, pixels. */
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  /** Gives back what the image holds beyond ordinary memory; idempotent. Absent where there is nothing to give back. */
  dispose?(): void;
}

/** What the pipeline asks of a decoder. */
export interface DecodeOptions {
  /**
   * Asks for a smaller image whose longer side is at least this long, pixels. Decoders of encoded pictures decode in full and then call
   * `shrinkImage` with the factor of `computeShrinkFactor`, so that every runtime gives the same pixels; others may ignore it.
   */
  readonly shrinkToSide?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Turns what a platform calls an image into a frame. */
export interface ImageDecoder<ImageInput> {
  /** @throws {FaceError} `IMAGE_INVALID`, `IMAGE_TOO_LARGE` or `IO_FAILED`. */
  decode(input: ImageInput, options?: DecodeOptions): Promise<Frame>;
}
