/** Many people into one gallery, several photos at a time. What is finished is kept, whatever happens to the rest. */

import type { EnrolOptions, EnrolResult, Gallery, Identity, PhotoRejection } from '@isoface/core/gallery';
import type { NodeImageInput } from '@isoface/runtime-node';
import type { PersonPhoto, PersonToEnrol } from './people-to-enrol.ts';

/** A photo that did not become a template, and why. */
export interface UnusedPhoto {
  readonly id: string;
  readonly source: string;
  /** Why the photo was rejected, or why the person was refused. */
  readonly reason: PhotoRejection | 'duplicate' | 'exists';
  readonly message: string;
}

/** What became of one person. */
export interface PersonOutcome {
  readonly id: string;
  /** `present`: no photo had to be looked at, or those that are left cannot be used and the person is enrolled by others. */
  readonly status: 'enrolled' | 'refused' | 'present';
  readonly isNew: boolean;
  /** Photos that were looked at. */
  readonly analyzed: number;
  /** Photos that became templates, or parts of one. */
  readonly used: number;
  /** Photos that were in the gallery before. */
  readonly skipped: number;
  readonly unused: readonly UnusedPhoto[];
  readonly duplicates: EnrolResult['duplicates'];
  /** Why the person was refused. */
  readonly refusal?: { readonly reason: 'noUsablePhoto' | 'duplicate' | 'exists'; readonly message: string } | undefined;
}

/** Options of {@link enrolPeople}. */
export interface EnrolPeopleOptions extends EnrolOptions {
  readonly signal: AbortSignal;
  /** Called for each person as soon as they are durable, refused, or found to be there already. */
  readonly onOutcome: (outcome: PersonOutcome) => void;
}

/**
 * Photos handed to the engine at the same time: enough for every thread to find the next one waiting while the changes of earlier people are
 * written, and few enough for its queue.
 */
const PHOTOS_UNDER_WAY = 32;

/**
 * Enrols everybody. Photos whose source is noted in the gallery already are not looked at again, so that the same call goes on where an earlier
 * one was interrupted.
 *
 * @throws what ends the work: an abort (`signal.reason`), or an error that is not about one photo. Every person who was reported is in the gallery.
 */
export async function enrolPeople(
  gallery: Gallery<NodeImageInput>,
  people: Iterable<PersonToEnrol>,
  { onOutcome, ...options }: EnrolPeopleOptions,
): Promise<void> {
  const { signal } = options;
  const running = new Set<Promise<void>>();
  let photosUnderWay = 0;
  let failure: { readonly error: unknown } | undefined;

  for (const person of people) {
    while (photosUnderWay >= PHOTOS_UNDER_WAY && failure === undefined) await Promise.race(running);
    if (failure !== undefined || signal.aborted) break;
    const count = person.photos.length;
    photosUnderWay += count;
    const work: Promise<void> = enrolPerson(gallery, person, options)
      .then(onOutcome)
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .finally(() => {
        photosUnderWay -= count;
        running.delete(work);
      });
    running.add(work);
  }
  await Promise.all(running);
  signal.throwIfAborted();
  if (failure !== undefined) throw failure.error;
}

async function enrolPerson(gallery: Gallery<NodeImageInput>, person: PersonToEnrol, options: EnrolOptions): Promise<PersonOutcome> {
  const { id } = person;
  const known = await gallery.get(id);
  const photos = selectUnknown(person.photos, known, options);
  const skipped = person.photos.length - photos.length;
  const none = { id, isNew: false, used: 0, skipped, duplicates: [] };
  if (photos.length === 0) return { ...none, status: 'present', analyzed: 0, unused: [] };

  const result = await gallery.enrol(
    id,
    photos.map(({ path, source }) => ({ photo: path, source })),
    options,
  );
  const unused = listUnused(result, photos);
  const analyzed = photos.length;
  if (result.status === 'enrolled') {
    const { isNew, duplicates } = result;
    return { ...none, status: 'enrolled', isNew, analyzed, used: analyzed - unused.length, unused, duplicates };
  }
  const { reason, message, duplicates } = result;
  // An earlier run took the photos that can be used.
  if (reason === 'noUsablePhoto' && known !== undefined) return { ...none, status: 'present', analyzed, unused };
  return { ...none, status: 'refused', analyzed, unused, duplicates, refusal: { reason, message } };
}

/** The photos that are to be looked at: those that no template names as its source. */
function selectUnknown(
  photos: readonly PersonPhoto[],
  known: Identity | undefined,
  { templates, existing }: EnrolOptions,
): readonly PersonPhoto[] {
  const sources = new Set(known?.templates.map(({ source }) => source));
  const unknown = photos.filter(({ source }) => !sources.has(source));
  if (unknown.length === photos.length || unknown.length === 0) return unknown;
  // A fused template names one of its photos.
  if (templates === 'fused') return [];
  // Whoever is replaced is replaced by all photos.
  return existing === 'replace' ? photos : unknown;
}

function listUnused(result: EnrolResult, photos: readonly PersonPhoto[]): UnusedPhoto[] {
  const { id } = result;
  const rejected = result.photos.flatMap((photo) =>
    photo.status === 'rejected' ? [{ index: photo.index, reason: photo.reason, message: photo.message }] : [],
  );
  const byIndex = new Map(rejected.map((photo) => [photo.index, photo]));
  return photos.flatMap(({ source }, i): UnusedPhoto[] => {
    const own = byIndex.get(i);
    if (own !== undefined) return [{ id, source, reason: own.reason, message: own.message }];
    if (result.status === 'enrolled' || result.reason === 'noUsablePhoto') return [];
    return [{ id, source, reason: result.reason, message: result.message }];
  });
}
