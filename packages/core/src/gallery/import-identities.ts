/** Takes in an export: all or nothing. */

import type { Embedding } from '../embed/embedding.ts';
import { FaceError } from '../errors/face-error.ts';
import type { GalleryChange, GalleryHeader, GalleryStore, StoredIdentity } from '../ports/gallery-store.ts';
import { assertOneOf } from './assert-one-of.ts';
import type { ByteSource, ImportOptions, ImportReport } from './gallery.ts';
import type { GalleryMirror } from './gallery-mirror.ts';
import { normalizeIdentityId } from './identity-id.ts';
import { openTemplates } from './open-templates.ts';
import type { GalleryKeys } from './protection/gallery-keys.ts';
import { openProtection, type Protection } from './protection/protection.ts';
import { createRecords, type Records } from './records.ts';
import { resealOne } from './reseal.ts';
import { identityTwice } from './store-errors.ts';
import type { LabeledDescriptors } from './transfer/face-api-descriptors.ts';
import type { GalleryExport } from './transfer/gallery-export.ts';
import { detectImport } from './transfer/read-import.ts';

/** The gallery that takes something in. */
export interface ImportTarget {
  readonly store: GalleryStore;
  readonly own: { readonly header: GalleryHeader; readonly protection: Protection; readonly records: Records; readonly keys: GalleryKeys };
  readonly mirror: GalleryMirror | undefined;
  readonly importVector: ((vector: readonly number[], from: string) => Embedding) | undefined;
  readonly now: () => number;
}

/** So many people are written as one change; an export of more replaces the whole gallery at once, so that it need not fit into memory. */
const MOST_IN_ONE_CHANGE = 4_096;

/** See `Gallery.import`. Runs in a turn of its own: nothing else changes the gallery meanwhile. */
export async function importIdentities(
  bytes: ByteSource,
  { keys, existing = 'refuse', signal, onProgress }: ImportOptions,
  target: ImportTarget,
): Promise<ImportReport> {
  const { store, own, mirror } = target;
  assertOneOf('existing', existing, ['refuse', 'skip', 'replace', 'add']);
  const source = await detectImport(bytes);
  const incoming =
    source.kind === 'export' ? await openExport(source.export, keys ?? own.keys, target) : toIdentities(source.people, target);
  const report = { added: 0, replaced: 0, extended: 0, skipped: 0, templates: 0 };
  const seen = new Set<string>();
  /** What the gallery will hold of this person; `undefined` if nothing changes. */
  const settle = async (identity: StoredIdentity): Promise<StoredIdentity | undefined> => {
    signal?.throwIfAborted();
    if (seen.has(identity.id)) throw identityTwice(identity.id);
    seen.add(identity.id);
    onProgress?.({ phase: 'import', done: seen.size });
    const before = await store.get(identity.id);
    if (before === undefined) {
      report.added++;
      report.templates += identity.templates.length;
      return identity;
    }
    switch (existing) {
      case 'refuse': {
        const message = `Expected people who are not in the gallery yet, got ${JSON.stringify(identity.id)}; choose what to do with them: skip, replace or add (option existing). Nothing was imported.`;
        throw new FaceError('IDENTITY_EXISTS', message, { id: identity.id });
      }
      case 'skip':
        report.skipped++;
        return undefined;
      case 'replace':
        report.replaced++;
        report.templates += identity.templates.length;
        return identity;
      case 'add':
        report.extended++;
        report.templates += identity.templates.length;
        return join(before, identity, target);
    }
  };

  const changes: GalleryChange[] = [];
  const rest = incoming[Symbol.asyncIterator]();
  let step = await rest.next();
  for (; step.done !== true && changes.length < MOST_IN_ONE_CHANGE; step = await rest.next()) {
    const identity = await settle(step.value);
    if (identity !== undefined) changes.push({ type: 'put', identity });
  }
  if (step.done === true) {
    if (changes.length > 0) await store.write(changes);
    for (const change of changes)
      if (change.type === 'put') await mirror?.put(change.identity.id, await openTemplates(change.identity, own));
    return report;
  }

  const first = step.value;
  await store.rewrite(
    own.header,
    (async function* () {
      for (const change of changes) if (change.type === 'put') yield change.identity;
      const written = new Set(changes.map((change) => (change.type === 'put' ? change.identity.id : change.id)));
      for (let next: IteratorResult<StoredIdentity> = { done: false, value: first }; next.done !== true; next = await rest.next()) {
        const identity = await settle(next.value);
        if (identity === undefined) continue;
        written.add(identity.id);
        yield identity;
      }
      for await (const identity of store.read({ signal })) if (!written.has(identity.id)) yield identity;
    })(),
  );
  await mirror?.reset();
  return report;
}

/** The people of an export, under the protection of this gallery. */
async function openExport(
  { header, identities }: GalleryExport,
  keys: GalleryKeys,
  { own }: ImportTarget,
): Promise<AsyncIterable<StoredIdentity>> {
  if (header.contract !== own.header.contract || header.dimension !== own.header.dimension || header.metric !== own.header.metric) {
    throw new FaceError(
      'CONTRACT_MISMATCH',
      `Expected templates of contract ${own.header.contract.slice(0, 12)}… (pack "${own.header.pack}"), got ${header.contract.slice(0, 12)}… (pack "${header.pack}"): their numbers mean different things. Enrol the photos again, or import into a gallery of that pack.`,
      { expected: own.header.contract, got: header.contract, pack: header.pack },
    );
  }
  const isProtected = header.encryption !== undefined || header.transform !== undefined;
  // The keys of the gallery are offered, not demanded: an export without protection needs none.
  const protection = await openProtection(isProtected ? keys : {}, header);
  const from = { protection, records: createRecords(header, protection) };
  return mapAll(identities, (identity) => resealOne(identity, from, own));
}

async function* mapAll<T, R>(items: AsyncIterable<T>, map: (item: T) => Promise<R>): AsyncGenerator<R> {
  for await (const item of items) yield await map(item);
}

/** Descriptors of face-api.js as people of this gallery. */
async function* toIdentities(people: readonly LabeledDescriptors[], target: ImportTarget): AsyncGenerator<StoredIdentity> {
  const { importVector, own, now } = target;
  if (importVector === undefined) {
    throw new FaceError(
      'CONTRACT_MISMATCH',
      'Expected an export of isoface, got descriptors of face-api.js: only an engine knows whether they fit its pack; open the gallery with one.',
    );
  }
  const { protection, records } = own;
  for (const { label, descriptors } of people) {
    const id = normalizeIdentityId(label);
    const at = now();
    const templates = await Promise.all(
      descriptors.map((descriptor, i) => {
        const { vector, provenance } = importVector(descriptor, 'face-api.js');
        const facts = { createdAtMs: at, photos: 1, flipAveraging: false, importedFrom: provenance.importedFrom };
        return records.sealTemplate(id, i + 1, protection.transform(vector), facts);
      }),
    );
    yield records.sealIdentity(id, { metadata: {}, createdAtMs: at, updatedAtMs: at, nextTemplate: templates.length + 1 }, templates);
  }
}

/** Adds the templates of one record to another; they get new ids. */
async function join(before: StoredIdentity, added: StoredIdentity, { own, now }: ImportTarget): Promise<StoredIdentity> {
  const { id } = before;
  const facts = await own.records.openFacts(before);
  const templates = await Promise.all(
    added.templates.map(async (template, i) =>
      own.records.sealTemplate(
        id,
        facts.nextTemplate + i,
        await own.records.openVector(id, template),
        await own.records.openTemplateFacts(id, template),
      ),
    ),
  );
  const nextTemplate = facts.nextTemplate + templates.length;
  return own.records.sealIdentity(id, { ...facts, updatedAtMs: now(), nextTemplate }, [...before.templates, ...templates]);
}
