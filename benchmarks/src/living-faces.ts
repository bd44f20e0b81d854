/** How often passive liveness refuses photos of living people: the thresholds of the packs follow from it. */

import { join } from 'node:path';
import { type CalibratedLivenessThreshold, type PackManifest, selectProminentFace } from '@isoface/core';
import { computeClopperPearson, findThresholdAtBpcer } from '@isoface/core/evaluation';
import { type DatasetImage, readDetectionSet, readLfw } from '@isoface/evaluation';
import { createFaceEngine } from '@isoface/runtime-node';

/** Rates for which thresholds are stated. */
const RATES = [0.2, 0.1, 0.05, 0.02, 0.01];

/** What is needed. */
export interface MeasureLivingFacesOptions {
  /** Folder with the folders `lfw` and `fddb-single-face`. */
  readonly data: string;
  readonly pack: PackManifest;
  readonly modelsDir: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

/** Result: one file under benchmarks/results/accuracy. */
export interface LivingFaces {
  readonly kind: 'living-faces';
  readonly pack: string;
  /** Ids of the models whose scores were averaged. */
  readonly models: readonly string[];
  readonly detectionSize: number;
  readonly sets: readonly {
    readonly name: string;
    /** Photos, and in how many of them no face was found. */
    readonly photos: number;
    readonly noFace: number;
    /** Scores that so many of a hundred faces stay below. */
    readonly quantiles: Readonly<Record<string, number>>;
    /** BPCER at each of the thresholds below. */
    readonly bpcer: readonly { readonly threshold: number; readonly rate: number; readonly ci95: readonly [number, number] }[];
  }[];
  /** Found on all sets together. */
  readonly thresholds: readonly CalibratedLivenessThreshold[];
}

/** Scores one photo of each person of LFW, and the photos of FDDB, each by itself. */
export async function measureLivingFaces({ data, pack, modelsDir, signal, onProgress }: MeasureLivingFacesOptions): Promise<LivingFaces> {
  const lfw = await readLfw(join(data, 'lfw'), { signal });
  const people = new Map(lfw.images.map((image) => [image.identity, image]).reverse() as [string, DatasetImage][]);
  const fddb = await readDetectionSet(join(data, 'fddb-single-face'), { signal });
  const sets = [
    { name: 'LFW, one photo of each person', images: [...people.values()] },
    { name: 'FDDB, one face each', images: fddb.images },
  ];
  const engine = await createFaceEngine({ pack, modelsDir, executionProviders: 'cpu', liveness: 'required', signal });
  try {
    const scored: { name: string; photos: number; scores: Float64Array }[] = [];
    for (const { name, images } of sets) {
      const scores: number[] = [];
      const paths = images.map(({ path }) => path);
      for await (const outcome of engine.analyzeMany(paths, { embeddings: false, liveness: true, signal })) {
        if ('error' in outcome) throw outcome.error;
        const { faces, width, height } = outcome.analysis;
        const score = selectProminentFace(faces, width, height)?.liveness?.score;
        if (score !== undefined) scores.push(score);
        if ((outcome.index + 1) % 500 === 0) onProgress(`${name}: ${outcome.index + 1}/${paths.length}`);
      }
      scored.push({ name, photos: images.length, scores: Float64Array.from(scores).sort() });
    }
    const all = Float64Array.from(scored.flatMap(({ scores }) => Array.from(scores))).sort();
    const thresholds = RATES.map((wanted): CalibratedLivenessThreshold => {
      const threshold = roundDown(findThresholdAtBpcer(all, wanted));
      const missed = countBelow(all, threshold);
      return {
        kind: 'bpcer',
        rate: wanted,
        threshold,
        ci95: rounded(computeClopperPearson(missed, all.length)),
        frames: 1,
        dataset: scored.map(({ name }) => name).join('; '),
        presentations: all.length,
      };
    });
    return {
      kind: 'living-faces',
      pack: pack.id,
      models: engine.info.liveness.passive,
      detectionSize: engine.info.detectionSize,
      sets: scored.map(({ name, photos, scores }) => ({
        name,
        photos,
        noFace: photos - scores.length,
        quantiles: Object.fromEntries([1, 2, 5, 10, 20, 50].map((percent) => [percent, quantile(scores, percent / 100)])),
        bpcer: thresholds.map(({ threshold }) => {
          const missed = countBelow(scores, threshold);
          return { threshold, rate: round(missed / scores.length), ci95: rounded(computeClopperPearson(missed, scores.length)) };
        }),
      })),
      thresholds,
    };
  } finally {
    await engine.dispose();
  }
}

function countBelow(scores: Float64Array, threshold: number): number {
  return scores.filter((score) => score < threshold).length;
}

function quantile(ascending: Float64Array, share: number): number {
  return round(ascending[Math.floor(share * ascending.length)] as number);
}

/** Downwards, so that no more living faces are refused than were counted. */
function roundDown(value: number): number {
  return Math.floor(value * 1e4) / 1e4;
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

function rounded([low, high]: readonly [number, number]): readonly [number, number] {
  return [round(low), round(high)];
}
