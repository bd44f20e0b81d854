/** Which settings are worth more time. */

import { medianOf } from '../../statistics.ts';
import { CRITERIA, type Criterion, scoreOf, type ThreadSample } from './thread-sample.ts';
import { keyOfSetting, type ThreadSetting } from './thread-setting.ts';

/** Settings in the order of the median of a criterion, best first. */
export function rankSettings(samples: readonly ThreadSample[], criterion: Criterion): ThreadSetting[] {
  const groups = groupBySetting(samples);
  const scored = groups.map((group) => ({
    setting: (group[0] as ThreadSample).setting,
    score: medianOf(group.map((sample) => scoreOf(sample, criterion))),
  }));
  return scored.sort((a, b) => b.score - a.score).map(({ setting }) => setting);
}

/**
 * One step of successive halving (Jamieson and Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter Optimization", AISTATS 2016):
 * of the settings that were measured, the half that does best at what each of them is best at. The default always stays, for all is compared with it.
 *
 * @param samples - All so far; only the settings of the last round are still in the race.
 */
export function halveSettings(
  samples: readonly ThreadSample[],
  racing: readonly ThreadSetting[],
  fallback: ThreadSetting,
): ThreadSetting[] {
  const inRace = new Set(racing.map(keyOfSetting));
  const own = samples.filter(({ setting }) => inRace.has(keyOfSetting(setting)));
  const rankings = CRITERIA.map((criterion) => rankSettings(own, criterion).map(keyOfSetting));
  const bestRank = (setting: ThreadSetting): number => Math.min(...rankings.map((ranking) => ranking.indexOf(keyOfSetting(setting))));
  const kept = [...racing].sort((a, b) => bestRank(a) - bestRank(b)).slice(0, Math.ceil(racing.length / 2));
  return withDefault(kept, fallback);
}

/** The default, and the best at each criterion. */
export function chooseFinalists(
  samples: readonly ThreadSample[],
  racing: readonly ThreadSetting[],
  fallback: ThreadSetting,
): ThreadSetting[] {
  const inRace = new Set(racing.map(keyOfSetting));
  const own = samples.filter(({ setting }) => inRace.has(keyOfSetting(setting)));
  const best = CRITERIA.map((criterion) => rankSettings(own, criterion)[0]).filter((setting) => setting !== undefined);
  const unique = new Map(best.map((setting) => [keyOfSetting(setting), setting]));
  return withDefault(Array.from(unique.values()), fallback);
}

/** Samples of the same setting together, in the order in which settings first came. */
export function groupBySetting(samples: readonly ThreadSample[]): ThreadSample[][] {
  const groups = new Map<string, ThreadSample[]>();
  for (const sample of samples) {
    const key = keyOfSetting(sample.setting);
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  return Array.from(groups.values());
}

function withDefault(settings: readonly ThreadSetting[], fallback: ThreadSetting): ThreadSetting[] {
  const key = keyOfSetting(fallback);
  return settings.some((setting) => keyOfSetting(setting) === key) ? [...settings] : [fallback, ...settings];
}
