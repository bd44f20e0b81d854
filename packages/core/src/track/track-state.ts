/** What a track session knows between two frames: plain data that structured clone carries, so that any thread can go on with the next frame. */

import type { Embedding } from '../embed/embedding.ts';
import type { Box } from '../geometry/box.ts';
import type { FaceQuality } from '../quality/compute-quality.ts';
import type { FaceAnchor } from './follow-landmarks.ts';
import type { OneEuroState } from './one-euro.ts';

/** A face as it was seen; the same fields as `FrameFace`. */
export interface SeenFace {
  readonly box: Box;
  readonly score: number;
  readonly landmarks?: Float32Array | undefined;
  readonly landmarks68?: Float32Array | undefined;
}

/** A face that is followed. Coordinates are pixels of the source. */
export interface Track {
  readonly id: number;
  readonly ageFrames: number;
  /** Frames in a row in which the face was looked for and not seen. */
  readonly missedFrames: number;
  /** When the face was last seen, by {@link TrackState.elapsedMs}. */
  readonly seenMs: number;
  /** The face as it was last seen, not smoothed. */
  readonly face: SeenFace;
  readonly filter: OneEuroState;
  readonly quality: FaceQuality;
  /** Running mean, see `computeUsability`. */
  readonly usability: number;
  readonly embedding?: Embedding | undefined;
  /** Usability when the embedding was made; absent while one is wanted. */
  readonly embeddedUsability?: number | undefined;
  /** When the embedding was made, by {@link TrackState.elapsedMs}. */
  readonly embeddedMs?: number | undefined;
  /** Whether the box of another track overlaps: two faces that cross. */
  readonly isContested: boolean;
  /** The last detection, for packs whose landmark model follows faces. */
  readonly anchor?: FaceAnchor | undefined;
  /** Small picture of the face when it was last seen; absent for detectors without landmarks. */
  readonly patch?: Float32Array | undefined;
  /** Whether a detector saw it then; otherwise its landmarks were followed. */
  readonly isDetected: boolean;
}

/** State of a track session. Opaque: its fields may change with any version. */
export interface TrackState {
  /** Index of the next frame. */
  readonly frame: number;
  /** Id of the next new face; ids are never used again. */
  readonly nextId: number;
  /** Timestamp of the frame before. */
  readonly timestampMs?: number | undefined;
  /** Time since the first frame; grows with every frame, whatever the timestamps do. */
  readonly elapsedMs: number;
  /** Size of the source in the frame before. */
  readonly width: number;
  readonly height: number;
  readonly tracks: readonly Track[];
  /** Longer side of the detector's input when it last looked at a small size; absent before. */
  readonly lookSize?: number | undefined;
  /** Margin with which faces were last found. */
  readonly margin: number;
  /** When the whole picture was last searched at full size, and when for a close-up too. */
  readonly scannedMs?: number | undefined;
  readonly closeUpMs?: number | undefined;
  /** Frames in a row in which work was postponed. */
  readonly postponedFrames: number;
  /** What a full detection and an embedding cost, running means; absent until measured. */
  readonly scanCostMs?: number | undefined;
  readonly embedCostMs?: number | undefined;
}

/** The state before the first frame. */
export function createTrackState(): TrackState {
  return { frame: 0, nextId: 1, elapsedMs: 0, width: 0, height: 0, tracks: [], margin: 0, postponedFrames: 0 };
}
