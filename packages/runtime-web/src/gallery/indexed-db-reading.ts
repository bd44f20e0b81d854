/** Readings that see the gallery as it was when they began, although IndexedDB lets no transaction live as long as a slow reader. */

import { compareIds, type StoredIdentity } from '@isoface/core/gallery';
import type { IdentityRecord } from './indexed-db-record.ts';

/** A reading that goes on. It sees the gallery as it was when it began. */
export interface Reading {
  readonly generation: number;
  /** All ids up to this one have been read. */
  position: string;
  /** What later identities were before they were changed; `undefined` for those that were not there. */
  readonly before: Map<string, StoredIdentity | undefined>;
}

/** To be called for every change of an identity, before it is made, with what it was. */
export function noteChange({ position, before }: Reading, id: string, was: StoredIdentity | undefined): void {
  if (compareIds(id, position) > 0 && !before.has(id)) before.set(id, was);
}

/**
 * What a batch of records stands for in a reading: identities that were changed meanwhile come as they were.
 *
 * @param isLast - Whether there are no later records.
 */
export function takeOver(
  records: readonly unknown[],
  reading: Reading,
  parse: (record: unknown) => StoredIdentity | undefined,
  isLast: boolean,
): StoredIdentity[] {
  const { before } = reading;
  const batch: StoredIdentity[] = [];
  for (const record of records) {
    const id = keyOf(record);
    if (typeof id === 'string') reading.position = id;
    const isChanged = typeof id === 'string' && before.has(id);
    const identity = isChanged ? before.get(id) : parse(record);
    if (isChanged) before.delete(id);
    if (identity !== undefined) batch.push(identity);
  }
  for (const [id, identity] of before) {
    if (!isLast && compareIds(id, reading.position) > 0) continue;
    before.delete(id);
    if (identity !== undefined) batch.push(identity);
  }
  return batch;
}

/** The second part of the key of a record: its id, unless somebody changed it. */
export function keyOf(record: unknown): IDBValidKey {
  return (record as IdentityRecord).id;
}
