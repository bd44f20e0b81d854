/** Identities as IndexedDB keeps them. */

import { assertIdentityId, type GalleryHeader, type StoredIdentity, type StoredTemplate } from '@isoface/core/gallery';

/** What lies in the table of identities. */
export interface IdentityRecord extends StoredIdentity {
  readonly generation: number;
}

/** A record with arrays of its own: IndexedDB would keep the whole memory that a view looks into. */
export function toRecord({ id, details, templates }: StoredIdentity, generation: number): IdentityRecord {
  return {
    generation,
    id,
    details: details.slice(),
    templates: templates.map((template) => ({ id: template.id, vector: template.vector.slice(), details: template.details.slice() })),
  };
}

/** Bytes that a record keeps, near enough for batches. */
export function countBytes({ details, templates }: StoredIdentity): number {
  return templates.reduce((sum, template) => sum + template.vector.length + template.details.length + 64, details.length + 256);
}

/** The identity in a record, or what is wrong with it, as a sentence. Any code of the page can change records, and there are no checksums. */
export function parseRecord(record: unknown, header: GalleryHeader): StoredIdentity | string {
  if (!isObject(record)) return 'The record is no object.';
  const { id, details, templates } = record;
  if (typeof id !== 'string') return 'The id is no text.';
  try {
    assertIdentityId(id);
  } catch (error) {
    return (error as Error).message;
  }
  if (!(details instanceof Uint8Array)) return 'The details are no bytes.';
  if (!Array.isArray(templates) || templates.length === 0) return 'There are no templates.';
  const parsed: StoredTemplate[] = [];
  for (const template of templates as unknown[]) {
    const fault = findFault(template, parsed[parsed.length - 1]?.id ?? 0, header);
    if (fault !== undefined) return fault;
    const { id: templateId, vector, details: facts } = template as StoredTemplate;
    parsed.push({ id: templateId, vector, details: facts });
  }
  return { id, details, templates: parsed };
}

function findFault(template: unknown, before: number, { dimension, encryption }: GalleryHeader): string | undefined {
  if (!isObject(template)) return 'A template is no object.';
  const { id, vector, details } = template;
  if (typeof id !== 'number' || !Number.isInteger(id) || id <= before)
    return 'The ids of the templates are not whole numbers in ascending order.';
  if (!(vector instanceof Uint8Array) || !(details instanceof Uint8Array)) return `Template ${id} has no bytes.`;
  if (encryption === undefined && vector.length !== dimension * 4) {
    return `Template ${id} has ${vector.length} bytes of numbers, where ${dimension * 4} were expected.`;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
