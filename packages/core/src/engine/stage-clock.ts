/** Stage times as data. */

import type { StageTimings } from './analysis.ts';

/** Milliseconds since any fixed moment. */
export type Clock = () => number;

type Stage = 'decode' | 'preprocess' | 'detect' | 'align' | 'embed' | 'liveness' | 'match';

/** Adds up the time spent per stage. */
export class StageClock {
  readonly #now: Clock;
  readonly #spentMs: Record<Stage, number> = { decode: 0, preprocess: 0, detect: 0, align: 0, embed: 0, liveness: 0, match: 0 };

  constructor(now: Clock) {
    this.#now = now;
  }

  /** Runs `work` and books its time on `stage`, also when it fails. */
  async time<T>(stage: Stage, work: () => T | Promise<T>): Promise<T> {
    const started = this.#now();
    try {
      return await work();
    } finally {
      this.#spentMs[stage] += this.#now() - started;
    }
  }

  toTimings(): StageTimings {
    const { decode, preprocess, detect, align, embed, liveness, match } = this.#spentMs;
    return {
      decodeMs: decode,
      preprocessMs: preprocess,
      detectMs: detect,
      alignMs: align,
      embedMs: embed,
      livenessMs: liveness,
      matchMs: match,
    };
  }
}

/** Stage by stage sum of two timings. */
export function addTimings(a: StageTimings, b: StageTimings): StageTimings {
  return {
    decodeMs: a.decodeMs + b.decodeMs,
    preprocessMs: a.preprocessMs + b.preprocessMs,
    detectMs: a.detectMs + b.detectMs,
    alignMs: a.alignMs + b.alignMs,
    embedMs: a.embedMs + b.embedMs,
    livenessMs: a.livenessMs + b.livenessMs,
    matchMs: a.matchMs + b.matchMs,
  };
}
