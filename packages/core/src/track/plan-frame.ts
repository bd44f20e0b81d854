/** What is done with the next frame of a track session, before anything is computed. */

import { isEmbeddingDue } from './embedding-usability.ts';
import type { Track, TrackState } from './track-state.ts';

/** A face that no detector has seen for longer is not followed any more, milliseconds: landmarks may have strayed to something that looks like it. */
const MAX_UNCONFIRMED_MS = 2000;

/** What the plan depends on. */
export interface PlanContext {
  readonly state: Pick<TrackState, 'tracks' | 'scannedMs'>;
  /** Time of this frame, by `TrackState.elapsedMs`. */
  readonly elapsedMs: number;
  readonly rescanMs: number;
  readonly embedEveryMs: number;
  /** Whether the pack has a landmark model, which can follow faces without the detector. */
  readonly hasLandmarker: boolean;
  /** Whether the detector accepts smaller inputs. */
  readonly canShrink: boolean;
  /** Whether the track is to be embedded when it can be. */
  readonly canEmbed: (track: Track) => boolean;
  /** Asked once for each kind of optional work, only if it is due. */
  readonly fits: (work: 'scan' | 'embedding') => boolean;
}

/** The plan: `scan` looks at the whole picture at full size, `look` at the smallest size that keeps the known faces, `follow` asks no detector. */
export interface FramePlan {
  readonly detection: 'scan' | 'look' | 'follow';
  /** Optional work that is due and does not fit. */
  readonly postponed: readonly ('scan' | 'embedding')[];
}

/**
 * Plans a frame. A scan is needed while no face is known or one is lost; it is due, but may wait, when the last one is long ago or a face is to be
 * embedded: thresholds were calibrated for embeddings by landmarks at the full detection size.
 */
export function planFrame({ state, elapsedMs, rescanMs, embedEveryMs, hasLandmarker, canShrink, canEmbed, fits }: PlanContext): FramePlan {
  const { tracks, scannedMs } = state;
  const isNeeded = tracks.length === 0 || tracks.some(({ missedFrames }) => missedFrames > 0);
  if (isNeeded || scannedMs === undefined) return { detection: 'scan', postponed: [] };
  const due: ('scan' | 'embedding')[] = [];
  if (elapsedMs - scannedMs >= rescanMs) due.push('scan');
  if (tracks.some((track) => canEmbed(track) && isEmbeddingDue(track, elapsedMs, embedEveryMs))) due.push('embedding');
  const postponed = due.filter((work) => !fits(work));
  if (postponed.length < due.length) return { detection: 'scan', postponed };
  if (hasLandmarker && tracks.every((track) => canFollow(track, elapsedMs))) return { detection: 'follow', postponed };
  // A detector of one size that nothing can stand in for runs at full size anyway.
  return canShrink ? { detection: 'look', postponed } : { detection: 'scan', postponed: [] };
}

/** Whether a face can be followed by its landmarks: it is in sight, and a detector has seen it not long ago. */
export function canFollow({ anchor, missedFrames }: Track, elapsedMs: number): boolean {
  return anchor !== undefined && missedFrames === 0 && elapsedMs - anchor.detectedMs <= MAX_UNCONFIRMED_MS;
}
