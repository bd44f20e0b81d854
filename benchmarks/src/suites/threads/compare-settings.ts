/** The default setting beside the best. */

import { bootstrapInterval, type Interval95 } from '../../bootstrap.ts';
import { medianOf } from '../../statistics.ts';
import { rankSettings } from './rank-settings.ts';
import { type Criterion, scoreOf, type ThreadSample } from './thread-sample.ts';
import { keyOfSetting, type ThreadSetting } from './thread-setting.ts';

/** A gain that counts: below it, no default is worth changing. */
const NOTABLE_GAIN = 0.05;
/** With fewer pairs an interval is little more than the range of the values, and too narrow to tell anything. */
const MIN_PAIRS = 5;

/** The best setting for one criterion. */
export interface BestSetting {
  readonly criterion: Criterion;
  readonly setting: ThreadSetting;
  /** How much better than the default: 0.1 is 10 % more answers, or as much less time. 0 for the default itself. */
  readonly gain: number;
  readonly gainCi95: Interval95;
  /** Rounds in which both were measured. */
  readonly pairs: number;
  /**
   * `default`: nothing is better. `noise`: the interval reaches to no gain at all. `slight`: better, but it may be by less than 5 %.
   * `notable`: better by more than 5 %, noise considered. `unclear`: too few pairs to tell.
   */
  readonly verdict: 'default' | 'noise' | 'slight' | 'notable' | 'unclear';
}

/** Finds the best setting among the confirmed ones, or nothing without samples of the default. */
export function findBestSetting(samples: readonly ThreadSample[], criterion: Criterion, fallback: ThreadSetting): BestSetting | undefined {
  const confirmed = samples.filter(({ phase }) => phase === 'confirm');
  const [best] = rankSettings(confirmed, criterion);
  const defaultKey = keyOfSetting(fallback);
  if (best === undefined || !confirmed.some(({ setting }) => keyOfSetting(setting) === defaultKey)) return undefined;
  const pairs = pairRounds(confirmed, best, fallback).map(([a, b]): readonly [number, number] => [
    scoreOf(a, criterion),
    scoreOf(b, criterion),
  ]);
  const gainOf = (drawn: readonly number[]): number =>
    medianOf(drawn.map((i) => pairs[i]?.[0] ?? Number.NaN)) / medianOf(drawn.map((i) => pairs[i]?.[1] ?? Number.NaN)) - 1;
  const gain = gainOf(pairs.map((_, i) => i));
  const gainCi95 = bootstrapInterval({ count: pairs.length, statistic: gainOf });
  const isDefault = keyOfSetting(best) === defaultKey;
  return {
    criterion,
    setting: best,
    gain: isDefault ? 0 : gain,
    gainCi95: isDefault ? [0, 0] : gainCi95,
    pairs: pairs.length,
    verdict: isDefault ? 'default' : judgeGain(gainCi95, pairs.length),
  };
}

function judgeGain([lower]: Interval95, pairs: number): BestSetting['verdict'] {
  if (pairs < MIN_PAIRS) return 'unclear';
  return lower > NOTABLE_GAIN ? 'notable' : lower > 0 ? 'slight' : 'noise';
}

/** Samples of the two settings that were measured in the same round: the machine was the same for both. */
function pairRounds(samples: readonly ThreadSample[], a: ThreadSetting, b: ThreadSetting): (readonly [ThreadSample, ThreadSample])[] {
  const of = (setting: ThreadSetting): ThreadSample[] => samples.filter((sample) => keyOfSetting(sample.setting) === keyOfSetting(setting));
  const others = of(b);
  return of(a).flatMap((sample) => {
    const other = others.find(({ round }) => round === sample.round);
    return other === undefined ? [] : [[sample, other] as const];
  });
}
