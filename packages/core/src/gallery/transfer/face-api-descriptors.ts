/** Descriptors that face-api.js stored: the JSON of `LabeledFaceDescriptors`, alone, in a list, or inside a `FaceMatcher`. */

import { FaceError, isFaceError } from '../../errors/face-error.ts';
import { normalizeIdentityId } from '../identity-id.ts';
import { isJsonObject, type JsonObject } from './plain-json.ts';

/** One person as face-api.js stored them. */
export interface LabeledDescriptors {
  /** As `normalizeIdentityId` gives it. */
  readonly label: string;
  /** Each as many numbers as the network gives (128). */
  readonly descriptors: readonly (readonly number[])[];
}

/**
 * Reads what `LabeledFaceDescriptors.toJSON()` or `FaceMatcher.toJSON()` gave. Entries of the same label are one person.
 *
 * @param json - A parsed JSON value from anywhere.
 * @returns `undefined` if the value has another shape altogether.
 * @throws {FaceError} `GALLERY_DAMAGED` if it has this shape but a label or a descriptor is not what it should be.
 */
export function decodeFaceApiDescriptors(json: unknown): readonly LabeledDescriptors[] | undefined {
  const found = findEntries(json);
  if (found === undefined) return undefined;
  const people = new Map<string, number[][]>();
  let length: number | undefined;
  found.entries.forEach((entry, i) => {
    const path = `${found.path}[${i}]`;
    if (!isLabeled(entry)) throw damaged(path, '{ label, descriptors }');
    const label = toLabel(entry['label'], `${path}.label`);
    const descriptors = entry['descriptors'];
    if (!Array.isArray(descriptors) || descriptors.length === 0) throw damaged(`${path}.descriptors`, 'at least one descriptor');
    const known = people.get(label) ?? [];
    people.set(label, known);
    descriptors.forEach((descriptor: unknown, j) => {
      if (!isDescriptor(descriptor)) throw damaged(`${path}.descriptors[${j}]`, 'finite numbers that are not all zero');
      length ??= descriptor.length;
      if (descriptor.length !== length) throw damaged(`${path}.descriptors[${j}]`, `${length} numbers, as in the first one,`);
      known.push(descriptor);
    });
  });
  return Array.from(people, ([label, descriptors]) => ({ label, descriptors }));
}

/** The entries and where they stand, for messages. */
function findEntries(json: unknown): { readonly entries: readonly unknown[]; readonly path: string } | undefined {
  if (Array.isArray(json)) return json.length === 0 || isLabeled(json[0]) ? { entries: json, path: '' } : undefined;
  if (!isJsonObject(json)) return undefined;
  if (isLabeled(json)) return { entries: [json], path: '' };
  const { distanceThreshold, labeledDescriptors } = json;
  return typeof distanceThreshold === 'number' && Array.isArray(labeledDescriptors)
    ? { entries: labeledDescriptors, path: 'labeledDescriptors' }
    : undefined;
}

function isLabeled(value: unknown): value is JsonObject {
  return isJsonObject(value) && Object.hasOwn(value, 'label') && Object.hasOwn(value, 'descriptors');
}

function toLabel(label: unknown, path: string): string {
  try {
    return normalizeIdentityId(label as string);
  } catch (error) {
    if (!isFaceError(error)) throw error;
    throw damaged(path, 'a label that can be the id of a person', error);
  }
}

/** As the numbers will be kept, in float32. */
function isDescriptor(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.every((number) => typeof number === 'number' && Number.isFinite(Math.fround(number))) &&
    value.some((number: number) => Math.fround(number) !== 0)
  );
}

function damaged(path: string, expected: string, cause?: FaceError): FaceError {
  const why = cause === undefined ? '' : ` ${cause.message}`;
  const message = `Expected ${expected} at ${path} of the descriptors of face-api.js, got something else. Nothing was imported.${why}`;
  return new FaceError('GALLERY_DAMAGED', message, { path }, cause === undefined ? undefined : { cause });
}
