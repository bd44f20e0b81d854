/** What an engine says about a picture. */

import type { Embedding } from '../embed/embedding.ts';
import type { Box } from '../geometry/box.ts';
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

/** What the passive liveness models of a pack say about one face in one picture. */
export interface PassiveLiveness {
  /** Mean over the models, in [0, 1]; larger = more like a living face. Decide by a threshold, see `selectLivenessThreshold`. */
  readonly score: number;
  /** Score of each model, by its id. */
  readonly models: Readonly<Record<string, number>>;
}

/** A face with everything the engine can say about it. */
export interface AnalyzedFace extends Face {
  readonly quality: FaceQuality;
  /** Absent when embeddings were not asked for, the pack has no embedder, or the landmarks coincide, so that the face cannot be aligned. */
  readonly embedding?: Embedding | undefined;
  /** Present where it was asked for (`liveness: true`). */
  readonly liveness?: PassiveLiveness | undefined;
  /**
   * 468 points of the face mesh of MediaPipe as x, y, z, shape [468, 3], where it was asked for (`mesh: true`): pixels of the source image; z has the
   * same unit, smaller = nearer.
   */
  readonly mesh?: Float32Array | undefined;
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
  /** Passive liveness models and face mesh. */
  readonly livenessMs: number;
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

/** Bounds a face must respect to be compared; each is optional. */
export interface QualityLimits {
  readonly minSizePixels?: number | undefined;
  readonly minSharpness?: number | undefined;
  readonly minBrightness?: number | undefined;
  readonly maxBrightness?: number | undefined;
  readonly maxYawDegrees?: number | undefined;
  readonly maxPitchDegrees?: number | undefined;
}
