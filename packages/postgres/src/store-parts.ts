/** What functions beside the store need of it. */

import { FaceError } from '@isoface/core';
import type { GalleryStore } from '@isoface/core/gallery';
import type { Database } from './database.ts';
import type { TableNames } from './names.ts';

/** The inside of a store. */
export interface StoreParts {
  readonly database: Database;
  readonly names: TableNames;
  readonly lockTimeoutMs: number;
  assertWritable(): void;
}

/** By the store itself, so that nobody else can reach them. */
const parts = new WeakMap<GalleryStore, StoreParts>();

/** Notes the inside of a store. */
export function registerParts(store: GalleryStore, inside: StoreParts): void {
  parts.set(store, inside);
}

/** @throws {FaceError} `INVALID_OPTION` for stores of another kind. */
export function partsOf(store: GalleryStore): StoreParts {
  const inside = parts.get(store);
  if (inside !== undefined) return inside;
  throw new FaceError('INVALID_OPTION', 'Expected a store from createPostgresStore, got another one.', { option: 'store' });
}
