/** Where the known faces are in the next frame, and which are new: by the detector or by following landmarks, whichever is enough. */

import { type Detections, selectDetections } from '../detect/detections.ts';
import type { Box } from '../geometry/box.ts';
import type { Frame } from '../ports/image-decoder.ts';
import { computeQuality } from '../quality/compute-quality.ts';
import { computeOverlap } from '../track/compute-overlap.ts';
import { chooseDetectionSize, detectionInput, fullDetectionSize } from '../track/detection-size.ts';
import { correlatePatches, cutFacePatches, FOLLOWED_LIKENESS } from '../track/face-patch.ts';
import { followLandmarks, isFollowingPlausible } from '../track/follow-landmarks.ts';
import { matchBoxes } from '../track/match-boxes.ts';
import { canFollow, planFrame } from '../track/plan-frame.ts';
import type { TrackSettings } from '../track/track-options.ts';
import type { Track, TrackState } from '../track/track-state.ts';
import { predictBox, type Sighting } from '../track/update-tracks.ts';
import type { PostponedWork } from './face-engine.ts';
import { CLOSE_UP_MARGIN, findFacesOnce } from './find-faces.ts';
import { type FrameFace, scaleFrameFace } from './frame-face.ts';
import type { LocateContext } from './locate-faces.ts';
import { placeLandmarks } from './place-landmarks.ts';

/** Everything about the frame under way. */
export interface FrameJob {
  readonly frame: Frame;
  /** The state before, without the faces that were not seen for too long. */
  readonly state: TrackState;
  /** Time of this frame, by `TrackState.elapsedMs`. */
  readonly elapsedMs: number;
  readonly settings: TrackSettings;
  readonly minScore: number;
  readonly signal: AbortSignal | undefined;
  /** Whether a track may be embedded at all. */
  canEmbed(track: Track): boolean;
  /** Whether optional work still fits into the frame. */
  fits(work: PostponedWork): boolean;
  now(): number;
}

/** What one frame shows. */
export interface Sight {
  readonly sightings: readonly Sighting[];
  /** By `Sighting.face`: the detection behind it, in pixels of the frame. Empty when landmarks were followed. */
  readonly detectionOf: ReadonlyMap<FrameFace, Detections>;
  readonly postponed: readonly PostponedWork[];
  /** Longer side of the detector's largest input; `undefined` if it did not run. */
  readonly detectionSize?: number | undefined;
  /** The same, if that was no scan. */
  readonly lookSize?: number | undefined;
  /** Present if the whole picture was searched at full size, as `analyze` does: what that took. */
  readonly scan?: { readonly costMs: number; readonly withCloseUp: boolean } | undefined;
  /** Margin with which the faces were found. */
  readonly margin: number;
}

type Context = Pick<LocateContext<unknown>, 'pack' | 'preprocessor' | 'clock'>;

/** Overlap from which on a face that is only followed is taken for the one that was detected there. */
const MAX_SHARED_IOU = 0.5;
/** Overlap from which on a detection can be a known face: it may lie 0.7 of its width away from where it was expected. */
const MIN_MATCH_IOU = 0.15;

/** Looks for the known faces and, where the plan says so, for new ones. */
export async function sightFaces(job: FrameJob, context: Context): Promise<Sight> {
  const { detector, landmarker } = context.pack;
  const canShrink = detector.manifest.input.sizeMultipleOf !== undefined;
  const { state, elapsedMs, settings, canEmbed, fits } = job;
  const plan = planFrame({
    state,
    elapsedMs,
    rescanMs: settings.rescanMs,
    embedEveryMs: settings.embedEveryMs,
    hasLandmarker: landmarker !== undefined,
    canShrink,
    canEmbed,
    fits,
  });
  if (plan.detection === 'follow') {
    const sightings = await followTracks(state.tracks, job, context);
    if (sightings.length === state.tracks.length)
      return { sightings, detectionOf: new Map(), margin: state.margin, postponed: plan.postponed };
  }
  let postponed = plan.postponed;
  let detected = plan.detection === 'scan' || !canShrink ? await scan(job, context) : await look(job, context);
  if (detected.scan === undefined && findUnseen(detected.sightings, job).length > 0) {
    // What is too small or too dark at a small size may still be seen at the full one.
    if (fits('scan')) detected = await scan(job, context);
    else postponed = [...postponed, 'scan'];
  }
  // A face that the detector misses, as detectors do for a moment, may still be followed.
  const followed = await followTracks(findUnseen(detected.sightings, job), job, context);
  const isApart = ({ face }: Sighting): boolean =>
    detected.sightings.every((other) => computeOverlap(face.box, other.face.box) < MAX_SHARED_IOU);
  return { ...detected, sightings: [...detected.sightings, ...followed.filter(isApart)], postponed };
}

function findUnseen(sightings: readonly Sighting[], { state }: FrameJob): Track[] {
  const seen = new Set(sightings.map(({ id }) => id));
  return state.tracks.filter(({ id }) => !seen.has(id));
}

/** Full size, and a second pass for close-ups when the first finds nothing: exactly what `analyze` does, but not in every frame without a face. */
async function scan(job: FrameJob, context: Context): Promise<Omit<Sight, 'postponed'>> {
  const { frame, state, elapsedMs, settings, minScore, signal, now } = job;
  const started = now();
  const findContext = { ...context, detector: context.pack.detector, minScore, signal };
  const first = await findFacesOnce(frame.image, findContext, 0);
  const isCloseUpDue = state.closeUpMs === undefined || elapsedMs - state.closeUpMs >= settings.rescanMs;
  const withCloseUp = first.count === 0 && (isCloseUpDue || state.tracks.length > 0);
  const detections = withCloseUp ? await findFacesOnce(frame.image, findContext, CLOSE_UP_MARGIN) : first;
  const costMs = now() - started;
  const margin = detections.count > 0 && withCloseUp ? CLOSE_UP_MARGIN : 0;
  const detectionSize = fullDetectionSize(context.pack.detector.manifest);
  return { ...(await sightDetections(detections, job, context)), detectionSize, scan: { costMs, withCloseUp }, margin };
}

/** One pass at the smallest size that keeps the known faces. */
async function look(job: FrameJob, context: Context): Promise<Omit<Sight, 'postponed'>> {
  const { frame, state, minScore, signal } = job;
  const { detector } = context.pack;
  const boxes = state.tracks.map(({ face }) => scaleBox(face.box, 1 / sourceScaleOf(frame)));
  const { margin, lookSize = fullDetectionSize(detector.manifest) } = state;
  const detectionSize = chooseDetectionSize(boxes, lookSize, { detector: detector.manifest, image: frame.image, margin });
  const inputSize = detectionInput(detector.manifest, detectionSize);
  const detections = await findFacesOnce(frame.image, { ...context, detector, minScore, inputSize, signal }, margin);
  return { ...(await sightDetections(detections, job, context)), detectionSize, lookSize: detectionSize, margin };
}

/** Matches detections with the known faces and says what there is to say about those that count. */
async function sightDetections(detections: Detections, job: FrameJob, context: Context): Promise<Pick<Sight, 'sightings' | 'detectionOf'>> {
  const { frame, state, elapsedMs, settings, signal } = job;
  const { preprocessor, clock, pack } = context;
  const boxes = Array.from(detections.scores.keys(), (i) => scaleBox(boxAt(detections, i), sourceScaleOf(frame)));
  const expected = state.tracks.map((track) => predictBox(track, elapsedMs));
  const matches = matchBoxes(expected, boxes, MIN_MATCH_IOU);
  const known = matches.flatMap((index, position) => (index < 0 ? [] : [{ index, id: state.tracks[position]?.id }]));
  const isKnown = new Set(known.map(({ index }) => index));
  const fresh = boxes.flatMap((_, index) => (isKnown.has(index) ? [] : [{ index, id: undefined }]));
  const wanted = [...known, ...fresh.slice(0, Math.max(0, settings.maxFaces - known.length))];
  const selected = selectDetections(
    detections,
    wanted.map(({ index }) => index),
  );
  signal?.throwIfAborted();
  const faces = await clock.time('align', () => placeLandmarks(frame.image, selected, pack.landmarker, preprocessor, signal));
  const ids = wanted.map(({ id }) => id);
  const sightings = await describe(faces, ids, true, job, context);
  return { sightings, detectionOf: new Map(sightings.map(({ face }, i) => [face, selectDetections(selected, [i])])) };
}

/** Follows faces by their landmarks; faces that cannot be followed, or whose landmarks cannot be trusted, are left out. */
async function followTracks(tracks: readonly Track[], job: FrameJob, context: Context): Promise<Sighting[]> {
  const { frame, elapsedMs, signal } = job;
  const { preprocessor, clock, pack } = context;
  const followable = tracks.filter((track) => canFollow(track, elapsedMs));
  if (pack.landmarker === undefined || followable.length === 0) return [];
  const sourceScale = sourceScaleOf(frame);
  const source = { width: frame.sourceWidth, height: frame.sourceHeight };
  const crops = followable.map((track) => scaleFrameFace({ ...track.face, box: predictBox(track, elapsedMs) }, 1 / sourceScale));
  const placed = await clock.time('align', () => placeLandmarks(frame.image, toDetections(crops), pack.landmarker, preprocessor, signal));
  const plausible = followable.flatMap(({ id, anchor, face, patch }, i) => {
    const now = scaleFrameFace(placed[i] as FrameFace, sourceScale);
    if (anchor === undefined || face.landmarks68 === undefined || now.landmarks68 === undefined) return [];
    const following = followLandmarks(anchor, face.landmarks68, now.landmarks68);
    if (following === undefined || !isFollowingPlausible(following, source)) return [];
    return [{ id, patch, face: scaleFrameFace({ ...now, box: following.box }, 1 / sourceScale) }];
  });
  const ids = plausible.map(({ id }) => id);
  const faces = plausible.map(({ face }) => face);
  const sightings = await describe(faces, ids, false, job, context);
  return sightings.filter(({ patch }, i) => {
    const before = plausible[i]?.patch;
    return patch !== undefined && before !== undefined && correlatePatches(before, patch) >= FOLLOWED_LIKENESS;
  });
}

/** Adds quality and patch; from pixels of the frame to pixels of the source. */
async function describe(
  faces: readonly FrameFace[],
  ids: readonly (number | undefined)[],
  isDetected: boolean,
  { frame }: FrameJob,
  { preprocessor, clock }: Context,
): Promise<Sighting[]> {
  const sourceScale = sourceScaleOf(frame);
  return clock.time('align', async () => {
    const qualities = await computeQuality(frame.image, faces, sourceScale, preprocessor);
    const landmarks = faces.flatMap((face) => (face.landmarks === undefined ? [] : [face.landmarks]));
    const patches = await cutFacePatches(frame.image, landmarks, preprocessor);
    return faces.map(
      (face, i): Sighting => ({
        id: ids[i],
        face: scaleFrameFace(face, sourceScale),
        quality: qualities[i] as Sighting['quality'],
        isDetected,
        patch: patches[i],
      }),
    );
  });
}

/** Source pixels per pixel of the frame. */
export function sourceScaleOf({ image, sourceWidth }: Frame): number {
  return sourceWidth / image.width;
}

function scaleBox({ x, y, width, height }: Box, scale: number): Box {
  return { x: x * scale, y: y * scale, width: width * scale, height: height * scale };
}

function boxAt({ boxes }: Detections, index: number): Box {
  const [x = 0, y = 0, width = 0, height = 0] = boxes.subarray(index * 4, index * 4 + 4);
  return { x, y, width, height };
}

/** Known faces as the landmark model wants to be told where to look: boxes and eyes. */
function toDetections(faces: readonly FrameFace[]): Detections {
  return {
    count: faces.length,
    boxes: Float32Array.from(faces.flatMap(({ box }) => [box.x, box.y, box.width, box.height])),
    scores: Float32Array.from(faces, ({ score }) => score),
    pointsPerFace: 2,
    points: Float32Array.from(faces.flatMap(({ landmarks }) => Array.from(landmarks?.subarray(0, 4) ?? [0, 0, 1, 0]))),
  };
}
