/** How face-api.js turns the output of its landmark network into picture coordinates. */
import type { PixelRegion } from './square-resize.ts';
/**
 * Decodes 68 x, y pairs that are relative to the padded square.
 *
 * @param crop - region that was cut from the picture
 * @param origin - what is added at the end; the original takes the unclipped, unrounded box here instead of the crop
 */
export declare function decodeOriginalLandmarks(output: Float32Array, crop: PixelRegion, origin: {
    readonly x: number;
    readonly y: number;
}): (readonly [number, number])[];
