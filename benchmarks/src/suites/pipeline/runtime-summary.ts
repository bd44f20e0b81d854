/** What one runtime measured with one pack, in figures. */

import { computeClopperPearson } from '@isoface/core/evaluation';
import { medianOf } from '../../statistics.ts';
import { type ImageSample, type RuntimeSamples, STAGES, type Stage } from './pipeline-piece.ts';
import { type Summary, summarize } from './summary.ts';

/** Figures of one runtime with one pack. */
export interface RuntimeSummary {
  readonly runtime: string;
  readonly pack: string;
  readonly provider: string;
  /** Wall time of an analysis with its search, milliseconds. */
  readonly total: Summary;
  /** Of the stages that took any time. */
  readonly stages: readonly { readonly stage: Stage; readonly wall: Summary }[];
  /** Mean CPU time of a picture, milliseconds. */
  readonly cpu: number;
  /** One after the other. */
  readonly perSecond: number;
  readonly readyMs: number;
  readonly firstResultMs: number;
  /** Absent where no picture had an identity to be found. */
  readonly accuracy?: Accuracy | undefined;
}

/** How often the search found the right person. */
export interface Accuracy {
  readonly found: number;
  /** Pictures, each counted once. */
  readonly pictures: number;
  readonly share: number;
  /** Clopper-Pearson. */
  readonly ci95: readonly [number, number];
  /** People in the gallery. */
  readonly enrolled: number;
}

/** Summarizes; `undefined` if nothing was measured. */
export function summarizeRuntime(pack: string, { runtime, facts, enrolled, samples }: RuntimeSamples): RuntimeSummary | undefined {
  if (samples.length === 0) return undefined;
  const totals = samples.map(({ total }) => total);
  return {
    runtime,
    pack,
    provider: facts.executionProvider,
    total: summarize(totals),
    stages: STAGES.flatMap((stage, i) => {
      const wall = samples.map(({ stages }) => stages[i] ?? 0);
      return wall.every((value) => value === 0) ? [] : [{ stage, wall: summarize(wall) }];
    }),
    cpu: summarize(samples.map(({ cpu }) => cpu)).mean,
    perSecond: (1000 * samples.length) / totals.reduce((sum, value) => sum + value, 0),
    readyMs: facts.readyMs,
    firstResultMs: facts.firstResultMs,
    accuracy: computeAccuracy(samples, enrolled),
  };
}

/** A picture that is measured again is no further trial. */
function computeAccuracy(samples: readonly ImageSample[], enrolled: number): Accuracy | undefined {
  const outcomes = new Map<number, 0 | 1>();
  for (const { image, isMatch } of samples) if (isMatch !== undefined && !outcomes.has(image)) outcomes.set(image, isMatch);
  const pictures = outcomes.size;
  if (pictures === 0) return undefined;
  const found = [...outcomes.values()].filter((isMatch) => isMatch === 1).length;
  return { found, pictures, share: found / pictures, ci95: computeClopperPearson(found, pictures), enrolled };
}

/** The median over the rounds for each picture, in the order of the pictures; those without a value are left out. */
export function perImage(
  samples: readonly ImageSample[],
  read: (sample: ImageSample) => number | undefined,
): { readonly image: number; readonly value: number }[] {
  const values = new Map<number, number[]>();
  for (const sample of samples) {
    const value = read(sample);
    if (value === undefined) continue;
    const known = values.get(sample.image);
    if (known === undefined) values.set(sample.image, [value]);
    else known.push(value);
  }
  return [...values].sort(([a], [b]) => a - b).map(([image, all]) => ({ image, value: medianOf(all) }));
}
