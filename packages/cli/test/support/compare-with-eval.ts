/** The same identification twice: measured by `isoface eval identify`, and done by a gallery with `isoface enrol` and `isoface identify`. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom } from '@isoface/core/evaluation';
import type { IdentifyResult } from '@isoface/core/gallery';
import { type IdentificationResult, type LabelledImage, openIdentitySet } from '@isoface/evaluation';
import { type CliRun, parseDocument, runInProcess } from './run-in-process.ts';

/** What is compared. */
export interface ComparisonOptions {
  /** The data set, as `eval identify` takes it. */
  readonly data: string;
  /** For the gallery, the lists and the templates kept by the measurement. */
  readonly folder: string;
  readonly seed: number;
  /** As typed; the gallery is searched with the threshold of the first one. */
  readonly fpirs: readonly [string, ...string[]];
  readonly engine: readonly string[];
}

/** Rates of a search. */
export interface SearchRates {
  readonly gallerySize: number;
  readonly failuresToEnrol: number;
  readonly matedProbes: number;
  readonly nonMatedProbes: number;
  readonly rank1: number;
  /** By the wanted FPIR, as typed. */
  readonly at: Readonly<Record<string, { readonly threshold: number; readonly fpir: number; readonly fnir: number }>>;
}

/** Both results. */
export interface RateComparison {
  readonly byEvaluation: SearchRates;
  readonly byGallery: SearchRates;
  /** Of `eval identify` and of `enrol` and `identify` together. */
  readonly imagesPerSecond: { readonly evaluation: number | undefined; readonly enrol: number | undefined };
}

interface Probe {
  readonly path: string;
  /** The person, if enrolled. */
  readonly mate?: string | undefined;
}

type ProbeDocument = { readonly input: string } & (
  | { readonly error: unknown }
  | Extract<IdentifyResult, { status: 'searched' }>
  | Extract<IdentifyResult, { status: 'notSearched' }>
);

/** Runs the commands; throws if one of them fails. */
export async function compareWithEval({ data, folder, seed, fpirs, engine }: ComparisonOptions): Promise<RateComparison> {
  const run = async (allowed: readonly number[], ...argv: string[]): Promise<CliRun> => {
    const result = await runInProcess([...argv, ...engine, '--json'], { cwd: folder });
    if (!allowed.includes(result.exitCode))
      throw new Error(`isoface ${argv.join(' ')}: ${result.exitCode}\n${result.stderr}\n${result.stdout}`);
    return result;
  };
  const measured = parseDocument<IdentificationResult>(
    await run([0], 'eval', 'identify', '--data', data, '--seed', `${seed}`, '--fpir', fpirs.join(','), '--cache', join(folder, 'cache')),
  );
  const byEvaluation = toRates(measured, fpirs);

  const { enrolled, probes } = draw((await openIdentitySet(data)).images, seed);
  await writeFile(join(folder, 'gallery.tsv'), enrolled.map(({ identity, path }) => `${identity}\t${path}\n`).join(''));
  await writeFile(join(folder, 'probes.txt'), probes.map(({ path }) => `${path}\n`).join(''));
  // eval takes the most prominent face of every image, whatever its quality and whomever it looks like.
  const asEval = ['--no-quality-gate', '--several-faces', 'most-prominent', '--duplicates', 'ignore'];
  const enrolment = parseDocument<{ readonly photosPerSecond: number; readonly photos: { readonly used: number } }>(
    await run([0, 1], 'enrol', '--list', 'gallery.tsv', '--gallery', 'people.gallery', ...asEval),
  );
  const threshold = byEvaluation.at[fpirs[0]]?.threshold as number;
  const found = parseDocument<{ readonly images: readonly ProbeDocument[] }>(
    await run([0, 1, 2], 'identify', '--list', 'probes.txt', '--gallery', 'people.gallery', '--threshold', `${threshold}`),
  ).images;
  const byGallery: SearchRates = {
    gallerySize: enrolment.photos.used,
    failuresToEnrol: enrolled.length - enrolment.photos.used,
    ...countOutcomes(probes, found),
    at: Object.fromEntries(fpirs.map((fpir) => [fpir, countErrors(probes, found, byEvaluation.at[fpir]?.threshold as number, threshold)])),
  };
  return {
    byEvaluation,
    byGallery,
    imagesPerSecond: { evaluation: measured.imagesPerSecond, enrol: enrolment.photosPerSecond },
  };
}

function toRates({ gallerySize, failuresToEnrol, closedSet, openSet }: IdentificationResult, fpirs: readonly string[]): SearchRates {
  const { matedProbes, nonMatedProbes, atFpir } = openSet;
  const at = fpirs.map((typed) => {
    const { threshold, fpir, fnir } = atFpir[Number(typed).toExponential()] as (typeof atFpir)[string];
    return [typed, { threshold, fpir, fnir }] as const;
  });
  return { gallerySize, failuresToEnrol, matedProbes, nonMatedProbes, rank1: closedSet.rank1, at: Object.fromEntries(at) };
}

/** One image of each person with several, drawn as the protocol draws it: written down a second time, so that a change of the first one shows. */
function draw(
  images: readonly LabelledImage[],
  seed: number,
): { readonly enrolled: readonly LabelledImage[]; readonly probes: readonly Probe[] } {
  const random = createRandom(seed);
  const enrolled: LabelledImage[] = [];
  const probes: Probe[] = [];
  for (const [identity, own] of groupByPerson(images)) {
    if (own.length === 1) {
      probes.push(...own.map(({ path }) => ({ path })));
      continue;
    }
    const chosen = own[Math.floor(random() * own.length)] as LabelledImage;
    enrolled.push(chosen);
    probes.push(...own.filter((image) => image !== chosen).map(({ path }) => ({ path, mate: identity })));
  }
  return { enrolled, probes };
}

function groupByPerson(images: readonly LabelledImage[]): Map<string, LabelledImage[]> {
  const people = new Map<string, LabelledImage[]>();
  for (const image of images) people.set(image.identity, [...(people.get(image.identity) ?? []), image]);
  return people;
}

function countOutcomes(
  probes: readonly Probe[],
  found: readonly ProbeDocument[],
): Pick<SearchRates, 'matedProbes' | 'nonMatedProbes' | 'rank1'> {
  const mated = probes.filter(({ mate }) => mate !== undefined).length;
  const first = probes.filter(({ mate }, i) => mate !== undefined && bestOf(found[i])?.id === mate).length;
  return { matedProbes: mated, nonMatedProbes: probes.length - mated, rank1: first / mated };
}

/** At the threshold that the gallery was searched with its own decisions count, at another one those that it would have taken. */
function countErrors(probes: readonly Probe[], found: readonly ProbeDocument[], threshold: number, searchedWith: number) {
  const decisions = found.map((image): string | undefined => {
    if (threshold === searchedWith) return 'decision' in image ? image.decision.id : undefined;
    const best = bestOf(image);
    return best !== undefined && best.similarity >= threshold ? best.id : undefined;
  });
  const mated = probes.filter(({ mate }) => mate !== undefined).length;
  const missed = probes.filter(({ mate }, i) => mate !== undefined && decisions[i] !== mate).length;
  const alarms = probes.filter(({ mate }, i) => mate === undefined && decisions[i] !== undefined).length;
  return { threshold, fpir: alarms / (probes.length - mated), fnir: missed / mated };
}

function bestOf(image: ProbeDocument | undefined) {
  return image !== undefined && 'candidates' in image ? image.candidates[0] : undefined;
}
