/** A gallery in PostgreSQL. */

import type { GalleryStore } from '@isoface/core/gallery';

/** Options of {@link createPostgresStore}. */
export interface PostgresStoreOptions {
  /** @defaultValue 'isoface' */
  readonly schema?: string | undefined;
}

/** Opens a gallery in a database. */
export async function createPostgresStore(_client: unknown, _options: PostgresStoreOptions = {}): Promise<GalleryStore> {
  throw new Error('Not written yet.');
}
