/** What a user of isoface holds in hand: the same interface in the page, in a worker, in Node and over the wire. */

import type { Embedding } from '../embed/embedding.ts';
import type { Box } from '../geometry/box.ts';
import type { ExecutionProvider } from '../ports/inference-backend.ts';
import type { CalibratedThreshold, ModelLicense, ModelManifest } from '../ports/model-manifest.ts';
import type { ModelProgress } from '../ports/model-source.ts';
import type { FaceQuality } from '../quality/compute-quality.ts';

/** A point in pixels of the source image (upright: EXIF orientation applied); origin top-left, x right, y down. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A face that was found. */
export interface Face {
  /** The detector's own box, pixels of the source image; it may reach beyond the image. */
  readonly box: Box;
  /** Confidence of the detector, in [0, 1]. */
  readonly score: number;
  /** Right eye, left eye, nose tip, right mouth corner, left mouth corner (the subject's sides). Absent for detectors without landmarks. */
  readonly landmarks?: readonly Point[] | undefined;
  /** 68 landmarks in iBUG order, for packs with a landmark model. */
  readonly landmarks68?: readonly Point[] | undefined;
}

/** A face with everything the engine can say about it. */
export interface AnalyzedFace extends Face {
  readonly quality: FaceQuality;
  /** Absent when embeddings were not asked for, the pack has no embedder, or the landmarks coincide, so that the face cannot be aligned. */
  readonly embedding?: Embedding | undefined;
}

/** Milliseconds spent in each stage of one call. Waiting in a queue is not a stage. */
export interface StageTimings {
  /** Bytes to pixels; 0 when pixels were passed in. */
  readonly decodeMs: number;
  /** Pixels to the detector's input. */
  readonly preprocessMs: number;
  /** Detector model, decoding of its outputs, non-maximum suppression. */
  readonly detectMs: number;
  /** Landmark model, alignment, cutting the aligned faces, quality. */
  readonly alignMs: number;
  /** Embedder model and normalisation. */
  readonly embedMs: number;
  /** Comparison and decision. */
  readonly matchMs: number;
}

/** All faces of one image. */
export interface Analysis {
  /** Best score first. */
  readonly faces: readonly AnalyzedFace[];
  /** Size of the upright source image, pixels. */
  readonly width: number;
  readonly height: number;
  readonly timings: StageTimings;
}

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
}

/** Bounds a face must respect to be compared; each is optional. */
export interface QualityLimits {
  readonly minSizePixels?: number | undefined;
  readonly minSharpness?: number | undefined;
  readonly minBrightness?: number | undefined;
  readonly maxBrightness?: number | undefined;
  readonly maxYawDegrees?: number | undefined;
  readonly maxPitchDegrees?: number | undefined;
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
  /** Versions of the runtime parts, e.g. `{ isoface, onnxruntime, node }`. */
  readonly versions: Readonly<Record<string, string>>;
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
  /** Decides whether two images, or stored embeddings, show the same person. */
  verify(a: ImageInput | Embedding, b: ImageInput | Embedding, options?: VerifyOptions): Promise<VerifyResult>;
  /**
   * Adopts a vector that other software computed with the same network, e.g. a descriptor stored by face-api.js.
   *
   * @throws {FaceError} `CONTRACT_MISMATCH` if the pack does not accept vectors of that software; `SHAPE_MISMATCH` or `INVALID_EMBEDDING`.
   */
  importEmbedding(vector: ArrayLike<number>, from: string): Embedding;
  /** Frees models and threads. Idempotent; calls in flight settle first or fail with `DISPOSED`. */
  dispose(): Promise<void>;
}
