/** IEEE 754 half precision, as raw 16-bit patterns: the platforms that isoface supports have no `Float16Array`. */
/** The number that a half-precision bit pattern stands for. Exact: every half is a double. */
export declare function fromFloat16Bits(bits: number): number;
/**
 * The half-precision bit pattern of a number that half precision represents exactly.
 *
 * @returns 16 bits, or `undefined` when the value would have to be rounded or is not a finite number.
 */
export declare function toExactFloat16Bits(value: number): number | undefined;
/**
 * Halves the storage of values when nothing is lost.
 *
 * @returns bit patterns in the order of `values`, or `undefined` when any value is not exactly representable.
 */
export declare function toExactFloat16Array(values: Float32Array): Uint16Array | undefined;
/** Widens half-precision bit patterns to float32. */
export declare function fromFloat16Array(bits: Uint16Array): Float32Array;
