/** One frame of a track session: from an image and the state before it to a result and the state after it. */

import { isAlignable } from '../align/compute-alignment.ts';
import type { Embedding } from '../embed/embedding.ts';
import { FaceError } from '../errors/face-error.ts';
import type { Frame } from '../ports/image-decoder.ts';
import { computeFingerprint } from '../track/compute-fingerprint.ts';
import { fitsDeadline, updateCost } from '../track/deadline.ts';
import { isEmbeddingDue } from '../track/embedding-usability.ts';
import { computeStepMs } from '../track/frame-time.ts';
import { resolveTrackOptions, type TrackSettings } from '../track/track-options.ts';
import { createTrackState, type Track, type TrackState } from '../track/track-state.ts';
import { expireTracks, toSmoothedFace, updateTracks } from '../track/update-tracks.ts';
import type { PostponedWork, TimedImage, TrackedFace, TrackedFrame, TrackOptions, TrackResult } from './face-engine.ts';
import { assertExtras, computeSourceExtras } from './face-extras.ts';
import { type FrameFace, scaleFrameFace, toFace } from './frame-face.ts';
import { assertDetectOptions, decodeFrame, type LocateContext, refineFrame, scaleDetections } from './locate-faces.ts';
import { placeLandmarks } from './place-landmarks.ts';
import { type FrameJob, type Sight, sightFaces, sourceScaleOf } from './sight-faces.ts';
import type { Clock } from './stage-clock.ts';

/** What a frame needs beside itself. */
export interface TrackFrameContext<ImageInput> extends LocateContext<ImageInput> {
  readonly now: Clock;
  /** Embeds one face of a frame, given in pixels of the frame. */
  embedFace(frame: Frame, face: FrameFace, signal: AbortSignal | undefined): Promise<Embedding>;
}

/**
 * Processes one frame of a track session. The state is not changed: a frame that failed can be given again, to any thread.
 *
 * @param state - What the frame before gave; `undefined` for the first.
 * @throws {FaceError} `INVALID_OPTION`, and what decoding and the models throw.
 */
export async function trackFrame<ImageInput>(
  { image, timestampMs, droppedFrames = 0 }: TimedImage<ImageInput>,
  state: TrackState | undefined,
  options: TrackOptions,
  context: TrackFrameContext<ImageInput>,
): Promise<TrackedFrame> {
  const { pack, now, clock } = context;
  const { minScore = pack.detector.manifest.minScore, signal } = options;
  const settings = resolveTrackOptions(options);
  assertExtras(options, context);
  assertDetectOptions(minScore, settings.maxFaces);
  if (!Number.isFinite(timestampMs)) {
    throw new FaceError('INVALID_OPTION', `Expected timestampMs to be a finite number, got ${timestampMs}.`, { option: 'timestampMs' });
  }
  const canEmbed = wantsEmbeddings(options, context)
    ? ({ face }: Track) => pack.embedder !== undefined && isAlignable(face, pack.embedder.manifest)
    : () => false;

  const started = now();
  const frames = { current: await decodeFrame(image, 'shrunk', context, signal) };
  try {
    const frame = frames.current;
    const elapsed = advance(state ?? createTrackState(), timestampMs, frame, settings);
    const fits = (work: PostponedWork, isScanned = false): boolean =>
      fitsDeadline({
        deadlineMs: settings.deadlineMs,
        spentMs: now() - started,
        costMs: expectedCost(elapsed.state, work, isScanned),
        postponedFrames: elapsed.state.postponedFrames,
      });
    const job: FrameJob = { ...elapsed, frame, settings, minScore, signal, canEmbed, fits, now };
    const sight = await sightFaces(job, context);
    const { maxFaces, maxMissedFrames } = settings;
    const { elapsedMs } = elapsed;
    const updated = updateTracks(elapsed.state.tracks, sight.sightings, {
      nextId: elapsed.state.nextId,
      elapsedMs,
      maxFaces,
      maxMissedFrames,
      hasLandmarker: pack.landmarker !== undefined,
    });

    const isDue = (track: Track): boolean => isEmbeddingDue(track, elapsedMs, settings.embedEveryMs) && canEmbed(track);
    const chosen = sight.scan && chooseForEmbedding(updated.tracks, isDue);
    const isAffordable = chosen !== undefined && fits('embedding', true);
    const embedStarted = now();
    const embedding = chosen && isAffordable ? await embedTrack(image, chosen, sight, frames, context, signal) : undefined;
    const embedMs = now() - embedStarted;
    const tracks = updated.tracks.map((track) =>
      embedding !== undefined && track === chosen
        ? { ...track, embedding, embeddedUsability: track.usability, embeddedMs: elapsedMs }
        : track,
    );

    const seen = tracks.filter(({ missedFrames }) => missedFrames === 0);
    const extras = await computeSourceExtras(
      frames.current.image,
      seen.map(({ face }) => face),
      sourceScaleOf(frames.current),
      options,
      context,
    );
    const extrasOf = new Map(seen.map((track, i) => [track, extras[i]]));
    const fingerprint = settings.fingerprints ? await computeFingerprint(frames.current.image, context.preprocessor) : undefined;

    // An embedding that did not fit beside the scan may have fitted after all, and the other way round.
    const postponed = sight.postponed.filter((work) => work !== 'embedding' || sight.scan === undefined);
    if (chosen !== undefined && !isAffordable) postponed.push('embedding');
    const next: TrackState = {
      frame: elapsed.state.frame + 1,
      nextId: updated.nextId,
      timestampMs,
      elapsedMs,
      width: frame.sourceWidth,
      height: frame.sourceHeight,
      tracks,
      lookSize: tracks.length === 0 ? undefined : (sight.lookSize ?? elapsed.state.lookSize),
      margin: sight.margin,
      scannedMs: sight.scan ? elapsedMs : elapsed.state.scannedMs,
      closeUpMs: sight.scan?.withCloseUp ? elapsedMs : elapsed.state.closeUpMs,
      postponedFrames: postponed.length > 0 ? elapsed.state.postponedFrames + 1 : 0,
      scanCostMs: sight.scan ? updateCost(elapsed.state.scanCostMs, sight.scan.costMs) : elapsed.state.scanCostMs,
      embedCostMs: embedding ? updateCost(elapsed.state.embedCostMs, embedMs) : elapsed.state.embedCostMs,
    };
    const result: TrackResult = {
      faces: tracks.map((track) => ({ ...toTrackedFace(track, settings.smoothing, embedding), ...extrasOf.get(track) })),
      fingerprint,
      ended: [...elapsed.ended, ...updated.ended].sort((a, b) => a - b),
      width: frame.sourceWidth,
      height: frame.sourceHeight,
      frame: elapsed.state.frame,
      timestampMs,
      droppedFrames,
      detection: { ran: sight.detectionSize !== undefined, size: sight.detectionSize },
      postponed,
      timings: clock.toTimings(),
    };
    return { state: next, result };
  } finally {
    frames.current.dispose?.();
  }
}

function wantsEmbeddings({ embeddings }: TrackOptions, { pack }: Pick<LocateContext<unknown>, 'pack'>): boolean {
  if (embeddings !== true || pack.embedder !== undefined) return embeddings ?? pack.embedder !== undefined;
  throw new FaceError('INVALID_OPTION', `Expected a pack with an embedder, got "${pack.manifest.id}"; it can only detect.`, {
    option: 'embeddings',
    pack: pack.manifest.id,
  });
}

/** Lets the time since the frame before pass: faces that were not seen for too long are given up, all of them when the size of the source changes. */
function advance(
  state: TrackState,
  timestampMs: number,
  { sourceWidth, sourceHeight }: Frame,
  { maxMissedMs }: TrackSettings,
): { readonly state: TrackState; readonly elapsedMs: number; readonly ended: readonly number[] } {
  const elapsedMs = state.elapsedMs + (state.frame === 0 ? 0 : computeStepMs(state.timestampMs, timestampMs));
  const isSameSource = state.width === sourceWidth && state.height === sourceHeight;
  const { kept, ended } = expireTracks(state.tracks, elapsedMs, isSameSource ? maxMissedMs : Number.NEGATIVE_INFINITY);
  return { state: { ...state, tracks: kept }, elapsedMs, ended };
}

function expectedCost({ scanCostMs = 0, embedCostMs = 0 }: TrackState, work: PostponedWork, isScanned: boolean): number {
  if (work === 'scan') return scanCostMs;
  return isScanned ? embedCostMs : scanCostMs + embedCostMs;
}

/** One face per frame: first those that have no embedding, of these the one that can be seen best. */
function chooseForEmbedding(tracks: readonly Track[], isDue: (track: Track) => boolean): Track | undefined {
  const due = tracks.filter((track) => track.missedFrames === 0 && track.isDetected && isDue(track));
  const isBare = ({ embedding }: Track): number => (embedding === undefined ? 1 : 0);
  return due.sort((a, b) => isBare(b) - isBare(a) || b.usability - a.usability || a.id - b.id)[0];
}

/** Embeds a face as `analyze` would: of a frame that was shrunk too far the image is decoded again. */
async function embedTrack<ImageInput>(
  image: ImageInput,
  { face }: Track,
  { detectionOf }: Sight,
  frames: { current: Frame },
  context: TrackFrameContext<ImageInput>,
  signal: AbortSignal | undefined,
): Promise<Embedding | undefined> {
  const { pack, preprocessor, clock } = context;
  const detection = detectionOf.get(face);
  if (detection === undefined) return undefined;
  const first = frames.current;
  const side = Math.max(face.box.width, face.box.height) / sourceScaleOf(first);
  frames.current = await refineFrame(image, first, [side], context, signal);
  if (frames.current === first) return context.embedFace(first, scaleFrameFace(face, 1 / sourceScaleOf(first)), signal);
  const scaled = scaleDetections(detection, frames.current.image.width / first.image.width);
  const [refined] = await clock.time('align', () => placeLandmarks(frames.current.image, scaled, pack.landmarker, preprocessor, signal));
  return refined && context.embedFace(frames.current, refined, signal);
}

function toTrackedFace(track: Track, smoothing: boolean, newest: Embedding | undefined): TrackedFace {
  const { id, ageFrames, missedFrames, quality, embedding } = track;
  const face = toFace(smoothing ? toSmoothedFace(track) : track.face);
  const isEmbeddingNew = embedding !== undefined && embedding === newest;
  return { ...face, quality, embedding, id, ageFrames, missedFrames, isEmbeddingNew };
}
