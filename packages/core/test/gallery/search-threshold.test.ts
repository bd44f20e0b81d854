import type { CalibratedSearchThreshold, CalibratedThreshold } from '@isoface/core';
import { type SearchCalibration, type SearchDecision, selectSearchThreshold } from '@isoface/core/gallery';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const row = (fmr: number, threshold: number): CalibratedThreshold => ({
  fmr,
  threshold,
  ci95: [0, 1],
  flipAveraging: false,
  dataset: 'none',
  pairs: 1,
});
const search = (fpir: number, threshold: number, gallerySize: number): CalibratedSearchThreshold => ({
  fpir,
  threshold,
  ci95: [0, 1],
  gallerySize,
  flipAveraging: false,
  dataset: 'none',
  probes: 1,
});
/** As of a pack with both calibrations: a comparison at 0.1 of 1,000 people has rate 1.05e-4, at 0.01 of them 1.005e-5. */
const CALIBRATION: SearchCalibration = {
  thresholds: [row(1e-2, 0.5), row(1e-3, 0.6), row(1e-4, 0.7), row(1e-5, 0.78)],
  searchThresholds: [search(0.1, 0.69, 1_000), search(0.01, 0.77, 1_000)],
  flipAveraging: false,
  pack: 'test',
};

describe('threshold of a search', () => {
  it.each<[string, number, number, SearchDecision['basis'], number]>([
    ['what was measured', 0.01, 1_000, 'calibrated', 0.77],
    ['what was measured, at another rate', 0.1, 1_000, 'calibrated', 0.69],
    ['a gallery of about the measured size', 0.03, 1_100, 'calibrated', 0.7355],
    // A tenth of the size at a tenth of the rate, nearly: the rates of a comparison are 1.005e-4 and 1.054e-4.
    ['a smaller gallery at a lower rate', 0.01, 100, 'scaled', 0.6916],
    ['a larger gallery', 0.1, 5_000, 'scaled', 0.7448],
    ['a small gallery', 0.01, 10, 'comparisons', 0.5998],
    ['one person', 0.01, 1, 'comparisons', 0.5],
    ['nobody', 0.01, 0, 'comparisons', 0.5],
    ['a rate above all that was measured', 0.5, 1, 'comparisons', 0.5],
    ['a larger gallery than can be scaled', 0.01, 10_000, 'extrapolated', 0.8484],
  ])('for %s', (_, fpir, size, basis, threshold) => {
    const decision = selectSearchThreshold(CALIBRATION, fpir, size);
    expect(decision).toMatchObject({ fpir, gallerySize: size, basis });
    expect(decision.threshold).toBeCloseTo(threshold, 3);
  });

  it('never falls when the gallery grows or the rate falls', () => {
    const size = fc.integer({ min: 1, max: 100_000 });
    const rate = fc.double({ min: 0.005, max: 0.3, noNaN: true });
    fc.assert(
      fc.property(size, size, rate, rate, (sizeA, sizeB, rateA, rateB) => {
        const easy = selectSearchThreshold(CALIBRATION, Math.max(rateA, rateB), Math.min(sizeA, sizeB));
        const hard = selectSearchThreshold(CALIBRATION, Math.min(rateA, rateB), Math.max(sizeA, sizeB));
        expect(hard.threshold).toBeGreaterThanOrEqual(easy.threshold - 1e-12);
      }),
    );
  });

  it.each([
    ['no calibration', { ...CALIBRATION, thresholds: [], searchThresholds: [] }, 0.01, 10],
    ['a calibration for averaged embeddings alone', { ...CALIBRATION, flipAveraging: true }, 0.01, 10],
    ['a rate far below what was measured', CALIBRATION, 1e-6, 100_000],
  ])('is refused for %s', (_, calibration, fpir, size) => {
    expect(() => selectSearchThreshold(calibration, fpir, size)).toThrow(expect.objectContaining({ code: 'THRESHOLD_UNAVAILABLE' }));
  });

  it.each([0, 1, -0.1, Number.NaN])('is refused for FPIR %s', (fpir) => {
    expect(() => selectSearchThreshold(CALIBRATION, fpir, 10)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  it('works with comparisons alone', () => {
    const alone = { ...CALIBRATION, searchThresholds: undefined };
    expect(selectSearchThreshold(alone, 0.01, 100)).toMatchObject({ basis: 'comparisons' });
    expect(selectSearchThreshold(alone, 0.01, 100_000)).toMatchObject({ basis: 'extrapolated' });
  });
});
