/** Which settings are tried. */

import { keyOfSetting, type ThreadSetting } from './thread-setting.ts';

/** What the grid follows from. */
export interface GridOptions {
  /** The processors that this process may use, by number. */
  readonly processors: readonly number[];
  /** Threads of the pool by default. */
  readonly defaultThreads: number;
  /** Whether processes can be bound to processors. */
  readonly canBind: boolean;
  readonly quick: boolean;
}

/** More threads than so many times the processors only wait for each other. */
const MAX_OVERSUBSCRIPTION = 4;

/** Beside the default: starting a process takes longer than measuring it. */
const QUICK_SETTINGS: readonly ThreadSetting[] = [
  { threads: 1, intraOpThreads: 1, spinning: false },
  { threads: 1, intraOpThreads: 2, spinning: true },
];

/** The setting of an engine without options. */
export function defaultSetting(defaultThreads: number): ThreadSetting {
  return { threads: defaultThreads, intraOpThreads: 1, spinning: false };
}

/** All settings, the default first. A single thread inside a run has nobody to wait for, so there is nothing to spin. */
export function listSettings({ processors, defaultThreads, canBind, quick }: GridOptions): ThreadSetting[] {
  const count = processors.length;
  const free = quick ? QUICK_SETTINGS : listFor([1, 2, 4, count, defaultThreads], [1, 2], count);
  const bound = canBind && !quick ? listMasks(processors).flatMap((mask) => boundSettings(mask)) : [];
  const all = new Map([defaultSetting(defaultThreads), ...free, ...bound].map((setting) => [keyOfSetting(setting), setting]));
  return Array.from(all.values());
}

function listFor(threads: readonly number[], intraOpThreads: readonly number[], processors: number): ThreadSetting[] {
  return Array.from(new Set(threads)).flatMap((pool) =>
    intraOpThreads
      .filter((inside) => pool * inside <= MAX_OVERSUBSCRIPTION * processors)
      .flatMap((inside) =>
        (inside === 1 ? [false] : [false, true]).map((spinning) => ({ threads: pool, intraOpThreads: inside, spinning })),
      ),
  );
}

/** Within a part of the processors: as many threads as it has, one, and twice as many; inside a run no more than it has. */
function boundSettings(mask: readonly number[]): ThreadSetting[] {
  const size = mask.length;
  const inside = size === 1 ? [1] : [1, 2];
  return listFor([1, size, 2 * size], inside, size).map((setting) => ({ ...setting, processors: mask.join(',') }));
}

/** The first processor alone, and each half; of two processors the halves are single ones. */
function listMasks(processors: readonly number[]): (readonly number[])[] {
  if (processors.length < 2) return [];
  const half = Math.floor(processors.length / 2);
  const masks = [processors.slice(0, 1), processors.slice(0, half), processors.slice(half)];
  return Array.from(new Map(masks.map((mask) => [mask.join(','), mask])).values());
}
