/** From what was seen in a frame to the known faces: ids, patience, smoothing. */

import type { FrameFace } from '../engine/frame-face.ts';
import type { Box } from '../geometry/box.ts';
import type { FaceQuality } from '../quality/compute-quality.ts';
import { computeOverlap } from './compute-overlap.ts';
import { computeUsability, smoothUsability } from './embedding-usability.ts';
import { correlatePatches, DETECTED_LIKENESS } from './face-patch.ts';
import { filterOneEuro, type OneEuroState } from './one-euro.ts';
import type { Track } from './track-state.ts';

/** A face that was seen in the frame; source pixels. */
export interface Sighting {
  /** The known face that it is; `undefined` for a new one. */
  readonly id?: number | undefined;
  readonly face: FrameFace;
  readonly quality: FaceQuality;
  /** Whether the detector saw it; otherwise its landmarks were followed. */
  readonly isDetected: boolean;
  readonly patch?: Float32Array | undefined;
}

/** What else the update depends on. */
export interface UpdateContext {
  readonly nextId: number;
  /** Time of this frame, by `TrackState.elapsedMs`. */
  readonly elapsedMs: number;
  readonly maxFaces: number;
  readonly maxMissedFrames: number;
  /** Whether the landmark model of the pack can follow the faces. */
  readonly hasLandmarker: boolean;
}

/** The known faces after a frame. */
export interface UpdatedTracks {
  readonly tracks: readonly Track[];
  /** Ids of the faces that are given up. */
  readonly ended: readonly number[];
  readonly nextId: number;
}

/** Overlap from which on two faces may be taken for each other. */
const CONTESTED_IOU = 0.2;
/** A face is expected at most this far from where it was, in sides of the box. */
const MAX_PREDICTED_MOVE = 0.5;

/**
 * Where a face is expected, by its last speed.
 *
 * @param elapsedMs - Time of the frame, by `TrackState.elapsedMs`.
 */
export function predictBox({ face: { box }, filter, seenMs, missedFrames }: Track, elapsedMs: number): Box {
  // A speed that is old says nothing.
  if (missedFrames > 0) return box;
  const seconds = (elapsedMs - seenMs) / 1000;
  const move = (speed: number | undefined, side: number): number =>
    Math.min(Math.max((speed ?? 0) * seconds, -side * MAX_PREDICTED_MOVE), side * MAX_PREDICTED_MOVE);
  return { ...box, x: box.x + move(filter.speeds[0], box.width), y: box.y + move(filter.speeds[1], box.height) };
}

/** Splits off the faces that have not been seen for longer than `maxMissedMs`, also because the source paused. */
export function expireTracks(
  tracks: readonly Track[],
  elapsedMs: number,
  maxMissedMs: number,
): { readonly kept: readonly Track[]; readonly ended: readonly number[] } {
  const isKept = ({ seenMs }: Track): boolean => elapsedMs - seenMs <= maxMissedMs;
  return { kept: tracks.filter(isKept), ended: tracks.filter((track) => !isKept(track)).map(({ id }) => id) };
}

/**
 * Updates the known faces with what was seen.
 *
 * @param sightings - At most one per known face; new faces best score first.
 */
export function updateTracks(tracks: readonly Track[], sightings: readonly Sighting[], context: UpdateContext): UpdatedTracks {
  const { elapsedMs, maxFaces, maxMissedFrames } = context;
  const sightingOf = new Map(sightings.map((sighting) => [sighting.id, sighting]));
  const updated = tracks.map((track): Track => {
    const sighting = sightingOf.get(track.id);
    if (sighting === undefined) return { ...track, ageFrames: track.ageFrames + 1, missedFrames: track.missedFrames + 1 };
    return see(track, sighting, context);
  });
  const seen = updated.filter(({ missedFrames }) => missedFrames === 0);
  const fresh = sightings.filter(({ id }) => id === undefined).slice(0, Math.max(0, maxFaces - seen.length));
  const created = fresh.map((sighting, i) => begin(context.nextId + i, sighting, context));
  // Faces that are here go before faces that were.
  const room = maxFaces - seen.length - created.length;
  const missed = updated
    .filter((track) => track.missedFrames > 0 && track.missedFrames <= patienceFor(track, maxMissedFrames))
    .sort((a, b) => b.seenMs - a.seenMs || a.id - b.id)
    .slice(0, Math.max(0, room));
  const isKept = new Set([...seen, ...missed]);
  const kept = [...updated.filter((track) => isKept.has(track)), ...created];
  return {
    tracks: kept.map((track) => settleContest(track, kept, elapsedMs)),
    ended: updated.filter((track) => !isKept.has(track)).map(({ id }) => id),
    nextId: context.nextId + created.length,
  };
}

/** What was seen for a moment only was perhaps no face: it is missed for no longer than it was seen. */
function patienceFor({ ageFrames, missedFrames }: Track, maxMissedFrames: number): number {
  return Math.min(maxMissedFrames, ageFrames - missedFrames + 1);
}

function see(track: Track, sighting: Sighting, context: UpdateContext): Track {
  const { face, quality, patch, isDetected } = sighting;
  // A face that was out of sight, or suddenly looks different, may be another one: nothing of before is carried on but the id.
  const wasLost = track.missedFrames > 0;
  const isDifferent = track.patch !== undefined && patch !== undefined && correlatePatches(track.patch, patch) < DETECTED_LIKENESS;
  const isDoubtful = wasLost || isDifferent;
  return {
    ...track,
    ...observe(sighting, wasLost ? undefined : track.filter, context.elapsedMs - track.seenMs, context),
    ageFrames: track.ageFrames + 1,
    usability: smoothUsability(isDoubtful ? undefined : track.usability, computeUsability(quality)),
    embedding: isDoubtful ? undefined : track.embedding,
    embeddedUsability: isDoubtful ? undefined : track.embeddedUsability,
    anchor: isDetected ? toAnchor(face, context) : track.anchor,
  };
}

function begin(id: number, sighting: Sighting, context: UpdateContext): Track {
  return {
    id,
    ageFrames: 0,
    ...observe(sighting, undefined, 0, context),
    usability: computeUsability(sighting.quality),
    isContested: false,
    anchor: toAnchor(sighting.face, context),
  };
}

function observe(
  { face, quality, patch, isDetected }: Sighting,
  filter: OneEuroState | undefined,
  stepMs: number,
  { elapsedMs }: UpdateContext,
): Pick<Track, 'missedFrames' | 'seenMs' | 'face' | 'filter' | 'quality' | 'patch' | 'isDetected'> {
  const unit = Math.sqrt(face.box.width * face.box.height);
  return {
    missedFrames: 0,
    seenMs: elapsedMs,
    face,
    filter: filterOneEuro(filter, pack(face), stepMs, { unit }),
    quality,
    patch,
    isDetected,
  };
}

function toAnchor({ box, landmarks68 }: FrameFace, { hasLandmarker, elapsedMs }: UpdateContext): Track['anchor'] {
  return hasLandmarker && landmarks68 !== undefined ? { box, landmarks68, detectedMs: elapsedMs } : undefined;
}

/** After two faces have crossed each embedding is made anew: they may have been taken for each other. */
function settleContest(track: Track, all: readonly Track[], elapsedMs: number): Track {
  const isContested = all.some((other) => other !== track && computeOverlap(track.face.box, other.face.box) >= CONTESTED_IOU);
  if (isContested === track.isContested) return track;
  const isOver = !isContested && track.seenMs === elapsedMs;
  return isOver ? { ...track, isContested, embedding: undefined, embeddedUsability: undefined } : { ...track, isContested };
}

/** Centre and size of the box, then all landmarks: the values that are smoothed. */
function pack({ box, landmarks, landmarks68 }: FrameFace): number[] {
  return [box.x + box.width / 2, box.y + box.height / 2, box.width, box.height, ...(landmarks ?? []), ...(landmarks68 ?? [])];
}

/** The face of a track with its box and landmarks smoothed; source pixels. */
export function toSmoothedFace({ face, filter: { values } }: Track): FrameFace {
  const [centreX = 0, centreY = 0, width = 0, height = 0] = values;
  const five = 4 + (face.landmarks?.length ?? 0);
  return {
    box: { x: centreX - width / 2, y: centreY - height / 2, width, height },
    score: face.score,
    landmarks: face.landmarks && Float32Array.from(values.subarray(4, five)),
    landmarks68: face.landmarks68 && Float32Array.from(values.subarray(five)),
  };
}
