/** One movement of a challenge: has it begun, is it done, was it another one, was it a head or a flat picture that moved. */

import type { ChallengeAction, ChallengeFailure } from './challenge.ts';
import type { FaceSignals } from './face-signals.ts';
import { computePlanarResidual } from './planar-residual.ts';
import { computePlanarStretch } from './planar-stretch.ts';

/** How the face was before the movement: medians over the frames in which it looked straight. */
export type Baseline = FaceSignals;

/** What is remembered of a movement between two frames. Plain data. */
export interface MovementState {
  /** How much of the movement the frame showed; 1 and more is enough. */
  readonly share: number;
  /** Whether the movement was far enough from one frame to the next, with nothing in between; it counts only when it is made anew. */
  readonly hasJumped: boolean;
  /** Frames in a row in which the movement was far enough. */
  readonly framesThere: number;
  /** When it was far enough first. */
  readonly thereMs?: number | undefined;
  /** Frames far enough that a flat picture would explain, and those that it would not. */
  readonly flatFrames: number;
  readonly solidFrames: number;
  /** Frames in a row with a clear movement that was not asked for. */
  readonly framesElsewhere: number;
  /** Largest share of the movement so far, in [0, 1]. */
  readonly progress: number;
}

/** What a frame did to a movement. */
export interface MovementStep {
  readonly state: MovementState;
  readonly isDone: boolean;
  readonly failure?: ChallengeFailure | undefined;
}

/** The state before the first frame of a movement. */
export const NO_MOVEMENT: MovementState = {
  share: 0,
  hasJumped: false,
  framesThere: 0,
  flatFrames: 0,
  solidFrames: 0,
  framesElsewhere: 0,
  progress: 0,
};

/**
 * Turn of the head, degrees by the mesh. A flat picture that is turned by 50 degrees half a metre away reads as less than 12; people who look past the
 * side of a screen reach 20 and more.
 */
const TURN_DEGREES = 15;
/** Nod downwards. A flat picture that is tilted by 40 degrees reads as less than 10. */
const NOD_DEGREES = 11;
/** The nod is over when so little of it is left. */
const NOD_REST_DEGREES = 6;
/** A blink: the opening falls to less than this share of what it was … */
const CLOSED_SHARE = 0.65;
/** … and returns to this one. */
const OPEN_SHARE = 0.8;
/** Blinks take 100 to 400 ms; frames are up to 100 ms apart, and people overdo a blink that they are asked for. */
const LONGEST_BLINK_MS = 1_200;
/** Widening of the mouth. From one picture of a serious face to the next it varies by 5 %. */
const SMILE_SHARE = 1.12;
const SMILE_MS = 200;
/**
 * A face with closed eyes keeps its proportions: of pictures of one person in one pose 99 % are squeezed to no less than 0.91 of each other. A flat
 * picture whose eyes are squeezed as if they were closed must be tilted by 40 degrees or more, to 0.87 and less (mesh, LFW, 40 photos).
 */
const LEVEL_STRETCH = 0.88;
/** Growth of the face. */
const CLOSER_SHARE = 1.25;
/** One frame may be an accident of the landmarks. */
const FRAMES_THERE = 2;
/**
 * What a homography must leave unexplained. Of real turns by 14 to 18 degrees 95 % leave more than 0.082 by the mesh and 0.084 by the 68 landmarks, of
 * flat pictures turned by 35 degrees 95 % less than 0.068 (LFW, 40 photos and 89 pairs of photos); of nods by 8 to 12 degrees 95 % leave more than 0.042.
 */
const SOLID_TURN = 0.07;
const SOLID_NOD = 0.04;
/** So many flat frames make a flat face, if none was solid. */
const FLAT_FRAMES = 4;
/** A movement that was not asked for is clear from here on, for so many frames. */
const ELSEWHERE_TURN_DEGREES = 20;
const ELSEWHERE_NOD_DEGREES = 18;
const ELSEWHERE_FRAMES = 3;

/**
 * The frame before the first that is far enough must show so much of the movement: a head is seen on its way, the next photo of a slide show is not.
 * For a turn this is a step of 10 degrees between two frames, 150 degrees per second at 15 frames per second.
 */
const ON_THE_WAY_SHARE = 0.3;
/** Between frames further apart than this a person who moves quickly is not seen on the way either. */
const WAY_FRAME_MS = 75;

/** A frame of a movement. */
export interface MovementFrame {
  readonly signals: FaceSignals;
  readonly baseline: Baseline;
  readonly nowMs: number;
  /** Time since the frame before, whether or not it showed a face. */
  readonly frameMs: number;
}

/** Looks at the next frame of a movement. */
export function advanceMovement(
  state: MovementState,
  action: ChallengeAction,
  { signals, baseline, nowMs, frameMs }: MovementFrame,
): MovementStep {
  const framesElsewhere = isElsewhere(action, signals, baseline) ? state.framesElsewhere + 1 : 0;
  const share = computeShare(action, signals, baseline);
  const isJump = isHeadMovement(action) && share >= 1 && state.share < ON_THE_WAY_SHARE && frameMs <= WAY_FRAME_MS;
  const hasJumped = isJump || (state.hasJumped && share >= ON_THE_WAY_SHARE);
  const isThere = share >= 1 && !hasJumped;
  const solidity = isThere ? judgeSolidity(action, signals, baseline) : undefined;
  const next: MovementState = {
    share,
    hasJumped,
    framesThere: isThere ? state.framesThere + 1 : 0,
    thereMs: isThere ? (state.thereMs ?? nowMs) : isReturning(action) ? state.thereMs : undefined,
    flatFrames: state.flatFrames + (solidity === 'flat' ? 1 : 0),
    solidFrames: state.solidFrames + (solidity === 'solid' ? 1 : 0),
    framesElsewhere,
    progress: hasJumped ? state.progress : Math.max(state.progress, Math.min(1, Math.max(0, share))),
  };
  if (framesElsewhere >= ELSEWHERE_FRAMES) return { state: next, isDone: false, failure: 'wrongAction' };
  if (next.flatFrames >= FLAT_FRAMES && next.solidFrames === 0) return { state: next, isDone: false, failure: 'flatFace' };
  return complete(next, action, { signals, baseline, nowMs });
}

/** A blink may be over between two frames, and a smile is small beside the noise of the mouth: neither is reliably seen on its way. */
function isHeadMovement(action: ChallengeAction): boolean {
  return action !== 'blink' && action !== 'smile';
}

/** Movements that are done only when the face is back where it was. */
function isReturning(action: ChallengeAction): boolean {
  return action === 'blink' || action === 'nod';
}

function complete(
  state: MovementState,
  action: ChallengeAction,
  { signals, baseline, nowMs }: Pick<MovementFrame, 'signals' | 'baseline' | 'nowMs'>,
): MovementStep {
  const { framesThere, thereMs, solidFrames } = state;
  const heldMs = thereMs === undefined ? 0 : nowMs - thereMs;
  switch (action) {
    case 'turnLeft':
    case 'turnRight':
      return { state, isDone: framesThere >= FRAMES_THERE && solidFrames >= FRAMES_THERE };
    case 'nod': {
      const isBack = signals.pose.pitchDegrees - baseline.pose.pitchDegrees > -NOD_REST_DEGREES;
      return { state, isDone: isBack && thereMs !== undefined && solidFrames >= 1 };
    }
    case 'blink': {
      const isOpen = (signals.eyeAspectRatio ?? 0) >= OPEN_SHARE * (baseline.eyeAspectRatio ?? Number.POSITIVE_INFINITY);
      if (thereMs === undefined || !isOpen) return { state, isDone: false };
      // Eyes that were closed for longer did not blink; the next blink may.
      return heldMs <= LONGEST_BLINK_MS ? { state, isDone: true } : { state: { ...state, thereMs: undefined }, isDone: false };
    }
    case 'smile':
      return { state, isDone: framesThere >= FRAMES_THERE && heldMs >= SMILE_MS };
    case 'moveCloser':
      return { state, isDone: framesThere >= FRAMES_THERE };
  }
}

/** How much of the movement the frame shows; 1 and more is enough. */
function computeShare(action: ChallengeAction, signals: FaceSignals, baseline: Baseline): number {
  const yaw = signals.pose.yawDegrees - baseline.pose.yawDegrees;
  const pitch = signals.pose.pitchDegrees - baseline.pose.pitchDegrees;
  switch (action) {
    // The nose of somebody who turns to the own left moves to the right of the picture.
    case 'turnLeft':
      return yaw / TURN_DEGREES;
    case 'turnRight':
      return -yaw / TURN_DEGREES;
    case 'nod':
      return -pitch / NOD_DEGREES;
    case 'blink':
      return isLevel(signals, baseline) ? shareOfChange(signals.eyeAspectRatio, baseline.eyeAspectRatio, CLOSED_SHARE) : 0;
    case 'smile':
      return shareOfChange(signals.mouthWidthRatio, baseline.mouthWidthRatio, SMILE_SHARE);
    case 'moveCloser':
      return shareOfChange(signals.closeness, baseline.closeness, CLOSER_SHARE);
  }
}

/** Whether the face has kept its proportions, so that low eyes are closed and not only seen from above or below. */
function isLevel({ points }: FaceSignals, baseline: Baseline): boolean {
  if (points === undefined || baseline.points === undefined) return true;
  return (computePlanarStretch(baseline.points, points) ?? 0) >= LEVEL_STRETCH;
}

/** 0 at the baseline, 1 where it was multiplied by `wanted`. */
function shareOfChange(value: number | undefined, before: number | undefined, wanted: number): number {
  if (value === undefined || before === undefined || !(before > 0)) return 0;
  return (value / before - 1) / (wanted - 1);
}

function judgeSolidity(action: ChallengeAction, signals: FaceSignals, baseline: Baseline): 'solid' | 'flat' | undefined {
  const least = action === 'nod' ? SOLID_NOD : action === 'turnLeft' || action === 'turnRight' ? SOLID_TURN : undefined;
  if (least === undefined) return undefined;
  // Five landmarks cannot tell: a homography explains nearly anything that four of them do.
  if (signals.points === undefined || baseline.points === undefined) return 'solid';
  const residual = computePlanarResidual(baseline.points, signals.points);
  return residual !== undefined && residual >= least ? 'solid' : 'flat';
}

/** Whether the head makes another large movement than the one asked for. Blinks and smiles are nobody's fault. */
function isElsewhere(action: ChallengeAction, { pose }: FaceSignals, baseline: Baseline): boolean {
  const yaw = pose.yawDegrees - baseline.pose.yawDegrees;
  const pitch = pose.pitchDegrees - baseline.pose.pitchDegrees;
  const turnsLeft = yaw >= ELSEWHERE_TURN_DEGREES;
  const turnsRight = yaw <= -ELSEWHERE_TURN_DEGREES;
  if (action === 'turnLeft') return turnsRight;
  if (action === 'turnRight') return turnsLeft;
  if (turnsLeft || turnsRight) return true;
  return action !== 'nod' && pitch <= -ELSEWHERE_NOD_DEGREES;
}
