/** What the user chooses, and how it is kept. */

import type { EngineInfo, UnlockPolicy } from 'isoface';
import type { Texts } from '../text/texts.ts';

/** A level of liveness as it can be asked for. */
export type WantedLiveness = NonNullable<UnlockPolicy['liveness']>;

/** All choices but the language. */
export interface Settings {
  readonly pack: keyof Texts['settings']['packs'];
  readonly provider: keyof Texts['settings']['providers'];
  readonly fmr: number;
  readonly liveness: WantedLiveness;
  readonly injection: NonNullable<UnlockPolicy['injection']>;
  /** Whether boxes, landmarks and figures are shown over the picture of the camera. */
  readonly showOverlay: boolean;
}

/** What holds before anything is chosen: nothing to download, isoface's own rules. */
export const DEFAULT_SETTINGS: Settings = {
  pack: 'starter',
  provider: 'auto',
  fmr: 1e-3,
  liveness: 'best',
  injection: 'report',
  showOverlay: false,
};

/** The values of each choice, in the order in which they are offered. */
export const CHOICES = {
  pack: ['starter', 'standard'],
  provider: ['auto', 'wasm', 'webgpu'],
  liveness: ['best', 'passive+active', 'active', 'passive', 'none'],
  injection: ['report', 'refuse'],
} as const satisfies { readonly [K in keyof Settings]?: readonly Settings[K][] };

/** Reads what was kept; whatever is not a choice counts as not chosen. */
export function parseSettings(text: string | null): Settings {
  const kept = parseObject(text);
  const choose = <K extends keyof typeof CHOICES>(name: K): Settings[K] => {
    const values: readonly unknown[] = CHOICES[name];
    return values.includes(kept[name]) ? (kept[name] as Settings[K]) : DEFAULT_SETTINGS[name];
  };
  const { fmr, showOverlay } = kept;
  return {
    pack: choose('pack'),
    provider: choose('provider'),
    liveness: choose('liveness'),
    injection: choose('injection'),
    fmr: typeof fmr === 'number' && fmr > 0 && fmr < 1 ? fmr : DEFAULT_SETTINGS.fmr,
    showOverlay: typeof showOverlay === 'boolean' ? showOverlay : DEFAULT_SETTINGS.showOverlay,
  };
}

/** Whether another engine is needed. */
export function needsOtherEngine(before: Settings, after: Settings): boolean {
  return before.pack !== after.pack || before.provider !== after.provider;
}

/** False match rates for which the engine has a threshold, the most lenient first. */
export function listFmrs({ thresholds, flipAveraging }: Pick<EngineInfo, 'thresholds' | 'flipAveraging'>): readonly number[] {
  const rates = thresholds.filter((row) => row.flipAveraging === flipAveraging).map(({ fmr }) => fmr);
  return [...new Set(rates)].sort((a, b) => b - a);
}

/** Whether the engine can give this level. */
export function canCheck(level: WantedLiveness, { liveness }: Pick<EngineInfo, 'liveness'>): boolean {
  return !level.startsWith('passive') || (liveness.passive.length > 0 && liveness.thresholds.length > 0);
}

/** The rules of the face unlock. What this engine cannot do is left to isoface's defaults, which are not weaker than what was chosen. */
export function toPolicy(settings: Settings, info: Pick<EngineInfo, 'thresholds' | 'flipAveraging' | 'liveness'>): UnlockPolicy {
  const { fmr, liveness, injection } = settings;
  const offered = listFmrs(info);
  const strictEnough = offered.filter((rate) => rate <= fmr);
  return {
    fmr: strictEnough[0] ?? offered.at(-1),
    liveness: canCheck(liveness, info) ? liveness : 'best',
    injection,
  };
}

function parseObject(text: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
