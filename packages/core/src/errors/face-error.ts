/**
 * The one error type of isoface. A caller tells cases apart by `code`, reads the facts in `details`, and shows `message`,
 * which says what was expected, what came and what to do.
 */

/** Every way in which a call can fail, with the situation it stands for. */
export const FACE_ERROR_CODES = {
  /** An execution provider, native library or runtime feature that was asked for is not there. */
  BACKEND_UNAVAILABLE: 'BACKEND_UNAVAILABLE',
  /** The camera does not open; `details.reason` tells why. */
  CAMERA_UNAVAILABLE: 'CAMERA_UNAVAILABLE',
  /** Two embeddings that were made in different ways were compared. */
  CONTRACT_MISMATCH: 'CONTRACT_MISMATCH',
  /** Landmarks coincide or are not finite, so that no alignment exists. */
  DEGENERATE_LANDMARKS: 'DEGENERATE_LANDMARKS',
  /** The engine, pool or session was disposed before or during the call. */
  DISPOSED: 'DISPOSED',
  /** The bytes are not an image that can be decoded: damaged, truncated, empty or of an unknown format. */
  IMAGE_INVALID: 'IMAGE_INVALID',
  /** The image exceeds the limits on bytes or pixels. */
  IMAGE_TOO_LARGE: 'IMAGE_TOO_LARGE',
  /** Stored or exported gallery data are not what was written: damaged, truncated, or no gallery at all; `details` tells where. */
  GALLERY_DAMAGED: 'GALLERY_DAMAGED',
  /** Another process, tab or object has opened this gallery for writing. */
  GALLERY_LOCKED: 'GALLERY_LOCKED',
  /** A gallery or an export was written by a newer version. */
  GALLERY_UNSUPPORTED: 'GALLERY_UNSUPPORTED',
  /** An identity of this id is there already, or comes twice. */
  IDENTITY_EXISTS: 'IDENTITY_EXISTS',
  /** No identity has this id, or the identity has no such template. */
  IDENTITY_UNKNOWN: 'IDENTITY_UNKNOWN',
  /** A file, directory, database or browser storage could not be read or written. */
  IO_FAILED: 'IO_FAILED',
  /** An embedding holds NaN or infinite numbers, or has no length. */
  INVALID_EMBEDDING: 'INVALID_EMBEDDING',
  /** An argument or option is outside what the call accepts. */
  INVALID_OPTION: 'INVALID_OPTION',
  /** A gallery is protected and the key is missing, or is not the one it was protected with. */
  KEY_WRONG: 'KEY_WRONG',
  /** A manifest does not have the shape of its schema. */
  MANIFEST_INVALID: 'MANIFEST_INVALID',
  /** Model bytes are not those that the manifest promises: other size, other SHA-256, not a model. */
  MODEL_INTEGRITY: 'MODEL_INTEGRITY',
  /** No source has the bytes of a model. */
  MODEL_NOT_FOUND: 'MODEL_NOT_FOUND',
  /** A model file of another format uses something the importer does not know. */
  MODEL_UNSUPPORTED: 'MODEL_UNSUPPORTED',
  /** A data set, an index or a label file is not what it should be: a missing image, a line that cannot be read, a name given twice. */
  DATASET_INVALID: 'DATASET_INVALID',
  /** A model download failed and may be tried again. */
  DOWNLOAD_FAILED: 'DOWNLOAD_FAILED',
  /** The queue of waiting calls is full: slow down or raise its limit. */
  OVERLOADED: 'OVERLOADED',
  /** No pack has this name. */
  PACK_UNKNOWN: 'PACK_UNKNOWN',
  /** Scores from which no rate can be computed: none of one class, or one that is not a finite number. */
  SCORES_INVALID: 'SCORES_INVALID',
  /** A loaded engine does not give the expected numbers on the built-in test face. */
  SELF_TEST_FAILED: 'SELF_TEST_FAILED',
  /** A tensor, model input or vector has another shape than the manifest says. */
  SHAPE_MISMATCH: 'SHAPE_MISMATCH',
  /** There is no room left: the disk is full, or a quota is used up. Nothing was changed. */
  STORAGE_FULL: 'STORAGE_FULL',
  /** The pack has no calibrated threshold for the false match rate asked for. */
  THRESHOLD_UNAVAILABLE: 'THRESHOLD_UNAVAILABLE',
  /** A worker thread ended while it worked on the call. */
  WORKER_CRASHED: 'WORKER_CRASHED',
} as const;

/** One of {@link FACE_ERROR_CODES}. */
export type FaceErrorCode = keyof typeof FACE_ERROR_CODES;

/** Facts about a failure, as structured-cloneable data. */
export type FaceErrorDetails = Readonly<Record<string, unknown>>;

/** An error with a code from a closed list. Thrown by every package of isoface; aborts are not `FaceError`s. */
export class FaceError extends Error {
  override readonly name = 'FaceError';
  readonly code: FaceErrorCode;
  readonly details: FaceErrorDetails;

  constructor(code: FaceErrorCode, message: string, details: FaceErrorDetails = {}, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}

/**
 * True for isoface's errors, narrowed to `codes` when given.
 * Structural on purpose: it holds across realms, workers and duplicated copies of this package.
 *
 * @example
 * if (isFaceError(error, 'OVERLOADED')) await retryLater();
 */
export function isFaceError<C extends FaceErrorCode = FaceErrorCode>(
  error: unknown,
  ...codes: C[]
): error is FaceError & { readonly code: C } {
  try {
    if (!(error instanceof Error) && !isErrorLike(error)) return false;
    const { name, code } = error as { name?: unknown; code?: unknown };
    if (name !== 'FaceError' || typeof code !== 'string' || !Object.hasOwn(FACE_ERROR_CODES, code)) return false;
    return codes.length === 0 || codes.includes(code as C);
  } catch {
    // A getter that throws: whatever it is, it is none of ours.
    return false;
  }
}

function isErrorLike(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'message' in value;
}
