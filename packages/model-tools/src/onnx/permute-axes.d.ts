/** Reorders the axes of constant tensors. */
/** A tensor with its axes in another order. */
export interface PermutedTensor<T> {
    readonly values: T;
    readonly dims: readonly number[];
}
/**
 * Copies a row-major tensor with its axes in another order.
 *
 * @param dims - dimensions of `values`
 * @param order - for each axis of the result, the axis of `values` it comes from
 * @returns the permuted values and their dimensions
 *
 * @example
 * permuteAxes(filters, [3, 3, 16, 32], [3, 2, 0, 1]); // HWIO -> OIHW, dims [32, 16, 3, 3]
 */
export declare function permuteAxes(values: Float32Array, dims: readonly number[], order: readonly number[]): PermutedTensor<Float32Array>;
export declare function permuteAxes(values: Uint8Array, dims: readonly number[], order: readonly number[]): PermutedTensor<Uint8Array>;
