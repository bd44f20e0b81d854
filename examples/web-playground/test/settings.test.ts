import { describe, expect, it } from 'vitest';
import { describeDecision, readWanted, settleDecision } from '../src/decision/settle-decision.ts';
import { readEngineSettings, toEngineOptions } from '../src/settings/engine-settings.ts';

const fields = (values: Readonly<Record<string, string>>): FormData => {
  const data = new FormData();
  for (const [name, value] of Object.entries(values)) data.set(name, value);
  return data;
};
const row = (fmr: number, threshold: number, flipAveraging = false) => ({
  fmr,
  threshold,
  flipAveraging,
  ci95: [fmr, fmr] as const,
  dataset: 'made up',
  pairs: 1,
});
const info = { thresholds: [row(1e-2, 0.4), row(1e-4, 0.6), row(1e-4, 0.65, true)], flipAveraging: false };

describe('settings', () => {
  it.each([
    [
      { pack: 'starter', provider: 'auto', detectionSize: '' },
      { pack: 'starter', provider: 'auto', detectionSize: undefined, flipAveraging: false },
    ],
    [
      { pack: 'standard', provider: 'wasm', detectionSize: '640', flipAveraging: 'on' },
      { pack: 'standard', provider: 'wasm', detectionSize: 640, flipAveraging: true },
    ],
    // What another pack offered does not go along to this one.
    [
      { pack: 'starter', provider: 'webgpu', detectionSize: '640' },
      { pack: 'starter', provider: 'webgpu', detectionSize: undefined, flipAveraging: false },
    ],
    [
      { pack: 'standard', provider: 'abacus', detectionSize: '7' },
      { pack: 'standard', provider: 'auto', detectionSize: undefined, flipAveraging: false },
    ],
  ])('reads %j', (values, settings) => expect(readEngineSettings(fields(values))).toEqual(settings));

  it('passes them on by the names of isoface', () => {
    const settings = { pack: 'standard', provider: 'wasm', detectionSize: 640, flipAveraging: true } as const;
    expect(toEngineOptions(settings, 'http://here/models/')).toEqual({
      pack: 'standard',
      executionProviders: 'wasm',
      detectionSize: 640,
      flipAveraging: true,
      modelBase: 'http://here/models/',
    });
  });

  it.each([
    [{ fmr: '1e-3' }, { fmr: 1e-3 }],
    [{ fmr: 'own', threshold: ' 0.25 ' }, { threshold: 0.25 }],
    [{ fmr: 'own', threshold: '' }, { threshold: Number.NaN }],
  ])('wants %j', (values, wanted) => expect(readWanted(fields(values))).toEqual(wanted));

  it('takes the threshold of the pack, between two rates as well, and that of flip averaging only with it', () => {
    expect(settleDecision(info, { fmr: 1e-4 })).toEqual({ threshold: 0.6, fmr: 1e-4 });
    expect(settleDecision(info, { fmr: 1e-3 }).threshold).toBeCloseTo(0.5, 12);
    expect(settleDecision({ ...info, flipAveraging: true }, { fmr: 1e-4 }).threshold).toBe(0.65);
    expect(settleDecision({ thresholds: [], flipAveraging: false }, { threshold: -0.1 })).toEqual({ threshold: -0.1 });
  });

  it('refuses a rate without calibration, and a threshold that is none', () => {
    expect(() => settleDecision(info, { fmr: 1e-5 })).toThrow(expect.objectContaining({ code: 'THRESHOLD_UNAVAILABLE' }));
    for (const threshold of [1.01, -1.01, Number.NaN])
      expect(() => settleDecision(info, { threshold })).toThrow('Enter a threshold from -1 to 1');
  });

  it('says what a decision means', () => {
    expect(describeDecision({ threshold: 0.9405, fmr: 1e-4 })).toBe(
      'Match from a similarity of 0.9405: 1 in 10,000 pairs of strangers reaches it.',
    );
    expect(describeDecision({ threshold: 0.5 })).toBe('Match from a similarity of 0.5000: a threshold of your own.');
  });
});
