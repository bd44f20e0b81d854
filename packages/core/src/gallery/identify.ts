/** Who is it? */

import type { Embedding } from '../embed/embedding.ts';
import type { StageTimings } from '../engine/analysis.ts';
import { assertChoiceOptions } from '../engine/choose-face.ts';
import { addTimings, type Clock, StageClock } from '../engine/stage-clock.ts';
import { FaceError } from '../errors/face-error.ts';
import type { IdentifyOptions, IdentifyResult } from './gallery.ts';
import type { GallerySearch } from './gallery-search.ts';
import { type Look, lookAtPhotos, type PhotoReader } from './look-at-photos.ts';

/** What identification works with. */
export interface IdentifyContext<ImageInput> {
  readonly search: GallerySearch;
  readonly reader: PhotoReader<ImageInput>;
  readonly now: Clock;
}

const DEFAULT_LIMIT = 5;
const MOST_CANDIDATES = 1_000;
const NO_TIME: StageTimings = { decodeMs: 0, preprocessMs: 0, detectMs: 0, alignMs: 0, embedMs: 0, livenessMs: 0, matchMs: 0 };

/** See `Gallery.identifyMany`. */
export async function identifyMany<ImageInput>(
  probes: readonly (ImageInput | Embedding)[],
  options: IdentifyOptions,
  { search, reader, now }: IdentifyContext<ImageInput>,
): Promise<readonly IdentifyResult[]> {
  const { limit = DEFAULT_LIMIT, severalFaces, qualityLimits, signal } = options;
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_CANDIDATES) {
    throw new FaceError('INVALID_OPTION', `Expected limit to be a whole number from 1 to ${MOST_CANDIDATES}, got ${limit}.`, {
      option: 'limit',
      value: limit,
    });
  }
  const choice = { severalFaces, qualityLimits };
  assertChoiceOptions(choice);
  // Settled before any photo is looked at: a wrong option must not cost an analysis.
  await search.decide(options);
  const clock = new StageClock(now);
  const looks: Look[] = [];
  const embeddings: Embedding[] = [];
  const places: number[] = [];
  for await (const outcome of lookAtPhotos(reader, probes, choice, signal)) {
    if ('error' in outcome) throw outcome.error;
    looks.push(outcome.look);
    if (!('embedding' in outcome.look)) continue;
    // Refused here, before the gallery is read.
    search.toVector(outcome.look.embedding);
    places[outcome.index] = embeddings.push(outcome.look.embedding) - 1;
  }
  const found = embeddings.length === 0 ? [] : await clock.time('match', () => search.find(embeddings, Math.max(2, limit), signal));
  const decision = await search.decide(options);
  const matchMs = clock.toTimings().matchMs / Math.max(1, embeddings.length);
  return looks.map((seen, i): IdentifyResult => {
    const place = places[i];
    const timings = addTimings(seen.timings ?? NO_TIME, { ...NO_TIME, matchMs: place === undefined ? 0 : matchMs });
    const face = seen.face && { face: seen.face };
    if (place === undefined) {
      const { reason, message } = seen as Extract<Look, { reason: unknown }>;
      return { status: 'notSearched', reason, message, ...face, timings };
    }
    const candidates = found[place] ?? [];
    const [first, second] = candidates;
    const isKnown = first !== undefined && first.similarity >= decision.threshold;
    return {
      status: 'searched',
      candidates: candidates.slice(0, limit),
      decision: {
        ...decision,
        ...(isKnown && { id: first.id }),
        ...(first !== undefined && second !== undefined && { margin: first.similarity - second.similarity }),
      },
      ...face,
      timings,
    };
  });
}
