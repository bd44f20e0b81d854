/** Between people as the gallery speaks of them and people as a store keeps them. */

import { assertUsableVector } from '../embed/embedding.ts';
import { FaceError } from '../errors/face-error.ts';
import type { GalleryHeader, StoredIdentity, StoredTemplate } from '../ports/gallery-store.ts';
import type { Identity, Metadata, TemplateSummary } from './gallery.ts';
import type { Protection } from './protection/protection.ts';

/** What is kept of a template beside its vector. */
export type TemplateFacts = Omit<TemplateSummary, 'id'>;

/** What is kept of a person beside the templates. */
export interface IdentityFacts {
  readonly metadata: Metadata;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** Id of the next template: ids are not used again. */
  readonly nextTemplate: number;
}

/** Encodes and decodes for one gallery. */
export interface Records {
  sealIdentity(id: string, facts: IdentityFacts, templates: readonly StoredTemplate[]): Promise<StoredIdentity>;
  /** @param vector - In the space of the gallery (transformed). */
  sealTemplate(identity: string, template: number, vector: Float32Array, facts: TemplateFacts): Promise<StoredTemplate>;
  openFacts(identity: StoredIdentity): Promise<IdentityFacts>;
  openTemplateFacts(identity: string, template: StoredTemplate): Promise<TemplateFacts>;
  /** The vector in the space of the gallery. */
  openVector(identity: string, template: StoredTemplate): Promise<Float32Array>;
  describe(identity: StoredIdentity): Promise<Identity>;
}

/** Creates the codec. Everything it cannot open or understand is `GALLERY_DAMAGED`, with the identity in `details`. */
export function createRecords({ dimension }: Pick<GalleryHeader, 'dimension'>, protection: Protection): Records {
  const contexts = {
    facts: (id: string): string => `identity ${id}`,
    template: (id: string, template: number): string => `template ${template} ${id}`,
    vector: (id: string, template: number): string => `vector ${template} ${id}`,
  };
  const openJson = async (bytes: Uint8Array, context: string, id: string): Promise<Record<string, unknown>> =>
    parseFacts(await protection.open(bytes, context), id);
  const records: Records = {
    async sealIdentity(id, facts, templates) {
      return { id, details: await protection.seal(toJsonBytes(facts), contexts.facts(id)), templates };
    },
    async sealTemplate(identity, template, vector, facts) {
      const [sealedVector, details] = await Promise.all([
        protection.seal(toVectorBytes(vector), contexts.vector(identity, template)),
        protection.seal(toJsonBytes(facts), contexts.template(identity, template)),
      ]);
      return { id: template, vector: sealedVector, details };
    },
    async openFacts({ id, details, templates }) {
      const { metadata, createdAtMs, updatedAtMs, nextTemplate } = await openJson(details, contexts.facts(id), id);
      const afterLast = (templates[templates.length - 1]?.id ?? 0) + 1;
      return {
        metadata: isObject(metadata) ? (metadata as Metadata) : {},
        createdAtMs: toNumber(createdAtMs, id),
        updatedAtMs: toNumber(updatedAtMs, id),
        nextTemplate: Math.max(afterLast, typeof nextTemplate === 'number' ? nextTemplate : 0),
      };
    },
    async openTemplateFacts(identity, template) {
      const facts = await openJson(template.details, contexts.template(identity, template.id), identity);
      const { createdAtMs, photos, source, importedFrom, flipAveraging, quality } = facts;
      return {
        createdAtMs: toNumber(createdAtMs, identity),
        photos: toNumber(photos, identity),
        flipAveraging: flipAveraging === true,
        ...(typeof source === 'string' && { source }),
        ...(typeof importedFrom === 'string' && { importedFrom }),
        ...(isObject(quality) && {
          quality: { sizePixels: toNumber(quality['sizePixels'], identity), sharpness: toNumber(quality['sharpness'], identity) },
        }),
      };
    },
    async openVector(identity, template) {
      const bytes = await protection.open(template.vector, contexts.vector(identity, template.id));
      if (bytes.length !== dimension * 4) {
        throw damaged(identity, `template ${template.id} has ${bytes.length} bytes, where ${dimension * 4} were expected`);
      }
      const vector = toVector(bytes);
      try {
        assertUsableVector(vector);
      } catch (cause) {
        throw damaged(identity, `template ${template.id} is no template: its numbers are not finite, or all zero`, cause);
      }
      return vector;
    },
    async describe(identity) {
      const { metadata, createdAtMs, updatedAtMs } = await records.openFacts(identity);
      const templates = await Promise.all(
        identity.templates.map(async (template) => ({ id: template.id, ...(await records.openTemplateFacts(identity.id, template)) })),
      );
      return { id: identity.id, metadata, createdAtMs, updatedAtMs, templates };
    },
  };
  return records;
}

/** float32, little endian, whatever the machine. */
function toVectorBytes(vector: Float32Array): Uint8Array {
  const bytes = new Uint8Array(vector.length * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < vector.length; i++) view.setFloat32(i * 4, vector[i] as number, true);
  return bytes;
}

function toVector(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const vector = new Float32Array(bytes.length / 4);
  for (let i = 0; i < vector.length; i++) vector[i] = view.getFloat32(i * 4, true);
  return vector;
}

function toJsonBytes(facts: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(facts));
}

function parseFacts(bytes: Uint8Array, id: string): Record<string, unknown> {
  try {
    const facts: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (isObject(facts)) return facts;
  } catch (cause) {
    throw damaged(id, 'the details are no JSON', cause);
  }
  throw damaged(id, 'the details are no JSON object');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toNumber(value: unknown, id: string): number {
  if (typeof value === 'number') return value;
  throw damaged(id, `a number was expected in the details, got ${typeof value}`);
}

function damaged(identity: string, what: string, cause?: unknown): FaceError {
  const message = `The record of ${JSON.stringify(identity)} is damaged: ${what}. Remove and enrol the person again, or restore a backup.`;
  return new FaceError('GALLERY_DAMAGED', message, { identity }, { cause });
}
