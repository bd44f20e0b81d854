import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filterOneEuro, type OneEuroState } from '../../src/track/one-euro.ts';

const FRAME_MS = 1000 / 30;

/** Feeds frames into the filter and returns the state after each. */
function run(frames: readonly (readonly number[])[], unit = 100, stepMs = FRAME_MS): OneEuroState[] {
  const states: OneEuroState[] = [];
  for (const values of frames) states.push(filterOneEuro(states.at(-1), values, stepMs, { unit }));
  return states;
}

const finite = fc.double({ min: -1e4, max: 1e4, noNaN: true, noDefaultInfinity: true });
const step = fc.double({ min: 0.1, max: 5000, noNaN: true });

describe('One Euro filter', () => {
  it('gives the first values as they are', () => {
    expect(Array.from(run([[3, -7]])[0]?.values ?? [])).toEqual([3, -7]);
  });

  it('starts anew when the number of values changes', () => {
    const [, second] = run([[1, 2], [9]]);
    expect(Array.from(second?.values ?? [])).toEqual([9]);
  });

  it('gives no NaN, and nothing outside of what came in', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(finite, step), { minLength: 1, maxLength: 40 }), (frames) => {
        let state: OneEuroState | undefined;
        for (const [value, stepMs] of frames) state = filterOneEuro(state, [value], stepMs, { unit: 50 });
        const values = frames.map(([value]) => value);
        const filtered = state?.values[0] ?? Number.NaN;
        // Rounding of sums of numbers up to 1e4.
        expect(filtered).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
        expect(filtered).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
      }),
    );
  });

  it('comes to rest at a value that stays', () => {
    fc.assert(
      fc.property(finite, finite, (from, to) => {
        const frames = [[from], ...Array.from({ length: 120 }, () => [to])];
        const last = run(frames).at(-1)?.values[0] ?? Number.NaN;
        // Four seconds at a cutoff of at least 1.5 Hz leave less than e^-24 of the jump, with frames of 1/30 s about 1e-14.
        expect(Math.abs(last - to)).toBeLessThanOrEqual(1e-9 * Math.abs(from - to) + 1e-9);
      }),
    );
  });

  it('takes most of the trembling away from a face at rest', () => {
    // Alternating by one per cent of the unit: the worst trembling there is.
    const frames = Array.from({ length: 90 }, (_, i) => [i % 2 === 0 ? 99.5 : 100.5]);
    const settled = run(frames)
      .slice(30)
      .map(({ values }) => values[0] ?? 0);
    expect(Math.max(...settled) - Math.min(...settled)).toBeLessThan(0.4);
  });

  it('lags behind a steady motion by no more than it promises', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 3000, noNaN: true }), fc.double({ min: 10, max: 500, noNaN: true }), (speed, unit) => {
        const frames = Array.from({ length: 150 }, (_, i) => [(speed * i * FRAME_MS) / 1000]);
        const state = run(frames, unit).at(-1);
        const lag = (frames.at(-1)?.[0] ?? 0) - (state?.values[0] ?? 0);
        expect(lag).toBeGreaterThanOrEqual(0);
        // A thousandth more: after five seconds the speed has settled to within e^-5 times the step response of the frames.
        expect(lag).toBeLessThanOrEqual((unit / (2 * Math.PI * 8)) * 1.001);
      }),
    );
  });

  it('filters a face twice as large in the same way', () => {
    const frames = [[0], [3], [9], [4], [4.5]];
    const small = run(frames, 50).map(({ values }) => values[0] ?? 0);
    const large = run(
      frames.map(([value = 0]) => [2 * value]),
      100,
    ).map(({ values }) => values[0] ?? 0);
    for (const [i, value] of small.entries()) expect(large[i]).toBeCloseTo(2 * value, 10);
  });

  it('changes neither the state nor the values it is given', () => {
    const values = [1, 2];
    const state = filterOneEuro(undefined, values, FRAME_MS, { unit: 10 });
    const before = structuredClone(state);
    filterOneEuro(state, [5, 6], FRAME_MS, { unit: 10 });
    expect(state).toEqual(before);
    expect(values).toEqual([1, 2]);
  });
});
