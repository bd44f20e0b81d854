/** Ranges of the values inside a network. */

/** How a range is chosen from what was measured. */
export type RangeMethod = 'minMax' | 'percentile' | 'mse';

/** Smallest and largest number to be stored exactly enough, by value name. */
export type ActivationRanges = ReadonlyMap<string, readonly [min: number, max: number]>;
