/** Enrolment: which photos will do, whether they are all of one person, and whether that person is known under another id. */

import { assertUsableVector, type Embedding } from '../embed/embedding.ts';
import { assertChoiceOptions } from '../engine/choose-face.ts';
import type { AnalyzedFace, EngineInfo } from '../engine/face-engine.ts';
import { FaceError, isFaceError } from '../errors/face-error.ts';
import { selectThreshold } from '../match/select-threshold.ts';
import { assertOneOf } from './assert-one-of.ts';
import {
  type Duplicate,
  ENROL_QUALITY_LIMITS,
  type EnrolOptions,
  type EnrolPhoto,
  type EnrolResult,
  type PhotoOutcome,
  type PhotoRejection,
} from './gallery.ts';
import { assertThreshold, type GallerySearch } from './gallery-search.ts';
import { normalizeIdentityId } from './identity-id.ts';
import { lookAtPhotos, type PhotoReader } from './look-at-photos.ts';
import { compareIds } from './memory-store.ts';
import { copyMetadata } from './metadata.ts';
import type { TemplateFacts } from './records.ts';
import { selectSamePerson } from './same-person.ts';
import { type CurrentIdentity, toGalleryVector, type WritableGallery } from './stored-gallery.ts';

/** What enrolment works with. */
export interface EnrolContext<ImageInput> {
  readonly stored: WritableGallery;
  readonly search: GallerySearch;
  readonly reader: PhotoReader<ImageInput>;
  info(): EngineInfo;
}

/** False match rate at which two photos of one enrolment count as of one person: lenient, for the photos are said to be. */
const SAME_PERSON_FMR = 1e-2;
/** Of each photo, the most similar people: the person is often among them. */
const DUPLICATES_LOOKED_AT = 6;
const MOST_SOURCE_LENGTH = 1_024;

/** A face that is to be enrolled. */
interface Sample {
  readonly embedding: Embedding;
  /** In the space of the gallery. */
  readonly vector: Float32Array;
  readonly face?: AnalyzedFace | undefined;
}

/** See `Gallery.enrol`. */
export async function enrol<ImageInput>(
  id: string,
  photos: ImageInput | Embedding | EnrolPhoto<ImageInput> | readonly (ImageInput | Embedding | EnrolPhoto<ImageInput>)[],
  options: EnrolOptions,
  context: EnrolContext<ImageInput>,
): Promise<EnrolResult> {
  const { stored, search, reader } = context;
  const { metric } = stored.header;
  const settings = settleEnrolment(options);
  const normal = normalizeIdentityId(id);
  const inputs = (Array.isArray(photos) ? photos : [photos]).map((input) => toEnrolPhoto<ImageInput>(input));
  if (inputs.length === 0) throw new FaceError('INVALID_OPTION', 'Expected at least one photo, got none.', { option: 'photos' });
  const sameThreshold = settings.otherPeople === 'refuse' ? settleSameThreshold(settings, context.info()) : undefined;
  if (settings.duplicates !== 'ignore') await search.decide(settings);

  const outcomes: PhotoOutcome[] = [];
  const samples = new Map<number, Sample>();
  const reject = (index: number, reason: PhotoRejection, message: string): void => {
    const face = samples.get(index)?.face;
    outcomes[index] = { index, source: inputs[index]?.source, status: 'rejected', reason, message, ...(face && { face }) };
    samples.delete(index);
  };
  for await (const outcome of lookAtPhotos(
    reader,
    inputs.map(({ photo }) => photo),
    settings,
    settings.signal,
  )) {
    if ('error' in outcome) {
      if (!isFaceError(outcome.error, 'IMAGE_INVALID', 'IMAGE_TOO_LARGE', 'IO_FAILED')) throw outcome.error;
      reject(outcome.index, 'unreadable', outcome.error.message);
      continue;
    }
    const seen = outcome.look;
    if ('embedding' in seen) {
      samples.set(outcome.index, {
        embedding: seen.embedding,
        vector: search.toVector(seen.embedding),
        ...(seen.face && { face: seen.face }),
      });
    } else {
      reject(outcome.index, seen.reason, seen.message);
      if (seen.face !== undefined) outcomes[outcome.index] = { ...(outcomes[outcome.index] as PhotoOutcome), face: seen.face };
    }
  }

  let refusal: { readonly reason: 'noUsablePhoto' | 'duplicate' | 'exists'; readonly message: string } | undefined;
  let duplicates: readonly Duplicate[] = [];
  let isNew = true;
  const added = await stored.addTemplates(normal, async (current) => {
    isNew = current === undefined;
    if (current !== undefined && settings.existing === 'refuse') {
      refusal = { reason: 'exists', message: `${JSON.stringify(normal)} is enrolled already.` };
      return undefined;
    }
    if (sameThreshold !== undefined) {
      const kept = settings.existing === 'replace' ? undefined : current;
      for (const { index: i, similarity } of findOtherPeople(samples, kept, sameThreshold, search.compare)) {
        const message = `The face does not look like ${kept === undefined ? 'those of the other photos' : 'the templates of this person'} (similarity ${similarity.toFixed(4)}, expected ${sameThreshold.toFixed(4)}).`;
        reject(i, 'otherPerson', message);
      }
    }
    if (samples.size === 0) {
      refusal = { reason: 'noUsablePhoto', message: describeRejections(outcomes) };
      return undefined;
    }
    if (settings.duplicates !== 'ignore') {
      duplicates = await findDuplicates(normal, [...samples.values()], settings, search);
      if (duplicates.length > 0 && settings.duplicates === 'refuse') {
        const [first] = duplicates as readonly [Duplicate];
        refusal = { reason: 'duplicate', message: `The person looks like ${JSON.stringify(first.id)}, who is enrolled already.` };
        return undefined;
      }
    }
    const at = Date.now();
    return {
      metadata: settings.metadata ?? current?.facts.metadata ?? {},
      keepsOld: settings.existing === 'add',
      added:
        settings.templates === 'fused'
          ? [fuse(samples, inputs, metric, at)]
          : [...samples].map(([i, sample]) => toAddition(sample, inputs[i], 1, at)),
    };
  });
  if (refusal !== undefined || added === undefined) {
    const { reason, message } = refusal ?? { reason: 'noUsablePhoto' as const, message: describeRejections(outcomes) };
    return { status: 'refused', id: normal, reason, message, photos: outcomes.filter((outcome) => outcome !== undefined), duplicates };
  }
  [...samples.keys()].forEach((i, place) => {
    const template = (settings.templates === 'fused' ? added[0] : added[place]) as number;
    const face = samples.get(i)?.face;
    outcomes[i] = { index: i, source: inputs[i]?.source, status: 'used', template, ...(face && { face }) };
  });
  return { status: 'enrolled', id: normal, isNew, templates: added, photos: outcomes, duplicates };
}

/** People under other ids who look like one of the samples. */
async function findDuplicates(
  id: string,
  samples: readonly Sample[],
  options: EnrolOptions,
  search: GallerySearch,
): Promise<readonly Duplicate[]> {
  const { threshold } = await search.decide(options);
  const found = await search.find(
    samples.map(({ vector }) => vector),
    DUPLICATES_LOOKED_AT,
    options.signal,
  );
  const best = new Map<string, number>();
  for (const candidate of found.flat()) {
    if (candidate.id === id || candidate.similarity < threshold) continue;
    best.set(candidate.id, Math.max(candidate.similarity, best.get(candidate.id) ?? Number.NEGATIVE_INFINITY));
  }
  return [...best]
    .map(([other, similarity]) => ({ id: other, similarity }))
    .sort((a, b) => b.similarity - a.similarity || compareIds(a.id, b.id));
}

function settleSameThreshold({ threshold, fmr = SAME_PERSON_FMR }: EnrolOptions, { thresholds, flipAveraging }: EngineInfo): number {
  if (threshold !== undefined) return assertThreshold(threshold);
  return selectThreshold(thresholds, fmr, flipAveraging).threshold;
}

/** Every default in its place, so that a caller may forward `undefined`. */
function settleEnrolment(options: EnrolOptions) {
  const settings = {
    ...options,
    metadata: options.metadata && copyMetadata(options.metadata),
    existing: options.existing ?? 'add',
    templates: options.templates ?? 'each',
    qualityLimits: options.qualityLimits ?? ENROL_QUALITY_LIMITS,
    severalFaces: options.severalFaces ?? 'refuse',
    duplicates: options.duplicates ?? 'refuse',
    otherPeople: options.otherPeople ?? 'refuse',
  } as const;
  assertOneOf('existing', settings.existing, ['add', 'replace', 'refuse']);
  assertOneOf('templates', settings.templates, ['each', 'fused']);
  assertOneOf('duplicates', settings.duplicates, ['refuse', 'report', 'ignore']);
  assertOneOf('otherPeople', settings.otherPeople, ['refuse', 'accept']);
  assertChoiceOptions(settings);
  return settings;
}

function toEnrolPhoto<ImageInput>(input: ImageInput | Embedding | EnrolPhoto<ImageInput>): EnrolPhoto<ImageInput> {
  if (typeof input !== 'object' || input === null || !('photo' in input)) return { photo: input as ImageInput | Embedding };
  const { photo, source } = input as EnrolPhoto<ImageInput>;
  if (source !== undefined && (typeof source !== 'string' || source.length > MOST_SOURCE_LENGTH)) {
    throw new FaceError(
      'INVALID_OPTION',
      `Expected source to be a text of at most ${MOST_SOURCE_LENGTH} characters, got ${typeof source}.`,
      {
        option: 'source',
      },
    );
  }
  return { photo, source };
}

/** Photos that do not hang together with the others, with their highest similarity to any of those. */
function findOtherPeople(
  samples: ReadonlyMap<number, Sample>,
  current: CurrentIdentity | undefined,
  threshold: number,
  compare: (a: Float32Array, b: Float32Array) => number,
): readonly { readonly index: number; readonly similarity: number }[] {
  const entries = [...samples];
  const vectors = entries.map(([, { vector }]) => vector);
  const at = (i: number): Float32Array => vectors[i] as Float32Array;
  const toTemplates =
    current && vectors.map((vector) => Math.max(...current.templates.map((template) => compare(vector, template.vector))));
  const belongs = selectSamePerson(
    entries.length,
    (i, j) => compare(at(i), at(j)) >= threshold,
    toTemplates?.map((similarity) => similarity >= threshold),
  );
  return entries.flatMap(([index], i) => {
    if (belongs[i] === true) return [];
    const toOthers = vectors.filter((_, j) => belongs[j] === true).map((other) => compare(at(i), other));
    return [{ index, similarity: Math.max(...toOthers, ...(toTemplates === undefined ? [] : [toTemplates[i] as number])) }];
  });
}

/** One template of several photos: the mean of their vectors, of length 1 again where cosines are compared. */
function fuse<ImageInput>(
  samples: ReadonlyMap<number, Sample>,
  inputs: readonly EnrolPhoto<ImageInput>[],
  metric: 'cosine' | 'euclidean',
  at: number,
): { readonly vector: Float32Array; readonly facts: TemplateFacts } {
  const [[firstIndex, first], ...others] = [...samples] as [[number, Sample], ...[number, Sample][]];
  if (others.length === 0) return toAddition(first, inputs[firstIndex], 1, at);
  const sum = new Float64Array(first.vector.length);
  for (const { vector } of samples.values()) for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (vector[i] as number);
  const mean = Float32Array.from(sum, (value) => value / samples.size);
  assertUsableVector(mean);
  const best = [...samples].reduce((a, b) => ((b[1].face?.quality.sharpness ?? 0) > (a[1].face?.quality.sharpness ?? 0) ? b : a));
  return { ...toAddition(best[1], inputs[best[0]], samples.size, at), vector: toGalleryVector(mean, metric) };
}

function toAddition<ImageInput>(
  { embedding, vector, face }: Sample,
  input: EnrolPhoto<ImageInput> | undefined,
  photos: number,
  createdAtMs: number,
): { readonly vector: Float32Array; readonly facts: TemplateFacts } {
  const { flipAveraging, importedFrom } = embedding.provenance;
  const facts: TemplateFacts = {
    createdAtMs,
    photos,
    flipAveraging,
    ...(input?.source !== undefined && { source: input.source }),
    ...(importedFrom !== undefined && { importedFrom }),
    ...(face && { quality: { sizePixels: face.quality.sizePixels, sharpness: face.quality.sharpness } }),
  };
  return { vector, facts };
}

function describeRejections(outcomes: readonly PhotoOutcome[]): string {
  const [first] = outcomes.filter((outcome) => outcome?.status === 'rejected');
  const reason = first?.status === 'rejected' ? first.message : 'No photo was given.';
  return outcomes.length === 1 ? reason : `None of ${outcomes.length} photos can be used. The first one: ${reason}`;
}
