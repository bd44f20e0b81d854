/** How float32 values become 8-bit integers: value = (integer - zeroPoint) * scale. */

/** Parameters of one value. */
export interface Uint8Scale {
  /** Step between two neighbouring integers; positive, a float32. */
  readonly scale: number;
  /** The integer that stands for 0, in 0..255. */
  readonly zeroPoint: number;
}

const LEVELS = 255;
/** Below, the reciprocal of a scale would not be a float32 any more. */
const SMALLEST_SCALE = 2 ** -120;

/**
 * Parameters with which 0..255 spans a range. The range is widened to hold 0, which must be exact: padding and ReLU depend on it.
 * Values of the range are reproduced to half a step.
 */
export function computeUint8Scale([min, max]: readonly [min: number, max: number]): Uint8Scale {
  const low = Math.min(min, 0);
  const high = Math.max(max, 0);
  if (low === high) return { scale: 1, zeroPoint: 0 };
  const scale = roundUp(Math.max((high - low) / LEVELS, SMALLEST_SCALE));
  return { scale, zeroPoint: Math.min(LEVELS, Math.max(0, roundHalfEven(-low / scale))) };
}

/** What is left of a value after it was stored as an integer. */
export function throughUint8(value: number, { scale, zeroPoint }: Uint8Scale): number {
  const integer = Math.min(LEVELS, Math.max(0, roundHalfEven(value / scale) + zeroPoint));
  return (integer - zeroPoint) * scale;
}

/** Rounds as ONNX does: to the nearest integer, halves to the even one. */
export function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** The next float32 that is not smaller, so that the range never shrinks by rounding. */
function roundUp(value: number): number {
  const rounded = Math.fround(value);
  return rounded >= value ? rounded : Math.fround(value * (1 + 2 ** -23));
}
