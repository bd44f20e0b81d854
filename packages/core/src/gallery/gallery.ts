/** What a user of a gallery holds in hand: enrol people, find out who somebody is, keep and protect the templates. */

import type { Embedding } from '../embed/embedding.ts';
import type { AnalyzedFace, QualityLimits, StageTimings } from '../engine/analysis.ts';
import type { GalleryHeader, GalleryStore, StoreDamage, StoreStats } from '../ports/gallery-store.ts';
import type { IndexInfo } from '../ports/template-index.ts';
import type { GalleryKeys } from './protection/gallery-keys.ts';
import type { SearchDecision } from './search-threshold.ts';

/** A value that JSON can carry. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue };

/** Facts of one's own about a person, at most 64 KiB as JSON. */
export type Metadata = { readonly [name: string]: JsonValue };

/** Options of `FaceEngine.openGallery`. */
export interface GalleryOptions {
  /** Where the gallery is kept. @defaultValue a store in memory, which is gone with the gallery */
  readonly store?: GalleryStore | undefined;
  /** Keys of a protected gallery; for a new one they decide how it is protected. @defaultValue none: templates are kept as they are */
  readonly keys?: GalleryKeys | undefined;
  /**
   * Where the search runs: on a thread of its own, in the thread of the caller, or by size.
   * @defaultValue 'auto': on a thread of its own as soon as a search would take more than a few milliseconds
   */
  readonly searchOn?: 'auto' | 'thread' | 'caller' | undefined;
  /** See `IndexSpec.prefilter`. @defaultValue 'auto' */
  readonly prefilter?: 'auto' | 'int8' | 'none' | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Templates read while the gallery is opened. */
  readonly onProgress?: ((event: GalleryProgress) => void) | undefined;
}

/** Progress of long work. */
export interface GalleryProgress {
  readonly phase: 'open' | 'import' | 'export' | 'rewrite' | 'verify';
  /** Identities done so far. */
  readonly done: number;
  /** Identities in all, where that is known. */
  readonly total?: number | undefined;
}

/** What a gallery is and how it is searched. */
export interface GalleryInfo {
  readonly location: string;
  readonly galleryId: string;
  readonly contract: string;
  readonly dimension: number;
  readonly metric: GalleryHeader['metric'];
  readonly pack: string;
  readonly createdAtMs: number;
  readonly readOnly: boolean;
  readonly encrypted: boolean;
  readonly transformed: boolean;
  readonly identities: number;
  readonly templates: number;
  /** How the search in memory works; absent where the store searches. */
  readonly index?: IndexInfo | undefined;
  /** What could not be read. */
  readonly damage: readonly StoreDamage[];
}

/** A template, without its numbers. */
export interface TemplateSummary {
  readonly id: number;
  readonly createdAtMs: number;
  /** Photos that it was made of: more than one if they were fused. */
  readonly photos: number;
  /** Where the photo came from, as given to `enrol`. */
  readonly source?: string | undefined;
  /** Software that made the vector, if it was not isoface. */
  readonly importedFrom?: string | undefined;
  readonly flipAveraging: boolean;
  /** Quality of the photo; of the best one if several were fused. */
  readonly quality?: { readonly sizePixels: number; readonly sharpness: number } | undefined;
}

/** A person in the gallery. */
export interface Identity {
  readonly id: string;
  readonly metadata: Metadata;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly templates: readonly TemplateSummary[];
}

/** A photo to be enrolled, or an embedding, with a note of where it is from. */
export interface EnrolPhoto<ImageInput> {
  readonly photo: ImageInput | Embedding;
  /** A note that is kept with the template, e.g. a file name; at most 1,024 characters. */
  readonly source?: string | undefined;
}

/** Options of {@link Gallery.enrol}. */
export interface EnrolOptions {
  /** Metadata of the person. @defaultValue those the person has already, or `{}` */
  readonly metadata?: Metadata | undefined;
  /** What to do if the id is enrolled already. @defaultValue 'add': the photos become further templates */
  readonly existing?: 'add' | 'replace' | 'refuse' | undefined;
  /** Whether each photo becomes a template, or all photos of the call become one: the mean of their vectors. @defaultValue 'each' */
  readonly templates?: 'each' | 'fused' | undefined;
  /** Photos beyond these limits are rejected. @defaultValue {@link ENROL_QUALITY_LIMITS} */
  readonly qualityLimits?: QualityLimits | undefined;
  /** What to do with a photo that holds several faces. @defaultValue 'refuse' */
  readonly severalFaces?: 'mostProminent' | 'refuse' | undefined;
  /**
   * What to do if the photos look like somebody enrolled under another id: refuse, or enrol and report. `ignore` does not search.
   * @defaultValue 'refuse'
   */
  readonly duplicates?: 'refuse' | 'report' | 'ignore' | undefined;
  /** What to do with photos that do not look like the others of this call, or like the templates that the person has. @defaultValue 'refuse' */
  readonly otherPeople?: 'refuse' | 'accept' | undefined;
  /** False match rate at which two photos count as of one person, for `otherPeople`. @defaultValue 1e-2 */
  readonly fmr?: number | undefined;
  /** False positive identification rate at which somebody counts as enrolled already, for `duplicates`. @defaultValue 1e-2 */
  readonly fpir?: number | undefined;
  /** A similarity threshold of one's own instead of `fmr` and `fpir`. */
  readonly threshold?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Why a photo was not used. */
export type PhotoRejection = 'noFace' | 'multipleFaces' | 'lowQuality' | 'otherPerson' | 'unreadable';

/** What became of one photo. */
export type PhotoOutcome =
  | {
      readonly index: number;
      readonly source?: string | undefined;
      readonly status: 'used';
      readonly template: number;
      readonly face?: AnalyzedFace | undefined;
    }
  | {
      readonly index: number;
      readonly source?: string | undefined;
      readonly status: 'rejected';
      readonly reason: PhotoRejection;
      /** The sentence to show a person. */
      readonly message: string;
      readonly face?: AnalyzedFace | undefined;
    };

/** Somebody who looks like the photos, enrolled under another id. */
export interface Duplicate {
  readonly id: string;
  readonly similarity: number;
}

/** Outcome of an enrolment. Discriminate by `status`. */
export type EnrolResult =
  | {
      readonly status: 'enrolled';
      readonly id: string;
      /** Whether the person is new. */
      readonly isNew: boolean;
      /** Ids of the templates that were added. */
      readonly templates: readonly number[];
      readonly photos: readonly PhotoOutcome[];
      readonly duplicates: readonly Duplicate[];
    }
  | {
      readonly status: 'refused';
      readonly id: string;
      readonly reason: 'noUsablePhoto' | 'duplicate' | 'exists';
      /** The sentence to show a person. */
      readonly message: string;
      readonly photos: readonly PhotoOutcome[];
      readonly duplicates: readonly Duplicate[];
    };

/** Options of {@link Gallery.identify}. */
export interface IdentifyOptions {
  /** Wanted false positive identification rate; calibration and gallery size turn it into a threshold. @defaultValue 1e-2 */
  readonly fpir?: number | undefined;
  /** A similarity threshold of one's own instead of `fpir`. */
  readonly threshold?: number | undefined;
  /** Candidates wanted, at most 1,000. @defaultValue 5 */
  readonly limit?: number | undefined;
  /** @defaultValue 'mostProminent' */
  readonly severalFaces?: 'mostProminent' | 'refuse' | undefined;
  /** Faces beyond these limits are not searched for. @defaultValue none */
  readonly qualityLimits?: QualityLimits | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One person of the gallery who looks like the probe. */
export interface Candidate {
  readonly id: string;
  /** Of the most similar template. Larger = more alike, in the scale of `FaceEngine.verify`. */
  readonly similarity: number;
  /** That template. */
  readonly template: number;
}

/** Outcome of a search. Discriminate by `status`. */
export type IdentifyResult =
  | {
      readonly status: 'searched';
      /** Best first; equal ones by id. */
      readonly candidates: readonly Candidate[];
      readonly decision: SearchDecision & {
        /** The best candidate, if it reaches the threshold. */
        readonly id?: string | undefined;
        /** Similarity of the best candidate less that of the next; absent with fewer than two. */
        readonly margin?: number | undefined;
      };
      readonly face?: AnalyzedFace | undefined;
      readonly timings: StageTimings;
    }
  | {
      readonly status: 'notSearched';
      readonly reason: 'noFace' | 'multipleFaces' | 'lowQuality';
      /** The sentence to show a person. */
      readonly message: string;
      readonly face?: AnalyzedFace | undefined;
      readonly timings: StageTimings;
    };

/** Formats of exports. `binary` is also the format of gallery files: a store can open it. */
export type ExportFormat = 'binary' | 'jsonl';

/** Options of {@link Gallery.export}. */
export interface ExportOptions {
  /** @defaultValue 'binary' */
  readonly format?: ExportFormat | undefined;
  /** Whether templates leave as they are kept, protected, or without protection. @defaultValue 'keep' */
  readonly protection?: 'keep' | 'remove' | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((event: GalleryProgress) => void) | undefined;
}

/** Options of {@link Gallery.import}. */
export interface ImportOptions {
  /** Keys of the export. @defaultValue those of this gallery */
  readonly keys?: GalleryKeys | undefined;
  /** What to do with ids that are enrolled already. @defaultValue 'refuse': nothing at all is imported */
  readonly existing?: 'refuse' | 'skip' | 'replace' | 'add' | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((event: GalleryProgress) => void) | undefined;
}

/** What an import did. */
export interface ImportReport {
  readonly added: number;
  readonly replaced: number;
  readonly extended: number;
  readonly skipped: number;
  readonly templates: number;
}

/** What {@link Gallery.verify} found. */
export interface GalleryCheck {
  readonly identities: number;
  readonly templates: number;
  /** What cannot be read, what does not decrypt, what is no template. Empty: all is well. */
  readonly damage: readonly StoreDamage[];
}

/** Bytes in pieces, as they come from a file or a network. */
export type ByteSource = Uint8Array | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * A set of people who are known, searched for whoever is on a photo. Created by `FaceEngine.openGallery`. Changes are made one after another in
 * the order of the calls; each is durable when its call resolves. Every method throws `DISPOSED` after `close`, and what the store throws.
 *
 * @typeParam ImageInput - What the runtime accepts as an image.
 */
export interface Gallery<ImageInput> {
  info(): Promise<GalleryInfo>;
  /**
   * Enrols a person from photos or embeddings: quality gate, are they all of one person, is this person enrolled under another id.
   *
   * @param id - Name or number of the person: 1 to 256 characters, kept in Unicode normal form C, without control characters.
   * @throws {FaceError} `INVALID_OPTION`, `CONTRACT_MISMATCH`, `SHAPE_MISMATCH`, `INVALID_EMBEDDING`, `THRESHOLD_UNAVAILABLE`. An image that cannot
   * be read is a rejected photo, not an error.
   */
  enrol(
    id: string,
    photos: ImageInput | Embedding | EnrolPhoto<ImageInput> | readonly (ImageInput | Embedding | EnrolPhoto<ImageInput>)[],
    options?: EnrolOptions,
  ): Promise<EnrolResult>;
  /** Finds out who is on a photo: the most similar people, and whether the best of them is similar enough for a gallery of this size. */
  identify(probe: ImageInput | Embedding, options?: IdentifyOptions): Promise<IdentifyResult>;
  /** {@link identify} for many probes: the gallery is read once for many of them. Results in the order of the probes. */
  identifyMany(probes: readonly (ImageInput | Embedding)[], options?: IdentifyOptions): Promise<readonly IdentifyResult[]>;
  get(id: string): Promise<Identity | undefined>;
  /** The embeddings of a person, without protection. */
  embeddings(id: string): Promise<readonly Embedding[]>;
  list(options?: { readonly signal?: AbortSignal | undefined }): AsyncIterable<{ readonly id: string; readonly templates: number }>;
  /** Replaces the metadata of a person. @throws {FaceError} `IDENTITY_UNKNOWN`. */
  update(id: string, metadata: Metadata): Promise<void>;
  /** Removes a person and every byte of the templates. Resolves to whether there was one. */
  remove(id: string): Promise<boolean>;
  /** Removes one template; with the last one the person. @throws {FaceError} `IDENTITY_UNKNOWN`. */
  removeTemplate(id: string, template: number): Promise<void>;
  /** The whole gallery as bytes, with contract and checksums. */
  export(options?: ExportOptions): AsyncIterable<Uint8Array>;
  /**
   * Takes in an export, all or nothing. The format is recognised. Also the JSON of `LabeledFaceDescriptors` of face-api.js, for packs that accept
   * its vectors.
   *
   * @throws {FaceError} `GALLERY_DAMAGED`, `GALLERY_UNSUPPORTED`, `CONTRACT_MISMATCH`, `KEY_WRONG`, `IDENTITY_EXISTS`.
   */
  import(bytes: ByteSource, options?: ImportOptions): Promise<ImportReport>;
  /** Encrypts, transforms, or protects with other keys: every template is rewritten, all or nothing. */
  changeKeys(keys: GalleryKeys): Promise<void>;
  /** Reads, decrypts and checks everything. */
  verify(options?: {
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((event: GalleryProgress) => void) | undefined;
  }): Promise<GalleryCheck>;
  stats(): Promise<StoreStats>;
  /** Gives back space, where the store needs to be told. */
  compact(): Promise<void>;
  /** Waits for changes under way, closes the store and frees the memory. Idempotent. */
  close(): Promise<void>;
}

/**
 * What a photo must offer to be enrolled, unless the caller says otherwise: a template is compared with every probe to come, so one bad photo costs
 * more here than anywhere else.
 */
export const ENROL_QUALITY_LIMITS: QualityLimits = {
  minSizePixels: 60,
  minSharpness: 20,
  minBrightness: 0.15,
  maxBrightness: 0.9,
  maxYawDegrees: 40,
};
