/** Command `unlinkability`: what the transform of templates keeps and what it hides, on labelled photos. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createRandom } from '@isoface/core/evaluation';
import {
  chooseRecognizer,
  type IdentitySet,
  openIdentitySet,
  openTemplateCache,
  openTemplateSource,
  type TemplateCache,
  type TemplateSource,
} from '@isoface/evaluation';
import { getPack } from '@isoface/models';
import { createFaceEngine } from '@isoface/runtime-node';
import { describeMachine, type Machine } from '../machine.ts';
import { shuffle } from '../shuffle.ts';
import { measureUnlinkability, type PairedTemplates, type UnlinkabilityFigures } from './measure-unlinkability.ts';

/** Options of {@link benchUnlinkability}. */
export interface BenchUnlinkabilityOptions {
  /** Folder with the folder `lfw`. */
  readonly data: string;
  readonly packs: readonly string[];
  readonly modelsDir: string | undefined;
  /** Most people; two photos of each. */
  readonly people: number;
  /** Templates are kept here between measurements. */
  readonly cache: string;
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

/** What the command gives; no template is part of it. */
export interface UnlinkabilityReport {
  readonly measurement: 'unlinkability';
  readonly machine: Machine;
  readonly dataset: string;
  readonly packs: readonly ({ readonly pack: string } & UnlinkabilityFigures)[];
}

const SEED = 1;

/** Measures each pack on the same people. */
export async function benchUnlinkability(options: BenchUnlinkabilityOptions): Promise<UnlinkabilityReport> {
  const { data, packs, people, signal, onProgress } = options;
  const machine = describeMachine();
  const photos = choosePhotos(await openIdentitySet(join(data, 'lfw'), signal), people);
  const rows: UnlinkabilityReport['packs'][number][] = [];
  for (const pack of packs) {
    const templates = await computeTemplates(photos, pack, options);
    onProgress(`${pack}: comparisons of ${templates.first.length} people`);
    rows.push({ pack, ...(await measureUnlinkability(templates, { signal })) });
  }
  return { measurement: 'unlinkability', machine, dataset: 'LFW, deep-funneled, two photos of each person', packs: rows };
}

/** Two photos of each of so many people who have two. */
function choosePhotos({ images }: IdentitySet, people: number): readonly (readonly [string, string])[] {
  const paths = new Map<string, string[]>();
  for (const { identity, path } of images) paths.set(identity, [...(paths.get(identity) ?? []), path]);
  const pairs = [...paths.values()].flatMap(([a, b]): [string, string][] => (a === undefined || b === undefined ? [] : [[a, b]]));
  return shuffle(pairs, createRandom(SEED)).slice(0, people);
}

async function computeTemplates(
  photos: readonly (readonly [string, string])[],
  packId: string,
  { modelsDir, cache: folder, signal, onProgress }: BenchUnlinkabilityOptions,
): Promise<PairedTemplates> {
  const pack = getPack(packId);
  const engine = await createFaceEngine({ pack, executionProviders: 'cpu', modelsDir, signal });
  const source = await openTemplateSource(engine, pack, await chooseRecognizer('pack', resolve));
  try {
    const cache = await openTemplateCache(folder, source.fingerprint);
    try {
      const all = await seeAll(photos.flat(), { source, cache, signal, report: (done) => onProgress(`${packId}: photo ${done}`) });
      const pairs = photos.flatMap((_, person): [Float32Array, Float32Array][] => {
        const [a, b] = [all[2 * person], all[2 * person + 1]];
        return a === undefined || b === undefined ? [] : [[a, b]];
      });
      return { first: pairs.map(([a]) => a), second: pairs.map(([, b]) => b) };
    } finally {
      await cache.close();
    }
  } finally {
    await source.dispose();
  }
}

interface SeeOptions {
  readonly source: TemplateSource;
  readonly cache: TemplateCache;
  readonly signal: AbortSignal;
  readonly report: (done: number) => void;
}

/** The template of each photo; `undefined` where no face was found. */
async function seeAll(paths: readonly string[], { source, cache, signal, report }: SeeOptions): Promise<(Float32Array | undefined)[]> {
  const digests: string[] = [];
  for (const path of paths) {
    digests.push(
      createHash('sha256')
        .update(await readFile(path, { signal }))
        .digest('hex'),
    );
  }
  const templates = digests.map((digest) => cache.get(digest)?.sighting.template);
  const missing = paths.flatMap((_, index) => (cache.get(digests[index] ?? '') === undefined ? [index] : []));
  const missingPaths = missing.map((index) => paths[index] ?? '');
  let last = performance.now();
  for await (const outcome of source.sight(missingPaths, signal)) {
    const now = performance.now();
    const wallMs = now - last;
    last = now;
    if ('error' in outcome) throw outcome.error;
    const index = missing[outcome.index] ?? 0;
    templates[index] = outcome.sighting.template;
    await cache.put(digests[index] ?? '', { sighting: outcome.sighting, wallMs });
    if (outcome.index % 200 === 199) report(outcome.index + 1);
  }
  return templates;
}
