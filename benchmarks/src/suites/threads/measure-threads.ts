/** The grid of settings, measured in processes of their own. */

import { createRandom } from '@isoface/core/evaluation';
import type { PieceContext } from '../../run/suite.ts';
import { shuffle } from '../../shuffle.ts';
import { withLoadProcess } from '../concurrency/load-process.ts';
import { chooseFinalists, halveSettings } from './rank-settings.ts';
import type { ThreadSample, ThreadsPiece } from './thread-sample.ts';
import { describeSetting, type ThreadSetting } from './thread-setting.ts';

/** What is measured. */
export interface ThreadsOptions {
  readonly pack: string;
  readonly modelsDir?: string | undefined;
  readonly processors: readonly number[];
  /** The default first. */
  readonly settings: readonly [ThreadSetting, ...ThreadSetting[]];
  /** Rounds of the comparison at least, whatever they cost. */
  readonly minRounds: number;
}

/** So few settings are all compared from the start. */
const MAX_FINALISTS = 4;
const MAX_ROUNDS = 30;
/** Of the time: what choosing gets. */
const SELECT_SHARE = 0.55;
/** What a process takes to start, roughly; the settings of a grid are given equal windows that fit. */
const START_MS = 1500;
const MIN_WINDOW_MS = 250;
const MAX_WINDOW_MS = 1500;
const MIN_ANSWERS = 8;

/** Halves the grid until few settings are left, then compares those in rounds of random order. */
export async function measureThreads(options: ThreadsOptions, context: PieceContext): Promise<ThreadsPiece> {
  const { pack, processors, settings, minRounds } = options;
  const [defaultSetting] = settings;
  const random = createRandom(5);
  const samples: ThreadSample[] = [];
  let racing: readonly ThreadSetting[] = settings;
  let round = 0;

  const measureRound = async (phase: ThreadSample['phase'], windowMs: number): Promise<void> => {
    for (const setting of shuffle(racing, random)) {
      context.progress(`round ${round + 1} (${phase}), ${describeSetting(setting)}`);
      samples.push({ setting, round, phase, ...(await measureSetting(options, setting, windowMs, context.signal)) });
    }
    round++;
  };

  // Every halving round has half the settings of the one before: all together cost at most two times the first.
  const selectMs = context.timeLeftMs() * SELECT_SHARE;
  const selectUntil = performance.now() + selectMs;
  const windowMs = fitWindow(selectMs / (2 * settings.length));
  while (racing.length > MAX_FINALISTS) {
    await measureRound('select', windowMs);
    racing = halveSettings(samples, racing, defaultSetting);
    if (performance.now() > selectUntil) break;
  }
  if (samples.length > 0) racing = chooseFinalists(samples, racing, defaultSetting);

  const confirmWindowMs = fitWindow(context.timeLeftMs() / (2 * minRounds * racing.length));
  for (let confirmed = 0; confirmed < MAX_ROUNDS; confirmed++) {
    const started = performance.now();
    await measureRound('confirm', confirmWindowMs);
    if (confirmed + 1 >= minRounds && context.timeLeftMs() < performance.now() - started) break;
  }
  return { runtime: 'node-cpu', pack, processors, defaultSetting, samples };
}

/** Of the time for one process: starting it, and two windows. */
function fitWindow(milliseconds: number): number {
  return Math.min(MAX_WINDOW_MS, Math.max(MIN_WINDOW_MS, (milliseconds - START_MS) / 2));
}

async function measureSetting(
  { pack, modelsDir }: ThreadsOptions,
  { threads, intraOpThreads, spinning, processors }: ThreadSetting,
  milliseconds: number,
  signal: AbortSignal,
): Promise<Omit<ThreadSample, 'setting' | 'round' | 'phase'>> {
  const engine = { pack, modelsDir, executionProvider: 'cpu', threads, intraOpThreads, intraOpSpinning: spinning } as const;
  return withLoadProcess(engine, { signal, processors }, async (load) => {
    const single = await load.closedLoop({ callers: 1, milliseconds, minAnswers: MIN_ANSWERS });
    const loaded = await load.closedLoop({ callers: 2 * threads, milliseconds, minAnswers: MIN_ANSWERS * threads });
    return {
      throughput: loaded.throughput,
      cpuMs: loaded.cpuMs,
      latencyMs: single.latencyP50Ms,
      singleCpuMs: single.cpuMs,
      residentMiB: loaded.residentMiB,
      allThreadsMs: load.facts.allThreadsMs,
    };
  });
}
