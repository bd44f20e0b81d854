/** A gallery without an engine: everything that needs no photo. */

import type { Embedding } from '../embed/embedding.ts';
import { FaceError } from '../errors/face-error.ts';
import type { GalleryHeader, GalleryStore, StoreDamage, StoredIdentity, StoredTemplate } from '../ports/gallery-store.ts';
import type { Gallery, GalleryInfo, GalleryProgress, Metadata } from './gallery.ts';
import type { GalleryMirror, OpenTemplate } from './gallery-mirror.ts';
import { normalizeIdentityId } from './identity-id.ts';
import { importIdentities } from './import-identities.ts';
import { copyMetadata } from './metadata.ts';
import { openTemplate, openTemplates, type TemplateReader } from './open-templates.ts';
import type { GalleryKeys } from './protection/gallery-keys.ts';
import { createProtection, openProtection, type Protection } from './protection/protection.ts';
import { drawRandomBytes } from './protection/web-crypto.ts';
import { createRecords, type IdentityFacts, type Records, type TemplateFacts } from './records.ts';
import { reseal, type Side } from './reseal.ts';
import { toSearchVector } from './search-vector.ts';
import { disposedStoreError, readOnlyStoreError } from './store-errors.ts';
import { encodeExport } from './transfer/gallery-export.ts';
import { createTurns } from './turns.ts';

/** What can be done with a gallery without an engine: no photo is looked at, nothing is searched. See {@link Gallery}. */
export type StoredGallery = Omit<Gallery<never>, 'enrol' | 'identify' | 'identifyMany'>;

/** A person as they are before a change. */
export interface CurrentIdentity {
  readonly facts: IdentityFacts;
  readonly templates: readonly OpenTemplate[];
}

/** What an enrolment does to a person. */
export interface TemplateAddition {
  readonly metadata: Metadata;
  /** Whether the templates that the person has are kept. */
  readonly keepsOld: boolean;
  readonly added: readonly { readonly vector: Float32Array; readonly facts: TemplateFacts }[];
}

/** A stored gallery with what the gallery of an engine needs beside. */
export interface WritableGallery extends StoredGallery {
  readonly header: GalleryHeader;
  readonly protection: Protection;
  /**
   * Changes one person: `plan` sees who is there and says what is added; a plan without an addition changes nothing.
   *
   * @returns The plan, whether the person was unknown, and the ids of the added templates.
   */
  addTemplates<Plan extends { readonly addition?: TemplateAddition | undefined }>(
    id: string,
    plan: (current: CurrentIdentity | undefined) => Promise<Plan>,
  ): Promise<{ readonly plan: Plan; readonly isNew: boolean; readonly added: readonly number[] }>;
  /** All vectors, for a mirror; those that cannot be opened are left out and reported by `verify`. */
  readAll(signal?: AbortSignal): AsyncIterable<{ readonly id: string; readonly templates: readonly OpenTemplate[] }>;
  /** Opens a template that a search in the store has found. */
  openTemplate(id: string, template: StoredTemplate): Promise<OpenTemplate>;
}

/** Options of {@link openStoredGallery}. */
export interface StoredGalleryOptions {
  readonly keys?: GalleryKeys | undefined;
}

/** What the gallery of an engine adds. */
export interface WritableGalleryOptions extends StoredGalleryOptions {
  /** Describes the gallery that is created where there is none; absent: that is an error. */
  readonly create?: Pick<GalleryHeader, 'contract' | 'dimension' | 'metric' | 'normalization' | 'pack'> | undefined;
  readonly mirror?: GalleryMirror | undefined;
  /** Takes in a vector of other software. */
  readonly importVector?: ((vector: readonly number[], from: string) => Embedding) | undefined;
  readonly now: () => number;
}

/**
 * Opens a gallery for everything that needs no engine: listing, removing, export, import of exports, change of keys, checks.
 *
 * @throws {FaceError} `IO_FAILED` where there is no gallery; `KEY_WRONG`; what the store throws.
 */
export async function openStoredGallery(store: GalleryStore, { keys }: StoredGalleryOptions = {}): Promise<StoredGallery> {
  return openWritableGallery(store, { keys, now: () => Date.now() });
}

/** Opens a gallery, or creates it. */
export async function openWritableGallery(store: GalleryStore, options: WritableGalleryOptions): Promise<WritableGallery> {
  const { keys = {}, create, mirror, importVector, now } = options;
  const found = await store.readHeader();
  const opened =
    found === undefined ? await createGallery(store, keys, create, now) : { header: found, protection: await openProtection(keys, found) };
  let { header, protection } = opened;
  let records: Records = createRecords(header, protection);
  let closing: Promise<void> | undefined;
  const takeTurn = createTurns();

  const assertOpen = (): void => {
    if (closing !== undefined) throw disposedStoreError(store.location);
  };
  const change = <T>(work: () => Promise<T>): Promise<T> => {
    assertOpen();
    if (store.readOnly) throw readOnlyStoreError(store.location);
    return takeTurn(work);
  };
  const reader = (): TemplateReader => ({ records, header });
  const require = async (id: string): Promise<StoredIdentity> => {
    const identity = await store.get(id);
    if (identity !== undefined) return identity;
    throw new FaceError('IDENTITY_UNKNOWN', `Expected the id of somebody in the gallery, got ${JSON.stringify(id)}.`, { id });
  };
  const put = async (identity: StoredIdentity, templates: () => Promise<readonly OpenTemplate[]>): Promise<void> => {
    await store.write([{ type: 'put', identity }]);
    if (mirror !== undefined) await mirror.put(identity.id, await templates());
  };
  const removeWhole = async (id: string): Promise<void> => {
    await store.write([{ type: 'remove', id }]);
    await mirror?.remove(id);
  };

  const gallery: WritableGallery = {
    get header() {
      return header;
    },
    get protection() {
      return protection;
    },
    openTemplate: (id, template) => openTemplate(id, template, reader()),

    async info() {
      assertOpen();
      const { galleryId, contract, dimension, metric, pack, createdAtMs, encryption, transform } = header;
      const { identities, templates } = await store.stats();
      const info: GalleryInfo = {
        location: store.location,
        galleryId,
        contract,
        dimension,
        metric,
        pack,
        createdAtMs,
        readOnly: store.readOnly,
        encrypted: encryption !== undefined,
        transformed: transform !== undefined,
        identities,
        templates,
        damage: [...store.damage],
      };
      return info;
    },

    async get(id) {
      assertOpen();
      const identity = await store.get(normalizeIdentityId(id));
      return identity && records.describe(identity);
    },

    async embeddings(id) {
      assertOpen();
      const identity = await require(normalizeIdentityId(id));
      return Promise.all(
        identity.templates.map(async (template): Promise<Embedding> => {
          const { flipAveraging, importedFrom } = await records.openTemplateFacts(identity.id, template);
          const vector = protection.restore(await records.openVector(identity.id, template));
          return { vector, contract: header.contract, provenance: { flipAveraging, ...(importedFrom !== undefined && { importedFrom }) } };
        }),
      );
    },

    list(listOptions) {
      assertOpen();
      return store.list(listOptions);
    },

    async update(id, metadata) {
      const copy = copyMetadata(metadata);
      const normal = normalizeIdentityId(id);
      await change(async () => {
        const identity = await require(normal);
        const facts = { ...(await records.openFacts(identity)), metadata: copy, updatedAtMs: now() };
        await store.write([{ type: 'put', identity: await records.sealIdentity(normal, facts, identity.templates) }]);
      });
    },

    async remove(id) {
      const normal = normalizeIdentityId(id);
      return change(async () => {
        if ((await store.get(normal)) === undefined) return false;
        await removeWhole(normal);
        return true;
      });
    },

    async removeTemplate(id, template) {
      const normal = normalizeIdentityId(id);
      await change(async () => {
        const identity = await require(normal);
        const templates = identity.templates.filter((entry) => entry.id !== template);
        if (templates.length === identity.templates.length) {
          const known = identity.templates.map((entry) => entry.id);
          const message = `Expected a template of ${JSON.stringify(normal)} (${known.join(', ')}), got ${template}.`;
          throw new FaceError('IDENTITY_UNKNOWN', message, { id: normal, template, templates: known });
        }
        if (templates.length === 0) return removeWhole(normal);
        const facts = { ...(await records.openFacts(identity)), updatedAtMs: now() };
        const sealed = await records.sealIdentity(normal, facts, templates);
        await put(sealed, () => openTemplates(sealed, reader()));
      });
    },

    async addTemplates(id, makePlan) {
      return change(async () => {
        const before = await store.get(id);
        const current = before && { facts: await records.openFacts(before), templates: await openTemplates(before, reader()) };
        const plan = await makePlan(current);
        const isNew = current === undefined;
        if (plan.addition === undefined) return { plan, isNew, added: [] };
        const { metadata, keepsOld, added } = plan.addition;
        const at = now();
        let next = current?.facts.nextTemplate ?? 1;
        const fresh = await Promise.all(added.map(({ vector, facts }) => records.sealTemplate(id, next++, vector, facts)));
        const templates = [...(keepsOld && before ? before.templates : []), ...fresh];
        const facts = { metadata, createdAtMs: current?.facts.createdAtMs ?? at, updatedAtMs: at, nextTemplate: next };
        await put(await records.sealIdentity(id, facts, templates), async () => [
          ...(keepsOld && current ? current.templates : []),
          ...added.map(({ vector }, i) => ({ label: (fresh[i] as StoredTemplate).id, vector: toSearchVector(vector, header.metric) })),
        ]);
        return { plan, isNew, added: fresh.map((template) => template.id) };
      });
    },

    async *readAll(signal) {
      assertOpen();
      for await (const identity of store.read({ signal })) {
        const templates = await openTemplates(identity, reader()).catch(skipDamaged);
        if (templates !== undefined) yield { id: identity.id, templates };
      }
    },

    async *export({ format = 'binary', protection: wanted = 'keep', signal, onProgress } = {}) {
      assertOpen();
      const { identities: total } = await store.stats();
      const keeps = wanted === 'keep' || (header.encryption === undefined && header.transform === undefined);
      const { encryption: _encryption, transform: _transform, ...plain } = header;
      const identities = countThrough(store.read({ signal }), 'export', total, onProgress);
      yield* encodeExport(
        format,
        keeps ? header : plain,
        keeps ? identities : reseal(identities, { records, protection }, await plainSide(plain)),
      );
    },

    async import(bytes, importOptions = {}) {
      return change(async () => {
        const own = { header, protection, records, keys };
        return importIdentities(bytes, importOptions, { store, own, mirror, importVector, now });
      });
    },

    async changeKeys(newKeys) {
      await change(async () => {
        const { encryption: _encryption, transform: _transform, ...plain } = header;
        const next = await createProtection(newKeys, plain);
        const nextHeader: GalleryHeader = { ...plain, ...next.facts };
        const nextRecords = createRecords(nextHeader, next);
        const from = { records, protection };
        await store.rewrite(nextHeader, reseal(store.read(), from, { records: nextRecords, protection: next }));
        const movedVectors = header.transform !== undefined || nextHeader.transform !== undefined;
        [header, protection, records] = [nextHeader, next, nextRecords];
        if (movedVectors) await mirror?.reset();
      });
    },

    async verify({ signal, onProgress } = {}) {
      assertOpen();
      const { identities: total } = await store.stats();
      const damage: StoreDamage[] = [];
      let identities = 0;
      let templates = 0;
      for await (const identity of countThrough(store.read({ signal }), 'verify', total, onProgress)) {
        identities++;
        templates += identity.templates.length;
        try {
          await records.describe(identity);
          await openTemplates(identity, reader());
        } catch (error) {
          if (!(error instanceof FaceError) || error.code !== 'GALLERY_DAMAGED') throw error;
          damage.push({ where: `identity ${JSON.stringify(identity.id)}`, message: error.message, identity: identity.id });
        }
      }
      return { identities, templates, damage: [...store.damage, ...damage] };
    },

    async stats() {
      assertOpen();
      return store.stats();
    },

    async compact() {
      await change(async () => store.compact?.());
    },

    close() {
      closing ??= takeTurn(() => store.close());
      return closing;
    },
  };
  return gallery;
}

async function plainSide(header: GalleryHeader): Promise<Side> {
  const protection = await createProtection({}, header);
  return { protection, records: createRecords(header, protection) };
}

async function createGallery(
  store: GalleryStore,
  keys: GalleryKeys,
  create: WritableGalleryOptions['create'],
  now: () => number,
): Promise<{ readonly header: GalleryHeader; readonly protection: Protection }> {
  if (create === undefined || store.readOnly) {
    throw new FaceError('IO_FAILED', `Expected a gallery at ${store.location}, found none; enrol somebody there first.`, {
      location: store.location,
    });
  }
  const plain: GalleryHeader = { formatVersion: 1, galleryId: drawId(), ...create, createdAtMs: now() };
  const protection = await createProtection(keys, plain);
  const header = { ...plain, ...protection.facts };
  await store.rewrite(header, []);
  return { header, protection };
}

/** 32 random hexadecimal digits. */
function drawId(): string {
  return [...drawRandomBytes(16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** One person who cannot be read must not keep all others from being found; `verify` says who it is. */
function skipDamaged(error: unknown): undefined {
  if (error instanceof FaceError && error.code === 'GALLERY_DAMAGED') return undefined;
  throw error;
}

async function* countThrough(
  identities: AsyncIterable<StoredIdentity>,
  phase: GalleryProgress['phase'],
  total: number,
  onProgress: ((event: GalleryProgress) => void) | undefined,
): AsyncGenerator<StoredIdentity> {
  let done = 0;
  for await (const identity of identities) {
    yield identity;
    onProgress?.({ phase, done: ++done, total });
  }
}
