import type { EngineInfo } from 'isoface';
import { describe, expect, it } from 'vitest';
import {
  canCheck,
  DEFAULT_SETTINGS,
  listFmrs,
  needsOtherEngine,
  parseSettings,
  type Settings,
  toPolicy,
} from '../src/settings/settings.ts';

type Info = Pick<EngineInfo, 'thresholds' | 'flipAveraging' | 'liveness'>;

const row = (fmr: number, flipAveraging = false) => ({
  fmr,
  flipAveraging,
  threshold: 0.5,
  ci95: [0, 1] as const,
  dataset: 'none',
  pairs: 1,
});
const WITHOUT_PASSIVE: Info = {
  flipAveraging: false,
  thresholds: [row(1e-4), row(1e-2), row(1e-3), row(1e-5, true)],
  liveness: { passive: [], landmarks: 'mesh468', thresholds: [] },
};
const WITH_PASSIVE: Info = {
  ...WITHOUT_PASSIVE,
  liveness: { ...WITHOUT_PASSIVE.liveness, passive: ['a'], thresholds: [{} as never] },
};

describe('kept settings', () => {
  it('come back as they were kept', () => {
    const chosen: Settings = {
      pack: 'standard',
      provider: 'wasm',
      fmr: 1e-4,
      liveness: 'active',
      injection: 'refuse',
      showOverlay: true,
    };
    expect(parseSettings(JSON.stringify(chosen))).toEqual(chosen);
  });

  it.each([
    null,
    '',
    '{',
    '3',
    'null',
    '[]',
    '{"pack":"other","provider":1,"fmr":0,"liveness":"all","injection":null,"showOverlay":"yes"}',
    '{"fmr":1}',
    '{"fmr":"1e-4"}',
  ])('that are none (%s) count as not chosen', (text) => expect(parseSettings(text)).toEqual(DEFAULT_SETTINGS));

  it('need another engine for other models only', () => {
    expect(needsOtherEngine(DEFAULT_SETTINGS, { ...DEFAULT_SETTINGS, fmr: 1e-4, liveness: 'none', showOverlay: true })).toBe(false);
    expect(needsOtherEngine(DEFAULT_SETTINGS, { ...DEFAULT_SETTINGS, pack: 'standard' })).toBe(true);
    expect(needsOtherEngine(DEFAULT_SETTINGS, { ...DEFAULT_SETTINGS, provider: 'wasm' })).toBe(true);
  });
});

describe('policy', () => {
  it('offers the rates that were calibrated for how faces are embedded', () => {
    expect(listFmrs(WITHOUT_PASSIVE)).toEqual([1e-2, 1e-3, 1e-4]);
    expect(listFmrs({ ...WITHOUT_PASSIVE, flipAveraging: true })).toEqual([1e-5]);
  });

  it.each([
    [1e-3, 1e-3],
    [5e-3, 1e-3],
    [1e-6, 1e-4],
    [0.5, 1e-2],
  ])('takes for the wish %d the rate %d: the nearest that is as strict, else the strictest', (fmr, taken) => {
    expect(toPolicy({ ...DEFAULT_SETTINGS, fmr }, WITHOUT_PASSIVE).fmr).toBe(taken);
  });

  it('asks for no passive check where there are no passive models, and for no less than the rest', () => {
    for (const liveness of ['passive', 'passive+active'] as const) {
      expect(canCheck(liveness, WITHOUT_PASSIVE)).toBe(false);
      expect(toPolicy({ ...DEFAULT_SETTINGS, liveness }, WITHOUT_PASSIVE).liveness).toBe('best');
      expect(toPolicy({ ...DEFAULT_SETTINGS, liveness }, WITH_PASSIVE).liveness).toBe(liveness);
    }
    for (const liveness of ['none', 'active', 'best'] as const) {
      expect(toPolicy({ ...DEFAULT_SETTINGS, liveness }, WITHOUT_PASSIVE).liveness).toBe(liveness);
    }
  });
});
