/** Active liveness as a state machine: `(state, observation) → (state, outcome)`. Pure; the state is plain data. */

import { assertOption } from '../../recognizers/assert-option.ts';
import type { ChallengeAction, ChallengeFailure, ChallengeObservation, ChallengeOutcome } from './challenge.ts';
import { describeChallengeFailure } from './challenge-messages.ts';
import type { FaceSignals } from './face-signals.ts';
import { advanceMovement, type Baseline, type MovementState, NO_MOVEMENT } from './movement.ts';
import { computeBaseline, isNeutral } from './neutral-face.ts';
import { findPathBreak } from './path-break.ts';

/** Options of {@link createChallenge}. */
export interface ChallengeOptions {
  /** Time for one movement, and for looking straight before it. @defaultValue 6000 */
  readonly stepLimitMs?: number | undefined;
  /**
   * Similarity to the first embedding that counts as the same face. Then at least one embedding that reaches it is asked for before each movement
   * and after the last one. @defaultValue none: only the track binds the frames together
   */
  readonly similarityThreshold?: number | undefined;
}

/** State of a challenge. Opaque: its fields may change with any version. */
export interface ChallengeState {
  readonly actions: readonly ChallengeAction[];
  readonly stepLimitMs: number;
  readonly similarityThreshold?: number | undefined;
  /** Movements done. */
  readonly done: readonly { readonly action: ChallengeAction; readonly durationMs: number }[];
  readonly startedMs?: number | undefined;
  readonly lastMs?: number | undefined;
  /** When a face was last seen alone, and what it did. */
  readonly seenMs?: number | undefined;
  readonly seen?: FaceSignals | undefined;
  readonly severalMs?: number | undefined;
  readonly trackId?: number | undefined;
  /** Start of the phase: looking straight, or a movement. */
  readonly phaseMs?: number | undefined;
  /** Frames of the phase in which the face looks straight, the newest last. */
  readonly straight: readonly { readonly atMs: number; readonly signals: FaceSignals }[];
  /** Of the first phase: nobody changes so much in a challenge. */
  readonly first?: Baseline | undefined;
  /** Present while a movement is asked for. */
  readonly movement?: { readonly baseline: Baseline; readonly state: MovementState } | undefined;
  /** Whether an embedding matched since the last movement. */
  readonly isRecognized: boolean;
  /** Fingerprints of the last frames, the newest last, and since when the newest one stands. */
  readonly fingerprints: readonly number[];
  readonly frozenMs?: number | undefined;
  /** How it ended. */
  readonly ended?: ChallengeOutcome | undefined;
}

/** A face that is not seen for so long is lost: detectors miss one for a few frames. */
const PATIENCE_MS = 500;
/** Nobody reacts to what appears on a screen within this time: simple visual reactions take 180 ms and more. */
const REACTION_MS = 150;
/** The same pixels for so long are a still picture; drivers repeat single frames. */
const FROZEN_MS = 500;
/** A frame that comes back after so many others is a loop. */
const LOOP_FRAMES = 5;
/** Fingerprints that are remembered: a minute at 30 frames per second. */
const MOST_FINGERPRINTS = 1_800;
/** Longest time from which frames of a straight face are kept. */
const STRAIGHT_WINDOW_MS = 1_500;

/**
 * Begins a challenge.
 *
 * @param actions - In the order in which they are asked for, see `drawChallenge`.
 * @throws {FaceError} `INVALID_OPTION`.
 */
export function createChallenge(actions: readonly ChallengeAction[], options: ChallengeOptions = {}): ChallengeState {
  const { stepLimitMs = 6_000, similarityThreshold } = options;
  assertOption('actions', actions, actions.length > 0, 'at least one movement');
  assertOption('stepLimitMs', stepLimitMs, stepLimitMs >= 1_000 && Number.isFinite(stepLimitMs), 'at least 1000');
  const isGood = similarityThreshold === undefined || Number.isFinite(similarityThreshold);
  assertOption('similarityThreshold', similarityThreshold, isGood, 'a finite number');
  return {
    actions: [...actions],
    stepLimitMs,
    similarityThreshold,
    done: [],
    straight: [],
    isRecognized: similarityThreshold === undefined,
    fingerprints: [],
  };
}

/**
 * Looks at the next frame. A challenge that has ended stays as it is. Frames without a new time are left out.
 *
 * The face looks straight, moves as asked, looks straight again, and so on, and at the end once more: each movement is measured against how this face
 * was right before it, for eyes, mouths and cameras differ.
 *
 * @returns The state after the frame; the one that came in is not changed.
 */
export function advanceChallenge(
  state: ChallengeState,
  observation: ChallengeObservation,
): { readonly state: ChallengeState; readonly outcome: ChallengeOutcome } {
  if (state.ended !== undefined) return { state, outcome: state.ended };
  const { timestampMs: nowMs } = observation;
  if (!Number.isFinite(nowMs) || nowMs <= (state.lastMs ?? Number.NEGATIVE_INFINITY)) return { state, outcome: describePrompt(state) };
  const step = look(begin(state, nowMs), observation);
  if (typeof step === 'string') return fail(state, step);
  const next = { ...step, lastMs: nowMs };
  if (next.ended !== undefined) return { state: next, outcome: next.ended };
  // A movement that came in time counts, also in the last frame.
  if (next.phaseMs !== undefined && nowMs - next.phaseMs > next.stepLimitMs) return fail(next, 'stepTimeout');
  return { state: next, outcome: describePrompt(next) };
}

function begin(state: ChallengeState, nowMs: number): ChallengeState {
  if (state.startedMs !== undefined) return state;
  return { ...state, startedMs: nowMs, seenMs: nowMs, phaseMs: nowMs };
}

/** What speaks against the frame first, then what it adds. */
function look(state: ChallengeState, observation: ChallengeObservation): ChallengeState | ChallengeFailure {
  const { timestampMs: nowMs, faces, trackId, signals, similarity } = observation;
  const watched = watchFingerprint(state, observation);
  if (typeof watched === 'string') return watched;
  if (faces > 1) {
    const severalMs = state.severalMs ?? nowMs;
    return nowMs - severalMs > PATIENCE_MS ? 'severalFaces' : { ...watched, severalMs };
  }
  // Not `faces < 1`, which is false for NaN.
  if (!(faces >= 1) || signals === undefined || trackId === undefined || !isUsable(signals)) {
    return nowMs - (state.seenMs ?? nowMs) > PATIENCE_MS ? 'faceLost' : { ...watched, severalMs: undefined };
  }
  if (state.trackId !== undefined && trackId !== state.trackId) return 'identityChanged';
  if (state.seen !== undefined && findPathBreak(state.seen, signals, nowMs - (state.seenMs ?? nowMs))) return 'discontinuity';
  const known = recognize(watched, signals, similarity);
  if (typeof known === 'string') return known;
  const seen: ChallengeState = { ...known, trackId, seen: signals, seenMs: nowMs, severalMs: undefined };
  return seen.movement === undefined ? lookStraight(seen, signals, nowMs) : move(seen, signals, nowMs);
}

function watchFingerprint(state: ChallengeState, { fingerprint, timestampMs }: ChallengeObservation): ChallengeState | ChallengeFailure {
  if (fingerprint === undefined) return { ...state, frozenMs: undefined };
  const { fingerprints } = state;
  const at = fingerprints.lastIndexOf(fingerprint);
  if (at >= 0 && fingerprints.length - 1 - at >= LOOP_FRAMES) return 'frozenFrames';
  if (at >= 0) {
    // The last frame again, or a few frames in turn.
    const frozenMs = state.frozenMs ?? state.lastMs ?? timestampMs;
    return timestampMs - frozenMs > FROZEN_MS ? 'frozenFrames' : { ...state, frozenMs };
  }
  return { ...state, fingerprints: [...fingerprints, fingerprint].slice(-MOST_FINGERPRINTS), frozenMs: undefined };
}

/** Embeddings of a turned face are less alike; those of a straight one must match. */
function recognize(state: ChallengeState, signals: FaceSignals, similarity: number | undefined): ChallengeState | ChallengeFailure {
  const { similarityThreshold, first } = state;
  if (similarityThreshold === undefined || similarity === undefined || !Number.isFinite(similarity)) return state;
  if (!isNeutral(signals, first)) return state;
  return similarity >= similarityThreshold ? { ...state, isRecognized: true } : 'identityChanged';
}

function lookStraight(state: ChallengeState, signals: FaceSignals, nowMs: number): ChallengeState {
  if (!isNeutral(signals, state.first)) return { ...state, straight: [] };
  const straight = [...state.straight, { atMs: nowMs, signals }].filter(({ atMs }) => nowMs - atMs <= STRAIGHT_WINDOW_MS);
  const baseline = computeBaseline(straight);
  if (baseline === undefined || !state.isRecognized) return { ...state, straight };
  if (state.done.length === state.actions.length) {
    return { ...state, ended: { status: 'passed', durationMs: nowMs - (state.startedMs ?? nowMs), steps: state.done } };
  }
  return { ...state, straight: [], first: state.first ?? baseline, phaseMs: nowMs, movement: { baseline, state: NO_MOVEMENT } };
}

function move(state: ChallengeState, signals: FaceSignals, nowMs: number): ChallengeState | ChallengeFailure {
  const { movement, done, actions, similarityThreshold, phaseMs = nowMs } = state;
  const action = actions[done.length];
  if (movement === undefined || action === undefined) return 'stepTimeout';
  const sinceMs = nowMs - phaseMs;
  const { baseline } = movement;
  const step = advanceMovement(movement.state, action, { signals, baseline, nowMs, frameMs: nowMs - (state.lastMs ?? nowMs) });
  const isTooEarly = step.state.share >= 1 && sinceMs < REACTION_MS;
  if (isTooEarly) {
    // Everybody blinks now and then, also right after being asked to; that one does not count.
    return action === 'blink' ? { ...state, movement: { baseline, state: NO_MOVEMENT } } : 'impossibleTiming';
  }
  if (step.failure !== undefined) return step.failure;
  if (!step.isDone) return { ...state, movement: { baseline, state: step.state } };
  return {
    ...state,
    done: [...done, { action, durationMs: sinceMs }],
    movement: undefined,
    straight: [],
    phaseMs: nowMs,
    isRecognized: similarityThreshold === undefined,
  };
}

function isUsable({ pose, closeness, eyeAspectRatio = 0, mouthWidthRatio = 0 }: FaceSignals): boolean {
  const { yawDegrees, pitchDegrees, rollDegrees } = pose;
  return [yawDegrees, pitchDegrees, rollDegrees, closeness, eyeAspectRatio, mouthWidthRatio].every(Number.isFinite) && closeness > 0;
}

function fail(state: ChallengeState, reason: ChallengeFailure): { state: ChallengeState; outcome: ChallengeOutcome } {
  const outcome: ChallengeOutcome = { status: 'failed', reason, step: state.done.length, message: describeChallengeFailure(reason) };
  return { state: { ...state, ended: outcome }, outcome };
}

function describePrompt({ actions, done, movement, phaseMs = 0, lastMs = phaseMs, stepLimitMs }: ChallengeState): ChallengeOutcome {
  const steps = actions.length;
  const action = actions[done.length];
  // At the end the face looks straight once more.
  if (movement === undefined || action === undefined) {
    return { status: 'running', prompt: { phase: 'neutral', step: Math.min(done.length, steps - 1), steps } };
  }
  const remainingMs = Math.max(0, stepLimitMs - (lastMs - phaseMs));
  return {
    status: 'running',
    prompt: { phase: 'action', step: done.length, steps, action, remainingMs, progress: movement.state.progress },
  };
}
