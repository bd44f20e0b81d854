/** Command `search-faces`: whether bytes in a first pass change nothing, and gain as much, on templates of real photos. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FaceError, toUnitVector } from '@isoface/core';
import { createRandom } from '@isoface/core/evaluation';
import { createTemplateIndex, type TemplateIndex } from '@isoface/core/gallery';
import { chooseRecognizer, openIdentitySet, openTemplateCache, openTemplateSource } from '@isoface/evaluation';
import { getPack } from '@isoface/models';
import { createFaceEngine } from '@isoface/runtime-node';
import { describeMachine, type Machine } from '../../machine.ts';
import { rounded } from '../../rounded.ts';
import { shuffle } from '../../shuffle.ts';
import { medianOf } from '../../statistics.ts';
import { LIMIT } from './measure-gallery.ts';

/** Options of {@link benchSearchFaces}. */
export interface SearchFacesOptions {
  /** Folder with the folder `lfw`. */
  readonly data: string;
  readonly pack: string;
  readonly modelsDir: string | undefined;
  /** Most photos. */
  readonly photos: number;
  readonly rounds: number;
  /** Templates are kept here between measurements. */
  readonly cache: string;
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

/** What the command gives; no template is part of it. */
export interface SearchFacesReport {
  readonly measurement: 'search-faces';
  readonly machine: Machine;
  readonly dataset: string;
  readonly pack: string;
  readonly dimension: number;
  readonly metric: 'cosine' | 'euclidean';
  /** Photos in which a face was found: each is a template of its own, and a probe. */
  readonly faces: number;
  /** Probes for which both indexes gave the same results, bit by bit: among the faces, and among the large gallery made of them. */
  readonly sameAmongFaces: number;
  readonly sameAmongMany: number;
  readonly probesAmongMany: number;
  /** Templates of the large gallery: those of the faces again and again, each with noise of its own. */
  readonly many: number;
  readonly rounds: number;
  /** Medians of the rounds; ratios within rounds. */
  readonly float32Ms: number;
  readonly int8Ms: number;
  readonly copyMs: number;
  readonly float32OverCopy: number;
  readonly float32OverInt8: number;
}

const SEED = 1;
const MANY = 100_000;
const PROBES_AMONG_MANY = 200;
/** Of the noise, beside a template of length 1: about what tells two photos of one person apart. */
const NOISE_LENGTH = 0.3;
const ADDED_ROWS = 10_000;

/** Measures a pack. */
export async function benchSearchFaces(options: SearchFacesOptions): Promise<SearchFacesReport> {
  const { rounds, signal, onProgress } = options;
  const { faces, metric } = await computeFaces(options);
  const [first] = faces;
  if (first === undefined) throw new FaceError('DATASET_INVALID', 'Expected photos with faces, found none; look at the folder lfw.');
  const dimension = first.length;
  onProgress(`searching for ${faces.length} faces among themselves`);
  const own = joinRows(faces, dimension);
  const small = await openIndexes(own, dimension, metric);
  const sameAmongFaces = await countSame(small, own, dimension, signal);
  onProgress(`searching among ${MANY} templates`);
  const many = joinRows(addNoise(faces, metric), dimension);
  const large = await openIndexes(many, dimension, metric);
  const probes = own.subarray(0, PROBES_AMONG_MANY * dimension);
  const sameAmongMany = await countSame(large, probes, dimension, signal);
  const copy = new Float32Array(many.length);
  const samples: { readonly float32: number; readonly int8: number; readonly copy: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    signal.throwIfAborted();
    const at = (round % (probes.length / dimension)) * dimension;
    const probe = probes.subarray(at, at + dimension);
    samples.push({
      float32: await timeOf(() => large.float32.search(probe, { limit: LIMIT })),
      int8: await timeOf(() => large.int8.search(probe, { limit: LIMIT })),
      copy: await timeOf(async () => copy.set(many)),
    });
  }
  const median = (of: (sample: (typeof samples)[number]) => number): number => rounded(medianOf(samples.map(of)), 3);
  return {
    measurement: 'search-faces',
    machine: describeMachine(),
    dataset: 'LFW, deep-funneled',
    pack: options.pack,
    dimension,
    metric,
    faces: faces.length,
    sameAmongFaces,
    sameAmongMany,
    probesAmongMany: probes.length / dimension,
    many: MANY,
    rounds,
    float32Ms: median(({ float32 }) => float32),
    int8Ms: median(({ int8 }) => int8),
    copyMs: median(({ copy: ms }) => ms),
    float32OverCopy: median(({ float32, copy: ms }) => float32 / ms),
    float32OverInt8: median(({ float32, int8 }) => float32 / int8),
  };
}

interface Faces {
  readonly faces: readonly Float32Array[];
  readonly metric: 'cosine' | 'euclidean';
}

async function computeFaces({
  data,
  pack: packId,
  photos,
  modelsDir,
  cache: folder,
  signal,
  onProgress,
}: SearchFacesOptions): Promise<Faces> {
  const { images } = await openIdentitySet(join(data, 'lfw'), signal);
  const paths = shuffle(
    images.map(({ path }) => path),
    createRandom(SEED),
  ).slice(0, photos);
  const pack = getPack(packId);
  const engine = await createFaceEngine({ pack, executionProviders: 'cpu', modelsDir, signal });
  const source = await openTemplateSource(engine, pack, await chooseRecognizer('pack', resolve));
  try {
    const cache = await openTemplateCache(folder, source.fingerprint);
    try {
      const faces: Float32Array[] = [];
      const missing: { readonly path: string; readonly digest: string }[] = [];
      for (const path of paths) {
        const digest = createHash('sha256')
          .update(await readFile(path, { signal }))
          .digest('hex');
        const kept = cache.get(digest);
        if (kept === undefined) missing.push({ path, digest });
        else if (kept.sighting.template !== undefined) faces.push(kept.sighting.template);
      }
      onProgress(`${packId}: ${paths.length - missing.length} photos known, ${missing.length} to be seen`);
      let last = performance.now();
      for await (const outcome of source.sight(
        missing.map(({ path }) => path),
        signal,
      )) {
        if ('error' in outcome) throw outcome.error;
        const now = performance.now();
        await cache.put(missing[outcome.index]?.digest ?? '', { sighting: outcome.sighting, wallMs: now - last });
        last = now;
        if (outcome.sighting.template !== undefined) faces.push(outcome.sighting.template);
        if (outcome.index % 200 === 199) onProgress(`${packId}: photo ${outcome.index + 1}`);
      }
      return { faces, metric: pack.embedder?.metric ?? 'cosine' };
    } finally {
      await cache.close();
    }
  } finally {
    await source.dispose();
  }
}

function joinRows(rows: readonly Float32Array[], dimension: number): Float32Array {
  const joined = new Float32Array(rows.length * dimension);
  for (const [row, vector] of rows.entries()) joined.set(vector, row * dimension);
  return joined;
}

function addNoise(faces: readonly Float32Array[], metric: Faces['metric']): Float32Array[] {
  const random = createRandom(SEED);
  return Array.from({ length: MANY }, (_, row) => {
    const face = faces[row % faces.length] as Float32Array;
    const length = Math.hypot(...face);
    const noise = toUnitVector(face.map(() => random() + random() + random() - 1.5));
    const moved = face.map((value, i) => value + NOISE_LENGTH * length * (noise[i] as number));
    return metric === 'cosine' ? toUnitVector(moved) : moved;
  });
}

interface Indexes {
  readonly float32: TemplateIndex;
  readonly int8: TemplateIndex;
}

async function openIndexes(matrix: Float32Array, dimension: number, metric: Faces['metric']): Promise<Indexes> {
  const open = async (prefilter: 'none' | 'int8'): Promise<TemplateIndex> => {
    const index = await createTemplateIndex({ dimension, metric, kernel: 'wasm-simd', prefilter });
    const count = matrix.length / dimension;
    for (let from = 0; from < count; from += ADDED_ROWS) {
      const to = Math.min(count, from + ADDED_ROWS);
      const groups = Int32Array.from({ length: to - from }, (_, i) => from + i);
      await index.add({ vectors: matrix.subarray(from * dimension, to * dimension), groups, labels: new Int32Array(to - from) });
    }
    return index;
  };
  return { float32: await open('none'), int8: await open('int8') };
}

/** Probes for which both give the same. */
async function countSame({ float32, int8 }: Indexes, probes: Float32Array, dimension: number, signal: AbortSignal): Promise<number> {
  let same = 0;
  for (let at = 0; at < probes.length; at += 32 * dimension) {
    const batch = probes.subarray(at, at + 32 * dimension);
    const plain = await float32.search(batch, { limit: LIMIT, signal });
    const filtered = await int8.search(batch, { limit: LIMIT, signal });
    same += plain.filter((hits, i) => JSON.stringify(hits) === JSON.stringify(filtered[i])).length;
  }
  return same;
}

async function timeOf(call: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await call();
  return performance.now() - started;
}
