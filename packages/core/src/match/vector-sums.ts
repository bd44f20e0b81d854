/**
 * The sums behind similarities. Verification, galleries and measurements all use these: a threshold that was measured lies within one rounding of a
 * score, so the order of additions decides.
 *
 * Both keep four sums: one alone would make each addition wait for the one before. They are declared one by one: from an array pattern, V8 boxes them at
 * each step, which takes 2.5 times as long.
 */

/** Sum of the products of `length` numbers of `a` from `aFrom` on with those of `b` from `bFrom` on. */
export function sumProducts(a: Float32Array, aFrom: number, b: Float32Array, bFrom: number, length: number): number {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let k = 0;
  for (; k + 3 < length; k += 4) {
    sum0 += (a[aFrom + k] as number) * (b[bFrom + k] as number);
    sum1 += (a[aFrom + k + 1] as number) * (b[bFrom + k + 1] as number);
    sum2 += (a[aFrom + k + 2] as number) * (b[bFrom + k + 2] as number);
    sum3 += (a[aFrom + k + 3] as number) * (b[bFrom + k + 3] as number);
  }
  for (; k < length; k++) sum0 += (a[aFrom + k] as number) * (b[bFrom + k] as number);
  return sum0 + sum1 + (sum2 + sum3);
}

/** Sum of the squared differences of the same numbers. */
export function sumSquaredDifferences(a: Float32Array, aFrom: number, b: Float32Array, bFrom: number, length: number): number {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let k = 0;
  for (; k + 3 < length; k += 4) {
    const d0 = (a[aFrom + k] as number) - (b[bFrom + k] as number);
    const d1 = (a[aFrom + k + 1] as number) - (b[bFrom + k + 1] as number);
    const d2 = (a[aFrom + k + 2] as number) - (b[bFrom + k + 2] as number);
    const d3 = (a[aFrom + k + 3] as number) - (b[bFrom + k + 3] as number);
    sum0 += d0 * d0;
    sum1 += d1 * d1;
    sum2 += d2 * d2;
    sum3 += d3 * d3;
  }
  for (; k < length; k++) {
    const d = (a[aFrom + k] as number) - (b[bFrom + k] as number);
    sum0 += d * d;
  }
  return sum0 + sum1 + (sum2 + sum3);
}
