/**
 * Thresholds with a meaning: for each false match rate the similarity that so many impostor comparisons reach.
 *
 * Every face is compared with every face of another person. The interval is an identity bootstrap: people, not comparisons, are drawn with
 * replacement, for comparisons that share a person are not independent (Bolle, Ratha and Pankanti, "Error analysis of pattern recognition
 * systems: the subsets bootstrap", CVIU 93, 2004).
 */

import { type CalibratedThreshold, type Embedding, selectProminentFace, toUnitVector } from '@isoface/core';
import { createFaceEngine } from '@isoface/runtime-node';
import { type LabelledImage, type LabelledPair, readLfw } from './lfw.ts';

/** Options of {@link calibrate}. */
export interface CalibrateOptions {
  readonly pack: string;
  readonly data: string;
  readonly flip: boolean;
  readonly modelsDir?: string | undefined;
  readonly threads?: number | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was measured. */
export interface Calibration {
  readonly pack: string;
  readonly contract: string | undefined;
  readonly flipAveraging: boolean;
  readonly images: number;
  /** Images without a detected face. */
  readonly failuresToAcquire: number;
  readonly genuinePairs: number;
  readonly thresholds: readonly CalibratedThreshold[];
  /** Share of the official genuine pairs whose similarity reaches the threshold of each rate. */
  readonly tarAtFmr: Readonly<Record<string, number>>;
  readonly seconds: number;
}

const RATES = [1e-2, 1e-3, 1e-4, 1e-5];
const BOOTSTRAP_ROUNDS = 500;
/** Similarities are counted in bins of 1e-5: far finer than the interval of any threshold. */
const BINS = 200_000;

interface Sample {
  readonly identity: number;
  readonly vector: Float32Array;
}

/** Runs the pack over LFW and finds the thresholds. */
export async function calibrate(options: CalibrateOptions): Promise<Calibration> {
  const started = performance.now();
  const { images, pairs } = readLfw(options.data);
  const engine = await createFaceEngine({
    pack: options.pack,
    flipAveraging: options.flip,
    executionProviders: 'cpu',
    modelsDir: options.modelsDir,
    threads: options.threads,
    signal: options.signal,
  });
  try {
    const embeddings: (Embedding | undefined)[] = [];
    for await (const outcome of engine.analyzeMany(
      images.map(({ path }) => path),
      { signal: options.signal },
    )) {
      if ('error' in outcome) throw outcome.error;
      const { faces, width, height } = outcome.analysis;
      embeddings.push(selectProminentFace(faces, width, height)?.embedding);
      options.onProgress?.(embeddings.length, images.length);
    }
    const samples = toSamples(images, embeddings);
    const thresholds = findThresholds(samples, options.flip);
    return {
      pack: engine.info.pack,
      contract: engine.info.contract,
      flipAveraging: options.flip,
      images: images.length,
      failuresToAcquire: embeddings.filter((embedding) => embedding === undefined).length,
      genuinePairs: pairs.filter(({ isGenuine }) => isGenuine).length,
      thresholds,
      tarAtFmr: Object.fromEntries(thresholds.map(({ fmr, threshold }) => [fmr.toExponential(), computeTar(pairs, embeddings, threshold)])),
      seconds: Math.round((performance.now() - started) / 1000),
    };
  } finally {
    await engine.dispose();
  }
}

function toSamples(images: readonly LabelledImage[], embeddings: readonly (Embedding | undefined)[]): Sample[] {
  const identities = new Map<string, number>();
  return images.flatMap(({ identity }, i) => {
    const embedding = embeddings[i];
    const index = identities.get(identity) ?? identities.size;
    identities.set(identity, index);
    return embedding === undefined ? [] : [{ identity: index, vector: toUnitVector(embedding.vector) }];
  });
}

function findThresholds(samples: readonly Sample[], flipAveraging: boolean): CalibratedThreshold[] {
  const histogram = new Float64Array(BINS + 1);
  let pairs = 0;
  forEachImpostor(samples, (similarity) => {
    const bin = toBin(similarity);
    histogram[bin] = (histogram[bin] as number) + 1;
    pairs++;
  });
  const thresholds = RATES.map((rate) => binToThreshold(histogram, rate * pairs));
  const intervals = bootstrapFmr(samples, thresholds);
  return RATES.map((fmr, i) => ({
    fmr,
    threshold: Number((thresholds[i] as number).toFixed(5)),
    ci95: (intervals[i] as readonly [number, number]).map((value) => Number(value.toPrecision(3))) as unknown as [number, number],
    flipAveraging,
    dataset: 'LFW view 2, deep-funneled, all impostor comparisons of the 7,701 images',
    pairs,
  }));
}

/** The lowest bin edge that at most `allowed` similarities reach. */
function binToThreshold(histogram: Float64Array, allowed: number): number {
  let reached = 0;
  for (let bin = BINS; bin >= 0; bin--) {
    reached += histogram[bin] as number;
    if (reached > allowed) return ((bin + 1) / BINS) * 2 - 1;
  }
  return -1;
}

function toBin(similarity: number): number {
  return Math.min(BINS, Math.max(0, Math.floor(((similarity + 1) / 2) * BINS)));
}

/** 95 % interval of the false match rate at each threshold, by drawing people with replacement. */
function bootstrapFmr(samples: readonly Sample[], thresholds: readonly number[]): (readonly [number, number])[] {
  const identityCount = 1 + samples.reduce((max, { identity }) => Math.max(max, identity), 0);
  const lowest = Math.min(...thresholds);
  const tail: { a: number; b: number; level: number }[] = [];
  forEachImpostor(samples, (similarity, a, b) => {
    if (similarity >= lowest) tail.push({ a, b, level: thresholds.filter((threshold) => similarity >= threshold).length });
  });
  const imagesPer = new Float64Array(identityCount);
  for (const { identity } of samples) imagesPer[identity] = (imagesPer[identity] as number) + 1;

  const random = createRandom(20_04);
  const rates: number[][] = thresholds.map(() => []);
  for (let round = 0; round < BOOTSTRAP_ROUNDS; round++) {
    const drawn = new Float64Array(identityCount);
    for (let i = 0; i < identityCount; i++) {
      const pick = Math.floor(random() * identityCount);
      drawn[pick] = (drawn[pick] as number) + 1;
    }
    let all = 0;
    let own = 0;
    for (let i = 0; i < identityCount; i++) {
      const weight = (drawn[i] as number) * (imagesPer[i] as number);
      all += weight;
      own += weight * weight;
    }
    const total = (all * all - own) / 2;
    const reached = new Float64Array(thresholds.length + 1);
    for (const { a, b, level } of tail) reached[level] = (reached[level] as number) + (drawn[a] as number) * (drawn[b] as number);
    // Thresholds grow from loose to strict: a comparison of level n reaches the n loosest.
    for (let i = 0; i < thresholds.length; i++) rates[i]?.push(reached.subarray(i + 1).reduce((sum, value) => sum + value, 0) / total);
  }
  return rates.map((values) => {
    const sorted = values.sort((x, y) => x - y);
    return [sorted[Math.floor(0.025 * BOOTSTRAP_ROUNDS)] as number, sorted[Math.ceil(0.975 * BOOTSTRAP_ROUNDS) - 1] as number] as const;
  });
}

function forEachImpostor(samples: readonly Sample[], visit: (similarity: number, a: number, b: number) => void): void {
  for (let i = 0; i < samples.length; i++) {
    const { vector: first, identity: a } = samples[i] as Sample;
    for (let j = i + 1; j < samples.length; j++) {
      const { vector: second, identity: b } = samples[j] as Sample;
      if (a === b) continue;
      let dot = 0;
      for (let k = 0; k < first.length; k++) dot += (first[k] as number) * (second[k] as number);
      visit(dot, a, b);
    }
  }
}

function computeTar(pairs: readonly LabelledPair[], embeddings: readonly (Embedding | undefined)[], threshold: number): number {
  const genuine = pairs.filter(({ isGenuine }) => isGenuine);
  const accepted = genuine.filter(({ a, b }) => {
    const first = embeddings[a];
    const second = embeddings[b];
    if (first === undefined || second === undefined) return false;
    const [u, v] = [toUnitVector(first.vector), toUnitVector(second.vector)];
    return u.reduce((dot, value, i) => dot + value * (v[i] as number), 0) >= threshold;
  });
  return accepted.length / genuine.length;
}

/** Mulberry32: small, fast and the same everywhere, so that intervals can be repeated. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
