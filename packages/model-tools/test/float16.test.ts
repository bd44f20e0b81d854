import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromFloat16Array, fromFloat16Bits, toExactFloat16Array, toExactFloat16Bits, toRoundedFloat16Array } from '../src/onnx/float16.ts';

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

  it.each([
    ['what is exact stays', 1.5, 0x3e00],
    ['halfway goes to the even one, down', 1 + 2 ** -11, 0x3c00],
    ['halfway goes to the even one, up', 1 + 3 * 2 ** -11, 0x3c02],
    ['beyond halfway goes up', 1 + 2 ** -11 + 2 ** -20, 0x3c01],
    ['carries into the exponent', 2 - 2 ** -12, 0x4000],
    ['largest', 65519.99, 0x7bff],
    ['overflows', 65520, undefined],
    ['smallest', 2 ** -24, 0x0001],
    ['half the smallest vanishes', 2 ** -25, 0],
    ['just above does not', 2 ** -25 * 1.001, 0x0001],
    ['grows from subnormal to normal', 2 ** -14 - 2 ** -26, 0x0400],
    ['minus zero', -0, 0x8000],
    ['negative', -1 - 2 ** -11, 0xbc00],
  ])('rounds: %s', (_, value, bits) => {
    expect(toRoundedFloat16Array(Float32Array.of(value))?.[0]).toBe(bits);
  });

  it('rounds to the nearest half', () => {
    fc.assert(
      fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), (value) => {
        const bits = toRoundedFloat16Array(Float32Array.of(value))?.[0] ?? Number.NaN;
        const error = Math.abs(fromFloat16Bits(bits) - value);
        for (const neighbour of [bits - 1, bits + 1]) {
          const other = fromFloat16Bits(neighbour & 0xffff);
          if (Number.isFinite(other)) expect(Math.abs(other - value)).toBeGreaterThanOrEqual(error);
        }
      }),
    );
  });

  it('leaves every half as it is', () => {
    const halves = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits).filter((bits) => Number.isFinite(fromFloat16Bits(bits)));
    expect(toRoundedFloat16Array(fromFloat16Array(halves))).toEqual(halves);
  });

  it('gives up on arrays with values that are too large or not finite', () => {
    expect(toRoundedFloat16Array(Float32Array.of(1, 70_000))).toBeUndefined();
    expect(toRoundedFloat16Array(Float32Array.of(1, Number.NaN))).toBeUndefined();
    expect(toRoundedFloat16Array(Float32Array.of(0.1))).toEqual(Uint16Array.of(0x2e66));
  });
});
