/** From named pairs to packed ones. */

import type { DatasetImage, DatasetProblem } from './dataset-entry.ts';
import { comparePaths } from './entry-path.ts';
import type { MissingPair, PairList, PairSet } from './pair-set.ts';

/** A pair as a label file names it. */
export interface NamedPair {
  /** Line of the label file, from 1. */
  readonly line: number;
  readonly names: readonly [string, string];
  readonly isGenuine: boolean;
  readonly fold: number;
}

/** What {@link collectPairs} works on. */
export interface PairCollection<Image extends DatasetImage> {
  readonly pairs: readonly NamedPair[];
  /** The images that are there, by the names that the pairs use. Several names may stand for one image. */
  readonly images: ReadonlyMap<string, Image>;
  readonly foldCount: number;
  /** What is known to be wrong already. */
  readonly problems: readonly DatasetProblem[];
  /** Whether lines were left out. */
  readonly hasBadLines: boolean;
}

/** Gives images their indices, sets pairs without images apart, and looks for pairs that should not be. */
export function collectPairs<Image extends DatasetImage>(collection: PairCollection<Image>): PairSet<Image> {
  const { pairs: named, images: byName, foldCount, hasBadLines } = collection;
  const images = listImages(named, byName);
  const indices = new Map(images.map(({ path }, i) => [path, i]));
  const indexOf = (name: string): number => indices.get(byName.get(name)?.path ?? '') ?? -1;
  const present = named.filter(({ names }) => names.every((name) => byName.has(name)));
  const missingPairs = named.filter(({ names }) => !names.every((name) => byName.has(name))).map((pair) => toMissingPair(pair, byName));
  const pairs: PairList = {
    first: Uint32Array.from(present, ({ names }) => indexOf(names[0])),
    second: Uint32Array.from(present, ({ names }) => indexOf(names[1])),
    isGenuine: Uint8Array.from(present, ({ isGenuine }) => Number(isGenuine)),
    fold: Uint8Array.from(present, ({ fold }) => fold),
    count: present.length,
  };
  const problems = [...collection.problems, ...describeMissing(missingPairs), ...findOddPairs(present, pairs, images)];
  return { images, pairs, missingPairs, foldCount, problems, isComplete: missingPairs.length === 0 && !hasBadLines };
}

function listImages<Image extends DatasetImage>(pairs: readonly NamedPair[], byName: ReadonlyMap<string, Image>): Image[] {
  const byPath = new Map<string, Image>();
  for (const { names } of pairs) {
    for (const name of names) {
      const image = byName.get(name);
      if (image !== undefined) byPath.set(image.path, image);
    }
  }
  return Array.from(byPath.values()).sort((a, b) => comparePaths(a.relativePath, b.relativePath));
}

function toMissingPair({ line, isGenuine, fold, names }: NamedPair, images: ReadonlyMap<string, DatasetImage>): MissingPair {
  return { line, isGenuine, fold, names, missing: Array.from(new Set(names)).filter((name) => !images.has(name)) };
}

function describeMissing(pairs: readonly MissingPair[]): DatasetProblem[] {
  const needs = new Map<string, { line: number; count: number }>();
  for (const { line, missing } of pairs) {
    for (const name of missing) {
      const need = needs.get(name);
      if (need === undefined) needs.set(name, { line, count: 1 });
      else need.count++;
    }
  }
  return Array.from(needs, ([path, { line, count }]) => {
    const message = `This image is not there; ${count} ${count === 1 ? 'pair needs' : 'pairs need'} it and cannot be compared.`;
    return { path, code: 'missing', message, line };
  });
}

function findOddPairs(named: readonly NamedPair[], pairs: PairList, images: readonly DatasetImage[]): DatasetProblem[] {
  const problems: DatasetProblem[] = [];
  const seen = new Map<number, NamedPair>();
  for (const [i, pair] of named.entries()) {
    const [a, b] = [pairs.first[i] as number, pairs.second[i] as number];
    const { line } = pair;
    const path = images[a]?.relativePath ?? '';
    const other = JSON.stringify(images[b]?.relativePath);
    if (a === b) problems.push({ path, code: 'self-pair', message: 'This image is paired with itself; the pair is kept.', line });
    const key = Math.min(a, b) * images.length + Math.max(a, b);
    const earlier = seen.get(key);
    if (earlier === undefined) {
      seen.set(key, pair);
      continue;
    }
    const isSame = earlier.isGenuine === pair.isGenuine;
    problems.push({
      path,
      code: isSame ? 'duplicate-pair' : 'contradiction',
      message: `Paired with ${other} in line ${earlier.line} already${isSame ? '' : ', with the opposite label'}; both pairs are kept.`,
      line,
    });
  }
  return problems;
}
