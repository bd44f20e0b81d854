/** How the original libraries cut and shrink pictures: zeros around to a square, then TensorFlow's legacy bilinear resize. */
import type { RgbPicture } from './demo-photos.ts';
/** Integer pixels of a picture. */
export interface PixelRegion {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
}
/** The part of a box that lies in the picture, rounded down to whole pixels. */
export declare function clipBox({ x, y, width, height }: PixelRegion, picture: RgbPicture): PixelRegion;
/**
 * Cuts `region`, centres it in a square of zeros and resizes that (no half-pixel centres, no rounding, no smoothing).
 *
 * @returns planar RGB [3, size, size], 0..255
 */
export declare function squareResize(picture: RgbPicture, region: PixelRegion, size: number): Float32Array;
