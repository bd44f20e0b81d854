/** Accuracy of the variants of an embedder on LFW, all on the same aligned faces. */

import { cpus } from 'node:os';
import {
  asHostTensor,
  computeCosineSimilarity,
  createBestPreprocessor,
  type EmbedderManifest,
  type HostTensor,
  type InferenceSession,
  isFaceError,
  type PackManifest,
  requireHostImage,
  selectProminentFace,
  selectThreshold,
} from '@isoface/core';
import { type DatasetImage, openLfwPairs, type PairList, type PairSet } from '@isoface/evaluation';
import { createSharpImageDecoder, openEngine } from '@isoface/runtime-node';
import type { PieceContext } from '../../run/suite.ts';
import { measureLosses } from './accuracy-loss.ts';
import { orderPairs } from './balanced-pairs.ts';
import { cutAlignedFace } from './model-samples.ts';
import type { AccuracyPiece, MissingVariant } from './precision-piece.ts';
import { createThreadedBackend, type PreparedModel, type PreparedPack } from './prepared-pack.ts';
import { BASELINE, VARIANT_NAMES, type VariantName } from './variant-name.ts';

/** How much is measured. */
export interface AccuracyLimits {
  /** Blocks of 20 pairs that are measured whatever the time; at most so many. */
  readonly atLeastBlocks: number;
  readonly atMostBlocks: number;
  readonly bootstrapRounds: number;
}

/** The false match rate of the threshold that users have. */
const KEPT_FMR = 1e-3;
/** Embedders run on so many faces at a time, so that all cores have work. */
const BATCH = 8;
/** Of the time: the bootstrap comes after the pairs. */
const BOOTSTRAP_SHARE = 0.08;
/** A face that was not found is as unlike every other as can be. */
const NOT_FOUND = -1;

/** Embeddings of one image by variant; `undefined` where no face was found. */
type ImageEmbeddings = ReadonlyMap<VariantName, Float32Array> | undefined;

interface OpenEmbedder {
  /** More than one where the files are the same to the byte: it runs once for all of them. */
  readonly variants: VariantName[];
  readonly bytes: Uint8Array;
  readonly session: InferenceSession;
}

/**
 * Takes pairs of LFW in balanced blocks while there is time. Each image is read, its face found and cut once, by the float32 models; then all
 * variants embed it.
 *
 * @param lfw - Folder of LFW.
 * @throws {FaceError} `DATASET_INVALID` unless all official pairs are there; what opening the pack fails with.
 */
export async function measureAccuracy(
  prepared: PreparedPack,
  lfw: string,
  modelsDir: string | undefined,
  { atLeastBlocks, atMostBlocks, bootstrapRounds }: AccuracyLimits,
  { signal, timeLeftMs, progress }: PieceContext,
): Promise<AccuracyPiece> {
  const { manifest } = prepared.pack;
  const model = prepared.models.find((candidate) => candidate.manifest.task === 'embed');
  if (model === undefined || manifest.embedder === undefined) throw new Error(`Expected an embedder in the pack ${manifest.id}, got none.`);
  const { set, pairsOfProtocol } = await openLfwPairs(lfw, false, signal);
  const blocks = orderPairs(set.pairs).slice(0, atMostBlocks);
  const reserveMs = timeLeftMs() * BOOTSTRAP_SHARE;
  const { open, failed } = await openEmbedders(model, manifest.embedder, signal);
  const embeddings = new Map<number, ImageEmbeddings>();
  const used: number[] = [];
  try {
    const cutFaces = await openFaceCutter(manifest, modelsDir, signal);
    try {
      for (const [done, block] of blocks.entries()) {
        if (done >= atLeastBlocks && timeLeftMs() <= reserveMs) break;
        const needed = new Set(block.flatMap((pair) => [set.pairs.first[pair] as number, set.pairs.second[pair] as number]));
        const fresh = Array.from(needed).filter((image) => !embeddings.has(image));
        const faces = await cutFaces.cut(fresh.map((image) => set.images[image] as DatasetImage));
        await embedFaces(open, manifest.embedder, fresh, faces, embeddings, signal);
        used.push(...block);
        progress(`${used.length} of ${pairsOfProtocol} pairs`);
      }
    } finally {
      await cutFaces.dispose();
    }
  } finally {
    await Promise.all(open.map(({ session }) => session.dispose()));
  }
  const scored = scorePairs(set.pairs, used, numberPeople(set, used), embeddings, open);
  progress(`intervals over ${used.length} pairs`);
  const losses = measureLosses(scored, findPackThreshold(manifest), bootstrapRounds);
  return {
    kind: 'accuracy',
    pack: manifest.id,
    model: manifest.embedder.id,
    pairs: used.length,
    pairsOfProtocol,
    identities: scored.identityCount,
    notFound: Array.from(embeddings.values()).filter((found) => found === undefined).length,
    ...losses,
    missing: [...model.missing, ...failed],
  };
}

/** Opens the variants of the embedder that run on the CPU. */
async function openEmbedders(
  { variants }: PreparedModel,
  { id, input }: EmbedderManifest,
  signal: AbortSignal,
): Promise<{ readonly open: OpenEmbedder[]; readonly failed: MissingVariant[] }> {
  const backend = createThreadedBackend();
  const open: OpenEmbedder[] = [];
  const failed: MissingVariant[] = [];
  const blank = asHostTensor(new Float32Array(3 * input.width * input.height), dimsOf(input, 1));
  for (const { variant, bytes } of variants) {
    const same = open.find((embedder) => Buffer.compare(embedder.bytes, bytes) === 0);
    if (same !== undefined) {
      same.variants.push(variant);
      continue;
    }
    let session: InferenceSession | undefined;
    try {
      session = await backend.createSession(bytes, { name: id, signal });
      await session.run({ [input.name]: blank });
      open.push({ variants: [variant], bytes, session });
    } catch (error) {
      await session?.dispose();
      signal.throwIfAborted();
      if (variant === BASELINE) throw error;
      failed.push({ variant, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return { open, failed };
}

interface FaceCutter {
  /** The aligned face that each image is about; `undefined` where none was found. */
  cut(images: readonly DatasetImage[]): Promise<(HostTensor | undefined)[]>;
  dispose(): Promise<void>;
}

async function openFaceCutter(manifest: PackManifest, modelsDir: string | undefined, signal: AbortSignal): Promise<FaceCutter> {
  const intraOpThreads = Math.min(8, cpus().length);
  const engine = await openEngine({ pack: manifest, executionProviders: 'cpu', intraOpThreads, modelsDir, signal });
  const decoder = createSharpImageDecoder();
  const preprocessor = await createBestPreprocessor();
  return {
    async cut(images) {
      const faces: (HostTensor | undefined)[] = [];
      for (const { path } of images) {
        const picture = requireHostImage((await decoder.decode(path, { signal })).image);
        const face = selectProminentFace(await engine.detect(picture, { signal }), picture.width, picture.height);
        faces.push(face && (await cutAlignedFace(preprocessor, manifest, picture, face)));
      }
      return faces;
    },
    dispose: () => engine.dispose(),
  };
}

async function embedFaces(
  embedders: readonly OpenEmbedder[],
  { input, output, dimension }: EmbedderManifest,
  images: readonly number[],
  faces: readonly (HostTensor | undefined)[],
  embeddings: Map<number, ImageEmbeddings>,
  signal: AbortSignal,
): Promise<void> {
  const found = images.flatMap((image, i) => {
    const face = faces[i];
    if (face === undefined) embeddings.set(image, undefined);
    return face === undefined ? [] : [{ image, data: face.data, vectors: new Map<VariantName, Float32Array>() }];
  });
  const batchSize = input.batch === 'one' ? 1 : BATCH;
  for (let start = 0; start < found.length; start += batchSize) {
    const batch = found.slice(start, start + batchSize);
    const size = 3 * input.width * input.height;
    const data = new Float32Array(batch.length * size);
    for (const [i, face] of batch.entries()) data.set(face.data, i * size);
    for (const { variants, session } of embedders) {
      signal.throwIfAborted();
      const outputs = await session.run({ [input.name]: asHostTensor(data, dimsOf(input, batch.length)) });
      const values = outputs[output]?.data;
      if (values?.length !== batch.length * dimension) throw new Error(`Expected ${dimension} numbers for each face from ${variants[0]}.`);
      for (const [i, { vectors }] of batch.entries()) {
        const vector = values.slice(i * dimension, (i + 1) * dimension);
        for (const variant of variants) vectors.set(variant, vector);
      }
    }
    for (const { image, vectors } of batch) embeddings.set(image, vectors);
  }
}

/** Similarities of the pairs that were taken. The embeddings of all built-in packs are compared by their cosine. */
function scorePairs(
  pairs: PairList,
  used: readonly number[],
  people: { readonly of: Int32Array; readonly count: number },
  embeddings: ReadonlyMap<number, ImageEmbeddings>,
  embedders: readonly OpenEmbedder[],
) {
  const score = (variant: VariantName, pair: number): number => {
    const a = embeddings.get(pairs.first[pair] as number)?.get(variant);
    const b = embeddings.get(pairs.second[pair] as number)?.get(variant);
    return a === undefined || b === undefined ? NOT_FOUND : computeCosineSimilarity(a, b);
  };
  return {
    first: Uint32Array.from(used, (pair) => people.of[pairs.first[pair] as number] as number),
    second: Uint32Array.from(used, (pair) => people.of[pairs.second[pair] as number] as number),
    identityCount: people.count,
    isGenuine: Uint8Array.from(used, (pair) => pairs.isGenuine[pair] as number),
    fold: Uint8Array.from(used, (pair) => pairs.fold[pair] as number),
    scores: new Map(
      VARIANT_NAMES.filter((name) => embedders.some(({ variants }) => variants.includes(name))).map((variant) => [
        variant,
        Float64Array.from(used, (pair) => score(variant, pair)),
      ]),
    ),
  };
}

/** Numbers the people of the pairs that were taken. */
function numberPeople({ images, pairs }: PairSet, used: readonly number[]): { readonly of: Int32Array; readonly count: number } {
  const numbers = new Map<string, number>();
  const of = new Int32Array(images.length).fill(-1);
  for (const image of used.flatMap((pair) => [pairs.first[pair] as number, pairs.second[pair] as number])) {
    const { identity, relativePath } = images[image] as DatasetImage;
    const name = identity ?? relativePath;
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    of[image] = number;
  }
  return { of, count: numbers.size };
}

/** The threshold that the pack comes with, or `undefined` for a pack that was not calibrated. */
function findPackThreshold({ thresholds }: PackManifest): number | undefined {
  try {
    return selectThreshold(thresholds, KEPT_FMR, false).threshold;
  } catch (error) {
    if (isFaceError(error, 'THRESHOLD_UNAVAILABLE')) return undefined;
    throw error;
  }
}

function dimsOf({ layout, width, height }: EmbedderManifest['input'], count: number): number[] {
  return layout === 'NCHW' ? [count, 3, height, width] : [count, height, width, 3];
}
