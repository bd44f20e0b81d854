/** What somebody learns who holds two protected galleries of the same people: the measurement, on templates from anywhere. */

import { bootstrapPairs, computeEqualErrorRate, computeErrorCurve, computeUnlinkability, createRandom } from '@isoface/core/evaluation';
import { createProtection } from '@isoface/core/gallery';
import type { Interval95 } from '../bootstrap.ts';
import { rounded } from '../rounded.ts';
import { quantileOf } from '../statistics.ts';
import { alignPopulations } from './align-populations.ts';

/** Two templates of each person, from two photos, in the order of the people. */
export interface PairedTemplates {
  readonly first: readonly Float32Array[];
  readonly second: readonly Float32Array[];
}

/** Scores of one kind. */
export interface ScoreSummary {
  readonly count: number;
  readonly mean: number;
  /** The scores that 1, 25, 50, 75 and 99 % lie below. */
  readonly quantiles: readonly number[];
}

/** How well two galleries can be compared. */
export interface Comparison {
  readonly genuine: ScoreSummary;
  readonly impostor: ScoreSummary;
  readonly equalErrorRate: number;
}

/** How well templates under two protections can be linked. */
export interface Linkage extends Comparison {
  /** D_sys: 0 unlinkable, 1 fully linkable; see `computeUnlinkability`. */
  readonly system: number;
  /** D_sys if nothing can be linked: the same estimate with comparisons of strangers in the place of the genuine ones. */
  readonly floor: number;
  /** `system` less `floor`, 95 %, people drawn with replacement. */
  readonly excessCi95: Interval95;
}

/** How well templates can be linked by something else than their cosine. */
export type OtherLinkage = Pick<Linkage, 'system' | 'floor' | 'equalErrorRate'>;

/** The outcome. */
export interface UnlinkabilityFigures {
  readonly people: number;
  readonly dimension: number;
  /** Templates as they are. */
  readonly unprotected: Comparison;
  /** Both galleries under one key with one id. */
  readonly sameKey: Comparison & { readonly largestScoreChange: number };
  /** Two photos of a person, two keys. */
  readonly acrossKeys: Linkage;
  /** The very same photo of a person, two keys. */
  readonly samePhotoAcrossKeys: Linkage;
  /** Two photos, one key, two gallery ids. */
  readonly acrossGalleries: Linkage;
  /** By the lengths of the templates, which the transform keeps; absent where all are 1. */
  readonly byLength?: OtherAttack | undefined;
  /**
   * By how similar each template is to all the others of its own gallery, which the transform keeps as well. For somebody who holds both galleries
   * whole, with the very same people in them.
   */
  readonly byNeighbours: OtherAttack;
  /**
   * Plain photos beside a protected gallery of half of the people, by {@link alignPopulations}. The other half are the people whose photos the
   * attacker has.
   */
  readonly byPopulation: OtherAttack;
  /** `system` less `floor` of further pairs of keys. */
  readonly furtherKeys: readonly number[];
  /** Both galleries unprotected: what the metric says where everything can be linked. */
  readonly unprotectedSystem: number;
}

/** An attack without keys. */
export interface OtherAttack {
  readonly twoPhotos: OtherLinkage;
  readonly samePhoto: OtherLinkage;
}

/** Options of {@link measureUnlinkability}. */
export interface MeasureUnlinkabilityOptions {
  /** Pairs of keys beyond the first. @defaultValue 9 */
  readonly furtherKeys?: number | undefined;
  /** Rounds of the bootstrap. @defaultValue 200 */
  readonly rounds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const SEED = 24_745;
const GALLERY_IDS = ['0'.repeat(32), '1'.repeat(32)] as const;
/** Of a template's similarities to the others: enough to tell people apart, few enough to compare all with all. */
const PROFILE_QUANTILES = Array.from({ length: 50 }, (_, index) => (index + 0.5) / 50);
/** Lengths that differ by less are all 1. */
const LENGTH_TOLERANCE = 1e-5;
const QUANTILES = [0.01, 0.25, 0.5, 0.75, 0.99];

/** Measures. Keys follow from a seed, so that the figures can be repeated. */
export async function measureUnlinkability(
  { first, second }: PairedTemplates,
  { furtherKeys = 9, rounds = 200, signal }: MeasureUnlinkabilityOptions = {},
): Promise<UnlinkabilityFigures> {
  const dimension = first[0]?.length ?? 0;
  const random = createRandom(SEED);
  const draw = (): Uint8Array => Uint8Array.from({ length: 32 }, () => Math.floor(256 * random()));
  const protect = async (templates: readonly Float32Array[], transform: Uint8Array, galleryId: string): Promise<Float32Array[]> => {
    signal?.throwIfAborted();
    const protection = await createProtection({ transform }, { galleryId, dimension });
    return templates.map((template) => protection.transform(template));
  };
  const [id, otherId] = GALLERY_IDS;
  const [key, otherKey] = [draw(), draw()];
  const [one, two] = [await protect(first, key, id), await protect(second, key, id)];
  const other = await protect(second, otherKey, id);
  const sameOther = await protect(first, otherKey, id);
  const plain = compareAll(first, second);
  const same = compareAll(one, two);
  const excesses: number[] = [];
  for (let pair = 0; pair < furtherKeys; pair++) {
    const scores = compareAll(await protect(first, draw(), id), await protect(second, draw(), id));
    excesses.push(rounded(computeSystem(scores, scores.mated) - computeSystem(scores, scores.decoys)));
  }
  return {
    people: first.length,
    dimension,
    unprotected: summarize(plain),
    sameKey: { ...summarize(same), largestScoreChange: rounded(findLargestChange(plain, same)) },
    acrossKeys: link(compareAll(one, other), rounds),
    samePhotoAcrossKeys: link(compareAll(one, sameOther), rounds),
    acrossGalleries: link(compareAll(one, await protect(second, key, otherId)), rounds),
    byLength: one.every((template) => Math.abs(computeLength(template) - 1) < LENGTH_TOLERANCE)
      ? undefined
      : attack(one, other, sameOther, (templates) => templates.map((template) => Float64Array.of(computeLength(template)))),
    byNeighbours: attack(one, other, sameOther, profileAll),
    byPopulation: attackByPopulation(one, { first, second }),
    furtherKeys: excesses,
    unprotectedSystem: rounded(computeSystem(plain, plain.mated)),
  };
}

interface Scores {
  /** Of each person. */
  readonly mated: Float64Array;
  /** Of each person and the next one. */
  readonly decoys: Float64Array;
  /** Of each person and all others but the next one. */
  readonly nonMated: Float64Array;
}

type Vectors = readonly (Float32Array | Float64Array)[];

function compareAll(first: Vectors, second: Vectors, computeScore = computeCosine): Scores {
  const people = first.length;
  const nonMated = new Float64Array(people * (people - 2));
  const [mated, decoys] = [new Float64Array(people), new Float64Array(people)];
  let at = 0;
  first.forEach((template, i) => {
    second.forEach((other, j) => {
      const score = computeScore(template, other);
      if (i === j) mated[i] = score;
      else if (j === (i + 1) % people) decoys[i] = score;
      else nonMated[at++] = score;
    });
  });
  return { mated, decoys, nonMated };
}

function attackByPopulation(gallery: readonly Float32Array[], { first, second }: PairedTemplates): OtherAttack {
  const half = Math.floor(gallery.length / 2);
  const enrolled = gallery.slice(0, half);
  const { ofRotated, ofPlain } = alignPopulations(enrolled, [...first.slice(half), ...second.slice(half)]);
  const known = enrolled.map(ofRotated);
  const linkTo = (photos: readonly Float32Array[]): OtherLinkage => toOtherLinkage(compareAll(known, photos.slice(0, half).map(ofPlain)));
  return { twoPhotos: linkTo(second), samePhoto: linkTo(first) };
}

/** Links by features that follow from a protected gallery alone: the nearer, the more alike. */
function attack(one: Vectors, other: Vectors, sameOther: Vectors, toFeatures: (templates: Vectors) => Vectors): OtherAttack {
  const known = toFeatures(one);
  const linkBy = (templates: Vectors): OtherLinkage =>
    toOtherLinkage(compareAll(known, toFeatures(templates), (a, b) => -computeDistance(a, b)));
  return { twoPhotos: linkBy(other), samePhoto: linkBy(sameOther) };
}

function toOtherLinkage(scores: Scores): OtherLinkage {
  return {
    system: rounded(computeSystem(scores, scores.mated)),
    floor: rounded(computeSystem(scores, scores.decoys)),
    equalErrorRate: summarize(scores).equalErrorRate,
  };
}

/** Quantiles of the similarities of each template to all others. */
function profileAll(templates: Vectors): Float64Array[] {
  return templates.map((template, own) => {
    const similarities = Float64Array.from(
      templates.filter((_, index) => index !== own),
      (other) => computeCosine(template, other),
    ).sort();
    return Float64Array.from(PROFILE_QUANTILES, (quantile) => similarities[Math.floor(quantile * similarities.length)] ?? 0);
  });
}

function link(scores: Scores, rounds: number): Linkage {
  const { mated, decoys, nonMated } = scores;
  const people = mated.length;
  const [first, second] = [new Uint32Array(people * (people - 1)), new Uint32Array(people * (people - 1))];
  let at = people;
  for (let i = 0; i < people; i++) {
    first[i] = i;
    second[i] = i;
    for (let j = 0; j < people; j++) {
      if (i === j || j === (i + 1) % people) continue;
      first[at] = i;
      second[at++] = j;
    }
  }
  const score = new Float64Array(first.length);
  score.set(mated);
  score.set(nonMated, people);
  const isGenuine = Uint8Array.from(score, (_, index) => Number(index < people));
  const [excess] = bootstrapPairs({
    pairs: { first, second, score, isGenuine },
    identityCount: people,
    rounds,
    seed: SEED,
    statistics: (weights) => {
      // A decoy weighs as its first person does: as often as the genuine comparison whose place it takes.
      const drawn = { mated: weights.subarray(0, people), nonMated: weights.subarray(people) };
      return [
        computeUnlinkability(mated, nonMated, { weights: drawn }).system -
          computeUnlinkability(decoys, nonMated, { weights: drawn }).system,
      ];
    },
  });
  const [low, high] = excess ?? [Number.NaN, Number.NaN];
  return {
    ...summarize(scores),
    system: rounded(computeSystem(scores, mated)),
    floor: rounded(computeSystem(scores, decoys)),
    excessCi95: [rounded(low), rounded(high)],
  };
}

function computeSystem({ nonMated }: Scores, mated: Float64Array): number {
  return computeUnlinkability(mated, nonMated).system;
}

function summarize({ mated, nonMated }: Scores): Comparison {
  const { rate } = computeEqualErrorRate(computeErrorCurve({ genuine: mated, impostor: nonMated }));
  return { genuine: summarizeScores(mated), impostor: summarizeScores(nonMated), equalErrorRate: rounded(rate) };
}

function summarizeScores(scores: Float64Array): ScoreSummary {
  const values = Array.from(scores);
  return {
    count: values.length,
    mean: rounded(values.reduce((sum, score) => sum + score, 0) / values.length),
    quantiles: QUANTILES.map((quantile) => rounded(quantileOf(values, quantile))),
  };
}

function findLargestChange(before: Scores, after: Scores): number {
  let largest = 0;
  for (const kind of ['mated', 'decoys', 'nonMated'] as const) {
    before[kind].forEach((score, index) => {
      largest = Math.max(largest, Math.abs(score - (after[kind][index] ?? Number.NaN)));
    });
  }
  return largest;
}

function computeCosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    dot += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  return dot / Math.sqrt(ofA * ofB);
}

function computeDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += ((a[i] as number) - (b[i] as number)) ** 2;
  return Math.sqrt(squares);
}

function computeLength(vector: ArrayLike<number>): number {
  return computeDistance(vector, new Float64Array(vector.length));
}
