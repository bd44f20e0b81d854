import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { permuteAxes } from '../src/onnx/permute-axes.ts';

describe('permuteAxes', () => {
  it('turns HWIO filters into OIHW', () => {
    const filters = Uint8Array.from({ length: 24 }, (_, index) => index);
    const { values, dims } = permuteAxes(filters, [1, 2, 3, 4], [3, 2, 0, 1]);
    expect(dims).toEqual([4, 3, 1, 2]);
    expect(Array.from(values.subarray(0, 6))).toEqual([0, 12, 4, 16, 8, 20]);
  });

  it('is undone by the inverse order and writes nothing to its input', () => {
    const dims = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
    const cases = dims.chain((sizes) => fc.tuple(fc.constant(sizes), fc.shuffledSubarray([...sizes.keys()], { minLength: sizes.length })));
    fc.assert(
      fc.property(cases, ([sizes, order]) => {
        // A Buffer, because its `slice` shares memory where that of other arrays copies.
        const values = Buffer.from(Array.from({ length: sizes.reduce((a, b) => a * b, 1) }, (_, index) => index));
        const original = Array.from(values);
        const permuted = permuteAxes(values, sizes, order);
        const inverse = order.map((_, axis) => order.indexOf(axis));
        expect(Array.from(permuteAxes(permuted.values, permuted.dims, inverse).values)).toEqual(original);
        expect(Array.from(values)).toEqual(original);
      }),
    );
  });
});
