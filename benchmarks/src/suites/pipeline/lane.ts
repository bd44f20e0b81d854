/** A runtime while it is measured. */

import { isFaceError } from '@isoface/core';
import { toThousandths } from '../../rounded.ts';
import type { AnalysisSample, BenchImage, SearchingEngine } from '../../runtimes/bench-engine.ts';
import { isBrowserRuntime, type RuntimeName } from '../../runtimes/runtime-name.ts';
import { type ImageSample, STAGES } from './pipeline-piece.ts';

/** A runtime with what it has measured so far. */
export interface Lane {
  readonly runtime: RuntimeName;
  readonly engine: SearchingEngine;
  /** `image` is the place in the set. */
  readonly samples: ImageSample[];
  readonly stretchCpu: number[];
  /** Pictures that it cannot analyze, by their place in the set, and why. */
  readonly problems: Map<number, string>;
  /** Identity of each vector of the gallery. */
  labels: readonly string[];
}

/** Pictures that are analyzed in one go. */
export interface Stretch {
  readonly round: number;
  /** Places in the set. */
  readonly indices: readonly number[];
  /** Pictures whose embeddings are the gallery: a search for one of them finds itself. */
  readonly enrolled: ReadonlySet<number>;
  readonly images: readonly BenchImage[];
  readonly signal: AbortSignal;
  /** Told of each picture, `undefined` for one without a face. */
  onEmbedding?(index: number, embedding: Float32Array | undefined): void;
}

/** A lane at its start. */
export function createLane(runtime: RuntimeName, engine: SearchingEngine): Lane {
  return { runtime, engine, samples: [], stretchCpu: [], problems: new Map(), labels: [] };
}

/** Analyzes a picture; one that cannot be read or decoded becomes a problem, and gives nothing then and later. */
export async function analyzeOrSkip({ engine, problems }: Lane, index: number): Promise<AnalysisSample | undefined> {
  if (problems.has(index)) return undefined;
  try {
    return await engine.analyze(index);
  } catch (error) {
    if (!isFaceError(error, 'IMAGE_INVALID', 'IMAGE_TOO_LARGE', 'IO_FAILED')) throw error;
    problems.set(index, error.message);
    return undefined;
  }
}

/** Makes the embeddings of the first picture of each identity the gallery. */
export async function enrollFirst(
  lane: Lane,
  gallery: readonly number[],
  images: readonly BenchImage[],
  signal: AbortSignal,
): Promise<void> {
  const labels: string[] = [];
  const vectors: Float32Array[] = [];
  for (const index of gallery) {
    signal.throwIfAborted();
    const identity = images[index]?.identity;
    const embedding = (await analyzeOrSkip(lane, index))?.embedding;
    if (identity === undefined || embedding === undefined) continue;
    labels.push(identity);
    vectors.push(embedding);
  }
  await lane.engine.enroll(vectors);
  lane.labels = labels;
}

/** Analyzes pictures one after the other and keeps their samples. */
export async function measureStretch(lane: Lane, stretch: Stretch): Promise<void> {
  const { round, indices, enrolled, images, signal, onEmbedding } = stretch;
  const { engine, samples, labels } = lane;
  const taken: { readonly index: number; readonly sample: AnalysisSample; readonly cpu: number }[] = [];
  const stretchStarted = engine.cpuMs();
  for (const index of indices) {
    signal.throwIfAborted();
    const started = engine.cpuMs();
    const sample = await analyzeOrSkip(lane, index);
    const cpu = engine.cpuMs() - started;
    if (sample === undefined) continue;
    taken.push({ index, sample, cpu });
    onEmbedding?.(index, sample.embedding);
  }
  if (taken.length === 0) return;
  const mean = (engine.cpuMs() - stretchStarted) / taken.length;
  lane.stretchCpu.push(toThousandths(mean));
  for (const { index, sample, cpu } of taken) {
    const { timings, wallMs, faces, match } = sample;
    const identity = images[index]?.identity;
    const isProbe = identity !== undefined && !enrolled.has(index);
    samples.push({
      image: index,
      round,
      stages: STAGES.map((stage) => toThousandths(timings[`${stage}Ms`])),
      total: toThousandths(wallMs),
      cpu: toThousandths(isBrowserRuntime(lane.runtime) ? mean : cpu),
      faces,
      ...(isProbe && { isMatch: match !== undefined && labels[match.row] === identity ? 1 : 0 }),
    });
  }
}

/** To a microsecond, which is finer than any clock that is read. */
