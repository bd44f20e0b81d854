/** Where a gallery is kept. A store holds bytes under names and knows nothing of faces; the gallery above it encodes, protects and checks. */

/** How the templates of a gallery are encrypted. */
export interface EncryptionFacts {
  readonly algorithm: 'AES-GCM-256';
  /** A known text, sealed with the key: shows whether a key is the right one. Base64. */
  readonly keyCheck: string;
}

/** How the templates of a gallery are transformed. */
export interface TransformFacts {
  readonly algorithm: 'orthonormal-1';
  /** Keyed digest of a known text: shows whether a key is the right one. Base64. */
  readonly keyCheck: string;
}

/** What every part of a gallery has in common. */
export interface GalleryHeader {
  /** Version of everything that is stored. A reader refuses what is newer than itself. */
  readonly formatVersion: 1;
  /** 32 random hexadecimal digits. Sealed data are bound to it. */
  readonly galleryId: string;
  /** Contract of the embeddings, before any transform. */
  readonly contract: string;
  /** Numbers in a template. */
  readonly dimension: number;
  readonly metric: 'cosine' | 'euclidean';
  readonly normalization: 'none' | 'l2';
  /** Pack whose engine made the gallery; for messages only, the contract decides. */
  readonly pack: string;
  /** Milliseconds since 1970, UTC. */
  readonly createdAtMs: number;
  /** Absent where templates are kept as they are. */
  readonly encryption?: EncryptionFacts | undefined;
  /** Absent where templates are not transformed. */
  readonly transform?: TransformFacts | undefined;
}

/** One template as it is kept. */
export interface StoredTemplate {
  /** Whole number from 1, unique within its identity and not used again while the identity exists. */
  readonly id: number;
  /** float32 numbers, little endian, 4 * dimension bytes; or those bytes sealed, if the gallery is encrypted. */
  readonly vector: Uint8Array;
  /** JSON in UTF-8, or those bytes sealed. */
  readonly details: Uint8Array;
}

/** One person as they are kept. */
export interface StoredIdentity {
  /** 1 to 256 characters; see `assertIdentityId`. */
  readonly id: string;
  /** JSON in UTF-8, or those bytes sealed. */
  readonly details: Uint8Array;
  /** At least one, ids ascending. */
  readonly templates: readonly StoredTemplate[];
}

/** One change: `put` replaces the whole identity, templates and all, or adds it; `remove` of an unknown id changes nothing. */
export type GalleryChange = { readonly type: 'put'; readonly identity: StoredIdentity } | { readonly type: 'remove'; readonly id: string };

/** A part of a store that cannot be read. */
export interface StoreDamage {
  /** Where, in the words of the store, e.g. `bytes 4096 to 5012`. */
  readonly where: string;
  /** What is wrong with it, as one sentence. */
  readonly message: string;
  /** Whose data it was, as far as that can still be read. */
  readonly identity?: string | undefined;
}

/** Figures of a store. */
export interface StoreStats {
  readonly identities: number;
  readonly templates: number;
  /** Bytes on disk, as far as the store knows them. */
  readonly bytes?: number | undefined;
  /** Bytes that compaction would give back. */
  readonly reclaimableBytes?: number | undefined;
}

/**
 * Finds similar templates in the store itself: the templates most similar to a probe, best first, of at least `identities` different people if there
 * are so many.
 *
 * @param probe - Shape [D], in the space in which templates are stored (transformed, if the gallery is).
 */
export type StoreSearch = (
  probe: Float32Array,
  options: { readonly identities: number; readonly signal?: AbortSignal | undefined },
) => Promise<readonly { readonly id: string; readonly template: StoredTemplate }[]>;

/**
 * Durable templates. Calls of one store object come one after another: the gallery waits for a change before it asks for the next one; reading
 * may go on meanwhile and sees the state before or after a change.
 *
 * Errors: `GALLERY_DAMAGED` for bytes that cannot be understood, `GALLERY_UNSUPPORTED` for a newer version, `GALLERY_LOCKED` where another
 * writer has it, `STORAGE_FULL`, `IO_FAILED`, `DISPOSED` after `close`. After any error the store holds what it held before.
 */
export interface GalleryStore {
  /** Where the data are, for messages: a path, a URL without secrets, a database name. */
  readonly location: string;
  /** Whether writing is refused, and the lock of another writer does not matter. */
  readonly readOnly: boolean;
  /** What cannot be read. Found when the store was opened or read; empty where the store cannot be damaged without its system saying so. */
  readonly damage: readonly StoreDamage[];
  /** The header, or `undefined` where there is no gallery yet. */
  readHeader(): Promise<GalleryHeader | undefined>;
  /** Every identity once, in any order, as of the moment of the call. Damaged ones are left out and found in `damage`. */
  read(options?: { readonly signal?: AbortSignal | undefined }): AsyncIterable<StoredIdentity>;
  get(id: string): Promise<StoredIdentity | undefined>;
  /** All ids, ascending by UTF-16 code units, with the number of their templates. */
  list(options?: { readonly signal?: AbortSignal | undefined }): AsyncIterable<{ readonly id: string; readonly templates: number }>;
  /** Applies changes in order, all or nothing. Durable when it resolves. What was replaced or removed leaves no byte of it behind. */
  write(changes: readonly GalleryChange[]): Promise<void>;
  /**
   * Replaces everything, header and identities, all or nothing; creates the gallery where there is none. The identities may be read from this
   * very store meanwhile. If the iteration throws, nothing has changed and the error is passed on.
   *
   * @throws {FaceError} `IDENTITY_EXISTS` if an id comes twice.
   */
  rewrite(header: GalleryHeader, identities: AsyncIterable<StoredIdentity> | Iterable<StoredIdentity>): Promise<void>;
  stats(): Promise<StoreStats>;
  /** Gives back space. Absent where the store does so by itself. */
  compact?: (() => Promise<void>) | undefined;
  /** Present where the store searches better than a copy of all templates in memory would. */
  search?: StoreSearch | undefined;
  /** Gives up files, connections and locks. Idempotent. */
  close(): Promise<void>;
}
