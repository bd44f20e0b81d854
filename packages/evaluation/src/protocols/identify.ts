/**
 * 1:N identification. The gallery holds one image of each person who has two or more; their other images are mated probes, the images of people
 * with a single one are unknown. Closed set: at which rank is the mate of a known probe? Open set: who is let through, who is missed?
 */

import { FaceError } from '@isoface/core';
import { computeCmc, computeMateRank, computeOpenSetRates, createRandom } from '@isoface/core/evaluation';
import type { DatasetImage } from '../dataset/dataset-entry.ts';
import type { TemplateTable } from '../templates/compute-templates.ts';
import { groupIndices } from './group-indices.ts';
import type { IdentificationResult } from './results.ts';

/** Who is enrolled and who is searched for; indices of images. */
export interface IdentificationPlan {
  /** One image per enrolled person. */
  readonly gallery: readonly number[];
  /** Images of enrolled people, with the place of their person in the gallery. */
  readonly mated: readonly { readonly image: number; readonly mate: number }[];
  /** Images of people who are not enrolled. */
  readonly nonMated: readonly number[];
  /** What the enrolled images were drawn by. */
  readonly seed: number;
}

/** Options of {@link measureIdentification}. */
export interface MeasureIdentificationOptions {
  readonly fpirs: readonly number[];
  readonly signal?: AbortSignal | undefined;
}

/** What {@link measureIdentification} adds to the provenance. */
export type IdentificationMeasurement = Pick<IdentificationResult, 'gallerySize' | 'failuresToEnrol' | 'fte' | 'closedSet' | 'openSet'>;

const CMC_RANKS = 50;
const CURVE_POINTS = 300;
/** Probes between two looks at the abort signal. */
const BATCH = 64;

/**
 * Divides the images of a data set. Which image of a person is enrolled is drawn by the seed.
 *
 * @throws {FaceError} `DATASET_INVALID` without two people of whom one has several images, or without anybody unknown.
 */
export function planIdentification(images: readonly DatasetImage[], seed = 1): IdentificationPlan {
  const random = createRandom(seed);
  const byPerson = groupIndices(images.length, (i) => images[i]?.identity);
  const gallery: number[] = [];
  const mated: { image: number; mate: number }[] = [];
  const nonMated: number[] = [];
  for (const own of byPerson.values()) {
    if (own.length === 1) {
      nonMated.push(...own);
      continue;
    }
    const enrolled = own[Math.floor(random() * own.length)] as number;
    for (const image of own) if (image !== enrolled) mated.push({ image, mate: gallery.length });
    gallery.push(enrolled);
  }
  if (gallery.length < 2 || nonMated.length === 0) {
    throw new FaceError(
      'DATASET_INVALID',
      `Expected people with several images to enrol and people with one image as unknown probes, got ${gallery.length} and ${nonMated.length}; identification needs both.`,
      { gallery: gallery.length, nonMated: nonMated.length },
    );
  }
  return { gallery, mated, nonMated, seed };
}

/**
 * Searches every probe in the gallery. A gallery image without a template is a failure to enrol: its person's probes have no mate.
 *
 * @param score - Similarity of two rows of the table.
 */
export async function measureIdentification(
  { gallery, mated, nonMated }: IdentificationPlan,
  rows: TemplateTable['rows'],
  score: (i: number, j: number) => number,
  { fpirs, signal }: MeasureIdentificationOptions,
): Promise<IdentificationMeasurement> {
  // Places of those who could be enrolled; -1 for the others.
  const enrolledRows: number[] = [];
  const places = gallery.map((image) => {
    const row = rows[image] as number;
    return row < 0 ? -1 : enrolledRows.push(row) - 1;
  });
  const similarities = new Float64Array(enrolledRows.length);
  const search = (row: number): Float64Array => {
    for (const [i, enrolled] of enrolledRows.entries()) similarities[i] = score(row, enrolled);
    return similarities;
  };
  const pause = async (i: number): Promise<void> => {
    if (i % BATCH !== 0) return;
    await new Promise(setImmediate);
    signal?.throwIfAborted();
  };

  const ranks = new Int32Array(mated.length);
  const mateScores = new Float64Array(mated.length).fill(Number.NEGATIVE_INFINITY);
  for (const [i, { image, mate }] of mated.entries()) {
    await pause(i);
    const [row, place] = [rows[image] as number, places[mate] as number];
    if (row < 0 || place < 0) continue;
    ranks[i] = computeMateRank(search(row), place);
    mateScores[i] = similarities[place] as number;
  }
  const topScores = new Float64Array(nonMated.length).fill(Number.NEGATIVE_INFINITY);
  for (const [i, image] of nonMated.entries()) {
    await pause(i);
    const row = rows[image] as number;
    if (row >= 0) topScores[i] = search(row).reduce((top, value) => Math.max(top, value), Number.NEGATIVE_INFINITY);
  }

  const closedSet = computeCmc(ranks, Math.min(CMC_RANKS, enrolledRows.length));
  const openSet = computeOpenSetRates({
    mated: { mateScore: mateScores, rank: ranks },
    nonMated: { topScore: topScores },
    gallerySize: enrolledRows.length,
    fpirs,
  });
  const step = Math.ceil(openSet.curve.fpir.length / CURVE_POINTS);
  const thin = (values: Float64Array): number[] => [...values].filter((_, i) => i % step === 0 || i === values.length - 1);
  const failuresToEnrol = gallery.length - enrolledRows.length;
  return {
    gallerySize: enrolledRows.length,
    failuresToEnrol,
    fte: failuresToEnrol / gallery.length,
    closedSet: {
      probes: closedSet.probes,
      failures: closedSet.failures,
      rank1: closedSet.rank1,
      rank1Ci95: closedSet.rank1Ci95,
      rank5: closedSet.cmc[Math.min(4, closedSet.cmc.length - 1)] as number,
      cmc: [...closedSet.cmc],
    },
    openSet: {
      matedProbes: openSet.matedProbes,
      nonMatedProbes: openSet.nonMatedProbes,
      atFpir: openSet.atFpir,
      curve: { fpir: thin(openSet.curve.fpir), fnir: thin(openSet.curve.fnir) },
    },
  };
}
