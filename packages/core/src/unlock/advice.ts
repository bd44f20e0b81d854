/** What the person in front of the camera should change: a pure function with a memory, so that the words do not flicker. */

import type { TrackedFace, TrackResult } from '../engine/face-engine.ts';
import type { Advice, EnrolPose } from './face-unlock.ts';

/** What is asked of the person at the moment. */
export type AdviceTask =
  /** Look straight at the camera: for unlocking, and for the neutral phases of a challenge. */
  | 'lookStraight'
  /** A movement of a challenge: pose, size and place are what it is about. */
  | 'move'
  /** A pose of an enrolment. */
  | EnrolPose;

/** What was said so far. */
export interface AdviceState {
  /** What this frame alone says; absent: the frame is good. */
  readonly now?: Advice | undefined;
  /** What to show. */
  readonly shown?: Advice | undefined;
  /** For how long frames have said something else than what is shown, milliseconds. */
  readonly otherMs: number;
}

/** The part of a result that is looked at. */
export type AdvisedFrame = Pick<TrackResult, 'width' | 'height' | 'fingerprint'> & {
  readonly faces: readonly Pick<TrackedFace, 'box' | 'quality' | 'missedFrames'>[];
};

/** Frames must say something else than what is shown for longer than this before other words replace it. */
const STEADY_MS = 250;
/** Side of a face that is too small, in shorter sides of the frame: somebody in the background. */
const SMALL_SHARE = 0.12;
/** The input of embedders is about twice that. The limit of an enrolment from photos. */
const SMALL_PIXELS = 60;
const LARGE_SHARE = 0.8;
/** Distance of the face from the centre, in sides of the frame. */
const OFF_CENTRE = 0.3;
/** Lower than the limit of an enrolment from photos: dark skin in fair light must not be taken for a dark room. */
const DARK = 0.1;
const BRIGHT = 0.92;
/** Faces out of focus or moving have less. */
const BLURRED = 20;
/**
 * All yaws as five landmarks show them: about 1.7 times the real ones, and wavering by some degrees from frame to frame. Farther from straight than
 * this the thresholds of most packs begin to refuse their owners.
 */
const STRAIGHT_YAW = 28;
/** More than of yaw: cameras of laptops look up or down at people. */
const STRAIGHT_PITCH = 30;
const STRAIGHT_ROLL = 25;
/** A turn that an enrolment asks for: 10 to 25 degrees. */
const TURN: readonly [number, number] = [17, 43];
const CENTRE_YAW = 12;
/** How much better than its limit a face must be before words about it go away. */
const SLACK = 0.12;

/**
 * Looks at one frame.
 *
 * @param before - What the last call gave; `undefined` at the start.
 * @param stepMs - Time since the last call.
 */
export function adviseFrame(frame: AdvisedFrame, task: AdviceTask, before: AdviceState | undefined, stepMs: number): AdviceState {
  const now = findAdvice(frame, task, before?.shown);
  const otherMs = before === undefined || now === before.shown ? 0 : before.otherMs + stepMs;
  // The first words come at once.
  const isDue = before === undefined || otherMs > STEADY_MS;
  const shown = isDue ? now : before.shown;
  return { ...(now !== undefined && { now }), ...(shown !== undefined && { shown }), otherMs: isDue ? 0 : otherMs };
}

/** Whether a frame shows one face well enough to be compared. */
export function isGoodFrame(frame: AdvisedFrame): boolean {
  return findAdvice(frame, 'lookStraight', undefined) === undefined;
}

function findAdvice({ faces, width, height, fingerprint }: AdvisedFrame, task: AdviceTask, shown: Advice | undefined): Advice | undefined {
  const seen = faces.filter(({ missedFrames }) => missedFrames === 0);
  const [face] = seen;
  // A frame of one colour has no fingerprint: a covered lens, a dark room.
  if (face === undefined) return fingerprint === undefined && faces.length === 0 ? 'moreLight' : 'noFace';
  // One that is hidden for a moment is still there.
  if (faces.length > 1) return 'onlyOneFace';
  const { box, quality } = face;
  const { sizePixels, brightness, sharpness } = quality;
  /** 1, or a little more for words that are shown already. */
  const strict = (advice: Advice): number => (advice === shown ? 1 + SLACK : 1);
  if (brightness < DARK * strict('moreLight')) return 'moreLight';
  if (brightness > BRIGHT / strict('lessLight')) return 'lessLight';
  if (task === 'move') return undefined;
  const share = sizePixels / Math.min(width, height);
  if (Math.min(share / SMALL_SHARE, sizePixels / SMALL_PIXELS) < strict('comeCloser')) return 'comeCloser';
  if (share > LARGE_SHARE / strict('moveBack')) return 'moveBack';
  const centre = OFF_CENTRE / strict('moveToCentre');
  const offX = Math.abs(box.x + box.width / 2 - width / 2) / width;
  const offY = Math.abs(box.y + box.height / 2 - height / 2) / height;
  if (offX > centre || offY > centre) return 'moveToCentre';
  const turn = findTurn(quality.pose, task, strict);
  if (turn !== undefined) return turn;
  return sharpness < BLURRED * strict('holdStill') ? 'holdStill' : undefined;
}

function findTurn(
  pose: TrackedFace['quality']['pose'],
  task: Exclude<AdviceTask, 'move'>,
  strict: (advice: Advice) => number,
): Advice | undefined {
  // Nobody knows where the face looks: nothing can be said, and nothing decided.
  if (pose === undefined) return 'lookStraight';
  const { yawDegrees, pitchDegrees, rollDegrees } = pose;
  const straight = strict('lookStraight');
  const isUpright = Math.abs(pitchDegrees) <= STRAIGHT_PITCH / straight && Math.abs(rollDegrees) <= STRAIGHT_ROLL / straight;
  if (!isUpright) return 'lookStraight';
  if (task === 'lookStraight' || task === 'straight') {
    const limit = (task === 'straight' ? CENTRE_YAW : STRAIGHT_YAW) / straight;
    return Math.abs(yawDegrees) <= limit ? undefined : 'lookStraight';
  }
  // The nose points to the right of the image when a person turns to their own left.
  const turned = task === 'left' ? yawDegrees : -yawDegrees;
  const [further, back] =
    task === 'left' ? (['turnALittleLeft', 'turnALittleRight'] as const) : (['turnALittleRight', 'turnALittleLeft'] as const);
  if (turned < TURN[0] * strict(further)) return further;
  return turned > TURN[1] / strict(back) ? back : undefined;
}
