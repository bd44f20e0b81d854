/** The functions of the module; the caller decides what lies where in its memory. */

export { mixTwoRows, resampleRow, sumRows } from './resize';
export { warpPatch } from './warp';
