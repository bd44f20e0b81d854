import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromFloat16Array, fromFloat16Bits, toExactFloat16Array, toExactFloat16Bits } from '../src/onnx/float16.ts';

describe('half precision', () => {
  it('survives the way to a number and back, for every finite bit pattern', () => {
    for (let bits = 0; bits < 0x10000; bits += 1) {
      const value = fromFloat16Bits(bits);
      if (Number.isFinite(value)) expect(toExactFloat16Bits(value)).toBe(bits);
      else expect(toExactFloat16Bits(value)).toBeUndefined();
    }
  });

  it.each([
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x0400, 2 ** -14],
    [0x0001, 2 ** -24],
    [0x8000, -0],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0x7e00, Number.NaN],
  ])('reads %i as %d', (bits, value) => {
    expect(fromFloat16Bits(bits)).toBe(value);
  });

  it.each([0.1, 65505, 65536, 2 ** -25, 1 + 2 ** -11, Number.MAX_VALUE, Number.MIN_VALUE])('does not round %d', (value) => {
    expect(toExactFloat16Bits(value)).toBeUndefined();
  });

  it('never changes a value that it stores', () => {
    fc.assert(
      fc.property(fc.float32Array(), (values) => {
        const halves = toExactFloat16Array(values);
        if (halves !== undefined) expect(fromFloat16Array(halves)).toEqual(values);
      }),
    );
  });
});
