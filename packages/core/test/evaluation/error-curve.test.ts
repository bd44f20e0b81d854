import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { computeErrorCurve, type ErrorCurve, thinErrorCurve } from '../../src/evaluation/error-curve.ts';
import { createRandom } from '../../src/evaluation/random.ts';
import { arbitraryScores, countRates, toScores } from './arbitrary-scores.ts';
import golden from './golden/verification.json';

const toPoints = ({ thresholds, fmr, fnmr }: ErrorCurve) => Array.from(thresholds, (threshold, i) => [threshold, fmr[i], fnmr[i]]);

describe('error curve', () => {
  it.each([
    {
      name: 'two classes that overlap and share a score',
      scores: toScores([0.9, 0.5, 0.5, 0.7], [0.1, 0.5]),
      points: [
        [0.1, 1, 0],
        [0.5, 0.5, 0],
        [0.7, 0, 0.5],
        [0.9, 0, 0.75],
        [0.9 + Number.EPSILON / 2, 0, 1],
      ],
    },
    {
      name: 'equal scores only',
      scores: toScores([0, 0], [0, 0, -0]),
      points: [
        [0, 1, 0],
        [Number.MIN_VALUE, 0, 1],
      ],
    },
    {
      name: 'one score each, upside down',
      scores: toScores([-1], [1]),
      points: [
        [-1, 1, 0],
        [1, 1, 1],
        [1 + Number.EPSILON, 0, 1],
      ],
    },
  ])('has the points counted by hand: $name', ({ scores, points }) => {
    // Adding 0 makes one zero of both, which are one threshold.
    expect(toPoints(computeErrorCurve(scores)).map((point) => point.map((value) => (value ?? Number.NaN) + 0))).toEqual(points);
  });

  it('has for each distinct score the rates that the definition gives', () => {
    fc.assert(
      fc.property(arbitraryScores, (scores) => {
        const { thresholds, fmr, fnmr } = computeErrorCurve(scores);
        const distinct = new Set([...scores.genuine, ...scores.impostor].map((score) => score + 0));
        expect(Array.from(thresholds.subarray(0, -1), (threshold) => threshold + 0)).toEqual([...distinct].sort((a, b) => a - b));
        expect(thresholds.at(-1)).toBeGreaterThan(thresholds.at(-2) ?? Number.NaN);
        thresholds.forEach((threshold, i) => {
          expect({ fmr: fmr[i], fnmr: fnmr[i] }).toEqual(countRates(scores, threshold));
        });
      }),
    );
  });

  it.each(golden.curves)('agrees with scikit-learn: $name', ({ genuine, impostor, roc, det }) => {
    const { thresholds, fmr, fnmr } = computeErrorCurve(toScores(genuine, impostor));
    const at = (threshold: number) => thresholds.indexOf(threshold);
    expect(roc.thresholds.length).toBe(thresholds.length - 1);
    // The same whole numbers are divided; 1 - tpr rounds once more.
    roc.thresholds.forEach((threshold, i) => {
      expect(fmr[at(threshold)]).toBeCloseTo(roc.fpr[i] ?? Number.NaN, 14);
      expect(fnmr[at(threshold)]).toBeCloseTo(1 - (roc.tpr[i] ?? Number.NaN), 14);
    });
    expect(det.thresholds.length).toBeGreaterThan(5);
    det.thresholds.forEach((threshold, i) => {
      expect(fmr[at(threshold)]).toBeCloseTo(det.fpr[i] ?? Number.NaN, 14);
      expect(fnmr[at(threshold)]).toBeCloseTo(det.fnr[i] ?? Number.NaN, 14);
    });
  });
});

describe('thinned error curve', () => {
  const random = createRandom(1);
  const bell = (mean: number) => mean + random() + random() + random() - 1.5;
  const full = computeErrorCurve({
    genuine: Float64Array.from({ length: 1000 }, () => bell(0.8)),
    impostor: Float64Array.from({ length: 20_000 }, () => bell(0)),
  });

  it('keeps points of the curve in order, both ends, and no more than asked for', () => {
    fc.assert(
      fc.property(arbitraryScores, fc.integer({ min: 2, max: 70 }), (scores, maxPoints) => {
        const curve = computeErrorCurve(scores);
        const thin = thinErrorCurve(curve, maxPoints);
        expect(thin.thresholds.length).toBeLessThanOrEqual(maxPoints);
        const points = toPoints(curve).map((point) => point.join());
        const indices = toPoints(thin).map((point) => points.indexOf(point.join()));
        expect(indices[0]).toBe(0);
        expect(indices.at(-1)).toBe(points.length - 1);
        expect(indices.every((index, i) => i === 0 || index > (indices[i - 1] ?? Number.NaN))).toBe(true);
      }),
    );
  });

  it('leaves a curve alone that is short enough', () => {
    expect(thinErrorCurve(full, full.fmr.length)).toBe(full);
  });

  it('keeps the tails on logarithmic axes', () => {
    const thin = thinErrorCurve(full, 400);
    const decades = [1e-4, 1e-3, 1e-2, 1e-1];
    const countIn = (rates: Float64Array, decade: number) => rates.filter((rate) => rate >= decade && rate < 10 * decade).length;
    // 200 pieces over less than 40 units of the logit, one decade being 2.3 of them: at least 11 pieces where there are so many points.
    for (const decade of decades) expect(countIn(thin.fmr, decade)).toBeGreaterThanOrEqual(Math.min(11, countIn(full.fmr, decade)));
  });

  it('keeps every point next to a jump that is longer than a piece', () => {
    // The smallest rates of a tail double from point to point.
    const thin = thinErrorCurve(full, 200);
    for (const falseMatches of [0, 1, 2, 3]) expect([...thin.fmr]).toContain(falseMatches / 20_000);
  });

  it.each([1, 0, Number.NaN])('refuses %s points', (maxPoints) => {
    expect(() => thinErrorCurve(full, maxPoints)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
