/** Enrolment: which photos will do, whether they are all of one person, and whether that person is known under another id. */

import { assertUsableVector, type Embedding } from '../embed/embedding.ts';
import type { AnalyzedFace } from '../engine/analysis.ts';
import { assertChoiceOptions } from '../engine/choose-face.ts';
import type { EngineInfo } from '../engine/face-engine.ts';
import { FaceError, isFaceError } from '../errors/face-error.ts';
import { selectThreshold } from '../match/select-threshold.ts';
import type { GalleryHeader } from '../ports/gallery-store.ts';
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
import { toSearchVector } from './search-vector.ts';
import type { CurrentIdentity, TemplateAddition, WritableGallery } from './stored-gallery.ts';

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

/** What has become of the photos so far. */
class PhotoSet<ImageInput> {
  /** Those that will do, by their place among the inputs. */
  readonly samples = new Map<number, Sample>();
  readonly #inputs: readonly EnrolPhoto<ImageInput>[];
  readonly #outcomes = new Map<number, PhotoOutcome>();

  constructor(inputs: readonly EnrolPhoto<ImageInput>[]) {
    this.#inputs = inputs;
  }

  reject(index: number, reason: PhotoRejection, message: string, face = this.samples.get(index)?.face): void {
    this.samples.delete(index);
    this.#outcomes.set(index, { index, source: this.sourceOf(index), status: 'rejected', reason, message, ...(face && { face }) });
  }

  /** Names the templates of the photos that were used, in their order. */
  markUsed(templateOf: (place: number) => number): void {
    for (const [place, [index, { face }]] of [...this.samples].entries()) {
      const template = templateOf(place);
      this.#outcomes.set(index, { index, source: this.sourceOf(index), status: 'used', template, ...(face && { face }) });
    }
  }

  sourceOf(index: number): string | undefined {
    return this.#inputs[index]?.source;
  }

  outcomes(): PhotoOutcome[] {
    return [...this.#outcomes.values()].sort((a, b) => a.index - b.index);
  }
}

/** What is to be done: somebody is added, or refused. */
type Plan = { readonly duplicates: readonly Duplicate[] } & (
  | { readonly addition: TemplateAddition }
  | {
      readonly addition?: undefined;
      readonly reason: 'noUsablePhoto' | 'duplicate' | 'exists';
      readonly message: string;
    }
);

/** See `Gallery.enrol`. */
export async function enrol<ImageInput>(
  id: string,
  photos: ImageInput | Embedding | EnrolPhoto<ImageInput> | readonly (ImageInput | Embedding | EnrolPhoto<ImageInput>)[],
  options: EnrolOptions,
  context: EnrolContext<ImageInput>,
): Promise<EnrolResult> {
  const { stored, search } = context;
  const settings = settleEnrolment(options);
  const normal = normalizeIdentityId(id);
  const inputs = (Array.isArray(photos) ? photos : [photos]).map((input) => toEnrolPhoto<ImageInput>(input));
  if (inputs.length === 0) throw new FaceError('INVALID_OPTION', 'Expected at least one photo, got none.', { option: 'photos' });
  // Thresholds that do not exist are said before photos are looked at.
  const sameThreshold = settings.otherPeople === 'refuse' ? settleSameThreshold(settings, context.info()) : undefined;
  if (settings.duplicates !== 'ignore') await search.decide(settings);

  const seen = await readPhotos(inputs, settings, context);
  const { plan, isNew, added } = await stored.addTemplates(normal, (current) =>
    planEnrolment(normal, seen, current, { settings, sameThreshold, context }),
  );
  const { duplicates } = plan;
  if (plan.addition === undefined) {
    const { reason, message } = plan;
    return { status: 'refused', id: normal, reason, message, photos: seen.outcomes(), duplicates };
  }
  seen.markUsed((place) => added[settings.templates === 'fused' ? 0 : place] as number);
  return { status: 'enrolled', id: normal, isNew, templates: added, photos: seen.outcomes(), duplicates };
}

async function readPhotos<ImageInput>(
  inputs: readonly EnrolPhoto<ImageInput>[],
  settings: Settings,
  { search, reader }: EnrolContext<ImageInput>,
): Promise<PhotoSet<ImageInput>> {
  const seen = new PhotoSet(inputs);
  const photos = inputs.map(({ photo }) => photo);
  for await (const outcome of lookAtPhotos(reader, photos, settings, settings.signal)) {
    if ('error' in outcome) {
      if (!isFaceError(outcome.error, 'IMAGE_INVALID', 'IMAGE_TOO_LARGE', 'IO_FAILED')) throw outcome.error;
      seen.reject(outcome.index, 'unreadable', outcome.error.message);
    } else if ('embedding' in outcome.look) {
      const { embedding, face } = outcome.look;
      seen.samples.set(outcome.index, { embedding, vector: search.toVector(embedding), ...(face && { face }) });
    } else {
      seen.reject(outcome.index, outcome.look.reason, outcome.look.message, outcome.look.face);
    }
  }
  return seen;
}

/** Decides with the gallery at rest: nobody else is enrolled meanwhile. */
async function planEnrolment<ImageInput>(
  id: string,
  seen: PhotoSet<ImageInput>,
  current: CurrentIdentity | undefined,
  { settings, sameThreshold, context }: { settings: Settings; sameThreshold: number | undefined; context: EnrolContext<ImageInput> },
): Promise<Plan> {
  const { stored, search } = context;
  const { samples } = seen;
  // Once more: the keys may have changed since the photos were looked at.
  for (const [index, sample] of samples) samples.set(index, { ...sample, vector: search.toVector(sample.embedding) });
  if (current !== undefined && settings.existing === 'refuse') {
    return { duplicates: [], reason: 'exists', message: `${JSON.stringify(id)} is enrolled already.` };
  }
  if (sameThreshold !== undefined) {
    const kept = settings.existing === 'replace' ? undefined : current;
    for (const { index, similarity } of findOtherPeople(samples, kept, sameThreshold, search.compare)) {
      const others = kept === undefined ? 'those of the other photos' : 'the templates of this person';
      const message = `The face does not look like ${others} (similarity ${similarity.toFixed(4)}, expected ${sameThreshold.toFixed(4)}).`;
      seen.reject(index, 'otherPerson', message);
    }
  }
  if (samples.size === 0) return { duplicates: [], reason: 'noUsablePhoto', message: describeRejections(seen.outcomes()) };
  const duplicates = settings.duplicates === 'ignore' ? [] : await findDuplicates(id, [...samples.values()], settings, search);
  const [duplicate] = duplicates;
  if (duplicate !== undefined && settings.duplicates === 'refuse') {
    const message = `The person looks like ${JSON.stringify(duplicate.id)}, who is enrolled already.`;
    return { duplicates, reason: 'duplicate', message };
  }
  const toAddition = (index: number, sample: Sample, photos: number) => ({
    vector: sample.vector,
    facts: toFacts(sample, photos, seen.sourceOf(index)),
  });
  const each = [...samples].map(([index, sample]) => toAddition(index, sample, 1));
  const isFused = settings.templates === 'fused' && each.length > 1;
  const addition: TemplateAddition = {
    metadata: settings.metadata ?? current?.facts.metadata ?? {},
    keepsOld: settings.existing === 'add',
    added: isFused ? [fuse(samples, stored.header.metric, toAddition)] : each,
  };
  return { duplicates, addition };
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
    samples.map(({ embedding }) => embedding),
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

type Settings = ReturnType<typeof settleEnrolment>;

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

/** One template of several photos: the mean of their vectors (of length 1 each, and so again, where cosines are compared), with the facts of the sharpest one. */
function fuse(
  samples: ReadonlyMap<number, Sample>,
  metric: GalleryHeader['metric'],
  toAddition: (index: number, sample: Sample, photos: number) => TemplateAddition['added'][number],
): TemplateAddition['added'][number] {
  const vectors = [...samples.values()].map(({ vector }) => toSearchVector(vector, metric));
  const mean = Float32Array.from(
    vectors[0] as Float32Array,
    (_, i) => vectors.reduce((sum, vector) => sum + (vector[i] as number), 0) / vectors.length,
  );
  assertUsableVector(mean);
  const sharpnessOf = ({ face }: Sample): number => face?.quality.sharpness ?? 0;
  const [index, best] = [...samples].reduce((a, b) => (sharpnessOf(b[1]) > sharpnessOf(a[1]) ? b : a));
  return toAddition(index, { ...best, vector: toSearchVector(mean, metric) }, samples.size);
}

function toFacts({ embedding, face }: Sample, photos: number, source: string | undefined): TemplateFacts {
  const { flipAveraging, importedFrom } = embedding.provenance;
  return {
    createdAtMs: Date.now(),
    photos,
    flipAveraging,
    ...(source !== undefined && { source }),
    ...(importedFrom !== undefined && { importedFrom }),
    ...(face && { quality: { sizePixels: face.quality.sizePixels, sharpness: face.quality.sharpness } }),
  };
}

function describeRejections(outcomes: readonly PhotoOutcome[]): string {
  const [first] = outcomes.filter((outcome) => outcome?.status === 'rejected');
  const reason = first?.status === 'rejected' ? first.message : 'No photo was given.';
  return outcomes.length === 1 ? reason : `None of ${outcomes.length} photos can be used. The first one: ${reason}`;
}
