/** What a user of isoface holds in hand: the same interface in the page, in a worker, in Node and over the wire. */

import type { Embedding } from '../embed/embedding.ts';
import type { Gallery, GalleryOptions } from '../gallery/gallery.ts';
import type { ExecutionProvider } from '../ports/inference-backend.ts';
import type { CalibratedLivenessThreshold, CalibratedThreshold, ModelLicense, ModelManifest } from '../ports/model-manifest.ts';
import type { ModelProgress } from '../ports/model-source.ts';
import type { TrackState } from '../track/track-state.ts';
import type { Analysis, AnalyzedFace, Face, QualityLimits, StageTimings } from './analysis.ts';

/** Options of {@link FaceEngine.detect}. */
export interface DetectOptions {
  /** Faces below this detector score are left out; in [0, 1]. @defaultValue the detector's own, from the manifest */
  readonly minScore?: number | undefined;
  /** At most this many faces, best score first. @defaultValue unlimited */
  readonly maxFaces?: number | undefined;
  /** Aborts between stages; one model run is not interrupted. The call rejects with `signal.reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link FaceEngine.analyze}. */
export interface AnalyzeOptions extends DetectOptions {
  /** Whether to compute embeddings. @defaultValue true where the pack has an embedder */
  readonly embeddings?: boolean | undefined;
  /**
   * Whether to ask the passive liveness models about each face. The engine must have been created with `liveness`.
   * @defaultValue false
   */
  readonly liveness?: boolean | undefined;
  /** Whether to lay the face mesh on each face. The engine must have been created with `liveness`. @defaultValue false */
  readonly mesh?: boolean | undefined;
}

/** Options of {@link FaceEngine.verify}. */
export interface VerifyOptions {
  /** Wanted false match rate; the pack's calibration turns it into a threshold. @defaultValue 1e-3 */
  readonly fmr?: number | undefined;
  /** A similarity threshold of one's own instead of `fmr`. */
  readonly threshold?: number | undefined;
  /**
   * What to do with an image that holds several faces: compare the most prominent one (large and central), or refuse.
   * @defaultValue 'mostProminent'
   */
  readonly severalFaces?: 'mostProminent' | 'refuse' | undefined;
  /** Faces beyond these limits are not compared. @defaultValue none */
  readonly qualityLimits?: QualityLimits | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Why no comparison was made. */
export type VerifyRefusal = 'noFace' | 'multipleFaces' | 'lowQuality';

interface VerifyResultBase {
  /** The face of each side that was (or would have been) compared; absent where none was found or an embedding was passed in. */
  readonly a?: AnalyzedFace | undefined;
  readonly b?: AnalyzedFace | undefined;
  readonly pack: string;
  readonly contract: string;
  readonly executionProvider: ExecutionProvider;
  /** Sum over both images. */
  readonly timings: StageTimings;
}

/** Outcome of a 1:1 verification. Discriminate by `status`. */
export type VerifyResult =
  | (VerifyResultBase & {
      readonly status: 'compared';
      /** Whether `similarity` reaches `threshold`. */
      readonly match: boolean;
      /** Larger = more alike; the cosine for packs with metric `cosine`. */
      readonly similarity: number;
      /** Euclidean distance of the embeddings. */
      readonly distance: number;
      readonly threshold: number;
      /** False match rate that the threshold stands for; absent for a threshold of one's own. */
      readonly fmr?: number | undefined;
    })
  | (VerifyResultBase & {
      readonly status: 'notCompared';
      readonly match: false;
      readonly reason: VerifyRefusal;
      /** Which side is at fault. */
      readonly side: 'a' | 'b';
      /** The sentence to show a person. */
      readonly message: string;
    });

/** With what an engine can check liveness. */
export interface LivenessInfo {
  /** Ids of the passive models that are loaded. Empty: there is no passive liveness, and only challenges (active liveness) are possible. */
  readonly passive: readonly string[];
  /** What tells eyes, mouth and pose: the face mesh, 68 landmarks, or only the five of the detector (no blink, no smile). */
  readonly landmarks: 'mesh468' | 'ibug68' | 'five';
  /** Thresholds of the passive score. */
  readonly thresholds: readonly CalibratedLivenessThreshold[];
}

/** What an engine is made of and what really runs it. */
export interface EngineInfo {
  readonly pack: string;
  /** Contract id of the embeddings, or `undefined` for a pack without embedder. */
  readonly contract: string | undefined;
  /** What really runs the models. */
  readonly executionProvider: ExecutionProvider;
  readonly models: readonly {
    readonly id: string;
    readonly task: ModelManifest['task'];
    readonly license: ModelLicense;
    readonly executionProvider: ExecutionProvider;
    readonly bytes: number;
  }[];
  /** Length of an embedding. */
  readonly dimension: number | undefined;
  readonly flipAveraging: boolean;
  readonly detectionSize: number;
  readonly thresholds: readonly CalibratedThreshold[];
  readonly liveness: LivenessInfo;
  /** Versions of the runtime parts, e.g. `{ isoface, onnxruntime, node }`. */
  readonly versions: Readonly<Record<string, string>>;
  /** Facts about how the runtime works here, e.g. `{ ortBuild: 'wasm', threads: 1, preprocessing: 'cpu' }` in the browser. */
  readonly runtime: Readonly<Record<string, string | number | boolean>>;
  /** What the user should know: fallbacks taken, licences that forbid commercial use. */
  readonly warnings: readonly string[];
}

/** Progress of creating an engine. */
export type EngineProgress =
  | ModelProgress
  | { readonly phase: 'openModel'; readonly model: string; readonly loadedModels: number; readonly totalModels: number }
  | { readonly phase: 'selfTest' };

/** One settled image of {@link FaceEngine.analyzeMany}. */
export type AnalysisOutcome = { readonly index: number; readonly analysis: Analysis } | { readonly index: number; readonly error: unknown };

/** A frame of a video with the moment when it was taken. */
export interface TimedImage<ImageInput> {
  readonly image: ImageInput;
  /** Milliseconds since any fixed moment. Where they stand still or jump back, a thirtieth of a second is taken to have passed. */
  readonly timestampMs: number;
  /** Frames that the source has dropped so far because they came faster than they were taken; passed on in the result. @defaultValue 0 */
  readonly droppedFrames?: number | undefined;
}

/** Options of {@link FaceEngine.track}. */
export interface TrackOptions extends AnalyzeOptions {
  /** At most this many faces are followed; those that are followed already go before new ones. @defaultValue unlimited */
  readonly maxFaces?: number | undefined;
  /** How often the whole picture is searched for new faces at the full detection size, milliseconds. @defaultValue 500 */
  readonly rescanMs?: number | undefined;
  /** A face that was looked for and not seen in more frames in a row is given up. @defaultValue 10 */
  readonly maxMissedFrames?: number | undefined;
  /** A face that was not seen for longer is given up, also when the source paused, milliseconds. @defaultValue 1000 */
  readonly maxMissedMs?: number | undefined;
  /**
   * Time for one frame, milliseconds. Work that does not fit and can wait (searching the whole picture while all known faces are seen, embedding)
   * is postponed to later frames, but by no more than ten in a row. A model run is not interrupted: a frame may take longer.
   * @defaultValue none
   */
  readonly deadlineMs?: number | undefined;
  /**
   * Embed a face that is in sight again when its embedding is older, milliseconds, whether or not it can be seen better: for those who must know that
   * it is still the same person.
   * @defaultValue never
   */
  readonly embedEveryMs?: number | undefined;
  /** Whether each result carries `fingerprint`. @defaultValue false */
  readonly fingerprints?: boolean | undefined;
  /** Whether boxes and landmarks are smoothed over time, by the One Euro filter. @defaultValue true */
  readonly smoothing?: boolean | undefined;
}

/** A face that is followed through a video. */
export interface TrackedFace extends AnalyzedFace {
  /** Whole number that stays with the face while it is followed and is never used again in the same call of `track`. */
  readonly id: number;
  /** Frames since the face was first seen; 0 in that frame. */
  readonly ageFrames: number;
  /** Frames in a row, up to this one, in which the face was not seen; box and landmarks are then those of the last sighting. */
  readonly missedFrames: number;
  /** Whether `embedding` was made from this frame. */
  readonly isEmbeddingNew: boolean;
}

/** What a deadline can postpone: the search of the whole picture, an embedding. */
export type PostponedWork = 'scan' | 'embedding';

/** All faces of one frame of a video. */
export interface TrackResult {
  /** Oldest id first. */
  readonly faces: readonly TrackedFace[];
  /** Ids of the faces that were given up in this frame. */
  readonly ended: readonly number[];
  /** Size of the upright source frame, pixels. */
  readonly width: number;
  readonly height: number;
  /** Index of the frame, from 0. */
  readonly frame: number;
  /** When the frame was taken, as the source says; else when it was received, by the clock of the engine. */
  readonly timestampMs: number;
  /** Frames that the source dropped so far, as it says itself. */
  readonly droppedFrames: number;
  /** Whether the detector ran, and at which size of its input (longer side, pixels; the largest if several). */
  readonly detection: { readonly ran: boolean; readonly size?: number | undefined };
  /**
   * Where it was asked for: a whole number that two frames share only if they have the same pixels. No two frames of a camera do, for its noise
   * differs. Absent for a frame of one colour.
   */
  readonly fingerprint?: number | undefined;
  /** What the deadline postponed. */
  readonly postponed: readonly PostponedWork[];
  readonly timings: StageTimings;
}

/** What {@link FaceEngine.trackFrame} gives: plain data. */
export interface TrackedFrame {
  readonly result: TrackResult;
  /** To be given to the next frame. */
  readonly state: TrackState;
}

/**
 * Face recognition with one model pack. Created by a runtime's `createFaceEngine`; ready as soon as it exists.
 * Every method throws `DISPOSED` after `dispose`.
 *
 * @typeParam ImageInput - What the runtime accepts as an image.
 */
export interface FaceEngine<ImageInput> {
  readonly info: EngineInfo;
  /** Finds faces; `[]` when there is none. */
  detect(image: ImageInput, options?: DetectOptions): Promise<readonly Face[]>;
  /**
   * Computes the embeddings of faces that this engine found in this image, in the order given.
   *
   * @throws {FaceError} `SHAPE_MISMATCH` if a face lacks landmarks; `INVALID_OPTION` if the pack has no embedder.
   */
  embed(image: ImageInput, faces: readonly Face[], options?: { readonly signal?: AbortSignal | undefined }): Promise<readonly Embedding[]>;
  /** Finds faces and says all there is to say about them, with the time each stage took. */
  analyze(image: ImageInput, options?: AnalyzeOptions): Promise<Analysis>;
  /**
   * Analyzes many images, several at a time, and yields the outcomes in input order. A bad image yields an `error` and does not stop the others.
   */
  analyzeMany(images: Iterable<ImageInput> | AsyncIterable<ImageInput>, options?: AnalyzeOptions): AsyncIterableIterator<AnalysisOutcome>;
  /**
   * Follows faces through the frames of a video, one frame at a time, and yields a result for each.
   *
   * The detector runs no more than needed, and embeddings are made when a face is new or clearly better to see than before. They come from landmarks
   * at the detection size of the pack, so its thresholds hold for them. An id follows a place in the picture, not a person: after a face was
   * out of sight or crossed another one its embedding is absent until it has been made anew.
   *
   * Ends with the source. A frame that fails ends it too, with the error. However it ends, `return` of the source is called.
   *
   * @param frames - Images in the order in which they were taken, with timestamps where the source knows them. Read no faster than they are processed.
   * @throws {FaceError} `INVALID_OPTION`, `IMAGE_INVALID` and what `analyze` throws; `signal.reason` at once when aborted, and `DISPOSED`, also
   * while the source has no frame.
   */
  track(
    frames: Iterable<ImageInput | TimedImage<ImageInput>> | AsyncIterable<ImageInput | TimedImage<ImageInput>>,
    options?: TrackOptions,
  ): AsyncIterableIterator<TrackResult>;
  /**
   * One frame of {@link FaceEngine.track}, for those who keep the state between the frames themselves, e.g. a server with many cameras. The state
   * is not changed, so a frame that failed can be given again.
   *
   * @param state - What the frame before gave; `undefined` for the first.
   */
  trackFrame(frame: TimedImage<ImageInput>, state: TrackState | undefined, options?: TrackOptions): Promise<TrackedFrame>;
  /** Decides whether two images, or stored embeddings, show the same person. */
  verify(a: ImageInput | Embedding, b: ImageInput | Embedding, options?: VerifyOptions): Promise<VerifyResult>;
  /**
   * Opens a gallery of people to search in (1:N), or creates it. It belongs to the caller, who closes it; after the engine was disposed it still
   * takes embeddings, but no photos.
   *
   * @throws {FaceError} `INVALID_OPTION` for packs without embedder; `CONTRACT_MISMATCH` if the gallery was made with another embedder; `KEY_WRONG`;
   * `GALLERY_UNSUPPORTED`; what the store throws.
   * @example
   * const gallery = await engine.openGallery({ store });
   * await gallery.enrol('ada', [photo, anotherPhoto]);
   * const { candidates, decision } = await gallery.identify(probe, { fpir: 1e-2 });
   */
  openGallery(options?: GalleryOptions): Promise<Gallery<ImageInput>>;
  /**
   * Adopts a vector that other software computed with the same network, e.g. a descriptor stored by face-api.js.
   *
   * @throws {FaceError} `CONTRACT_MISMATCH` if the pack does not accept vectors of that software; `SHAPE_MISMATCH` or `INVALID_EMBEDDING`.
   */
  importEmbedding(vector: ArrayLike<number>, from: string): Embedding;
  /** Frees models and threads. Idempotent; calls in flight settle first or fail with `DISPOSED`. */
  dispose(): Promise<void>;
}
