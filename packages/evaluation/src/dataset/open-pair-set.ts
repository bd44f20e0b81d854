/** Listed pairs: LFW's official ones, or a table. */

import { basename, dirname, extname, join } from 'node:path';
import { FaceError } from '@isoface/core';
import { findImagesFolder } from './images-folder.ts';
import { readLfw } from './lfw.ts';
import { readPairList } from './pair-list.ts';
import type { PairSet } from './pair-set.ts';

/** Pairs under the name by which results on them may go. */
export interface NamedPairSet {
  readonly name: string;
  readonly protocol: 'lfw' | 'lfw-incomplete' | 'pairs';
  readonly set: PairSet;
  /** Pairs of the protocol, those included whose images are missing. */
  readonly pairsOfProtocol: number;
}

/**
 * Opens LFW.
 *
 * @param allowMissing - Measure what is there under the name `lfw-incomplete` instead of failing.
 * @throws {FaceError} `DATASET_INVALID` unless all 6,000 official pairs are there.
 */
export async function openLfwPairs(data: string, allowMissing: boolean, signal?: AbortSignal): Promise<NamedPairSet> {
  const set = await readLfw(data, { signal });
  const pairsOfProtocol = set.pairs.count + set.missingPairs.length;
  const isWhole = set.isOfficial && set.isComplete && set.missingPairs.length === 0;
  const name = basename(data);
  if (isWhole) return { name, protocol: 'lfw', set, pairsOfProtocol };
  if (allowMissing) return { name, protocol: 'lfw-incomplete', set, pairsOfProtocol };
  const state = set.isOfficial
    ? `${set.pairs.count} of ${pairsOfProtocol} pairs with both images (the first that lacks one: ${set.missingPairs[0]?.missing.join(', ') ?? 'none'})`
    : 'a list of pairs that is not the official one of view 2';
  throw new FaceError(
    'DATASET_INVALID',
    `Expected all 6,000 official pairs of LFW in ${data}, got ${state}. A result on fewer is not LFW's: --allow-missing measures them under another name.`,
    { path: data, pairs: pairsOfProtocol, missing: set.missingPairs.length, isOfficial: set.isOfficial },
  );
}

/**
 * Opens a table of pairs: the file, or the `pairs.tsv` of a folder. Images lie beside it or in the folder `images` beside it, unless `directory`
 * names another.
 */
export async function openListedPairs(data: string, directory?: string, signal?: AbortSignal): Promise<NamedPairSet> {
  const file = extname(data) === '' ? join(data, 'pairs.tsv') : data;
  const set = await readPairList({ file, directory: directory ?? (await findImagesFolder(dirname(file))), signal });
  const name = basename(extname(data) === '' ? data : dirname(data));
  return { name, protocol: 'pairs', set, pairsOfProtocol: set.pairs.count + set.missingPairs.length };
}
