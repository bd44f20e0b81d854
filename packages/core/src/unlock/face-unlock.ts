/** What a user of face unlock holds in hand: enrol one person, ask later whether it is this person, alive, in front of the camera. No user interface. */

import type { FaceEngine, TrackedFace, TrackOptions, TrackResult } from '../engine/face-engine.ts';
import type { ChallengeAction, ChallengeFailure, ChallengePrompt } from '../liveness/active/challenge.ts';
import type { InjectionSignal } from '../liveness/injection/injection-signals.ts';
import type { LivenessTarget } from '../liveness/passive/select-liveness-threshold.ts';
import type { UnlockStore } from './unlock-store.ts';

/** What is checked beside the identity. */
export type LivenessLevel = 'none' | 'passive' | 'active' | 'passive+active';

/** The rules of a face unlock. Each has a default. */
export interface UnlockPolicy {
  /** Wanted false match rate: how often a stranger's face is taken for the owner's. @defaultValue 1e-3 */
  readonly fmr?: number | undefined;
  /**
   * What is checked. `best` is the most that the engine can: `passive+active` with passive models, else `active`. Every decision says what was really
   * checked. A level that the engine cannot give is refused when the face unlock is created.
   * @defaultValue 'best'
   */
  readonly liveness?: LivenessLevel | 'best' | undefined;
  /** Where the threshold of the passive score comes from. @defaultValue `{ bpcer: 0.1 }` */
  readonly livenessTarget?: LivenessTarget | undefined;
  /** Movements asked for. @defaultValue 3 */
  readonly challengeSteps?: number | undefined;
  /** Movements to draw from, two or more; one of them a turn or a nod. @defaultValue all that the engine was shown to see: not `blink` */
  readonly challengeActions?: readonly ChallengeAction[] | undefined;
  /** Time for one movement. @defaultValue 6000 */
  readonly stepLimitMs?: number | undefined;
  /** Time for one attempt without the challenge, and for one pose of an enrolment. @defaultValue 15000 */
  readonly timeLimitMs?: number | undefined;
  /** Failed attempts before a lock-out. @defaultValue 5 */
  readonly attempts?: number | undefined;
  /** First lock-out; each further failed attempt doubles it. @defaultValue 30000 */
  readonly lockOutMs?: number | undefined;
  /** Longest lock-out. @defaultValue 3600000 */
  readonly maxLockOutMs?: number | undefined;
  /** What signals of injection do: be reported with the decision, or refuse. @defaultValue 'report' */
  readonly injection?: 'report' | 'refuse' | undefined;
}

/** What the person in front of the camera should change. */
export type Advice =
  | 'noFace'
  | 'onlyOneFace'
  | 'comeCloser'
  | 'moveBack'
  | 'moreLight'
  | 'lessLight'
  | 'holdStill'
  | 'lookStraight'
  | 'moveToCentre'
  | 'turnALittleLeft'
  | 'turnALittleRight';

/** The poses of an enrolment, in this order. Left and right are the person's own. */
export type EnrolPose = 'straight' | 'left' | 'right';

/** Whether an unlock is possible. */
export type UnlockStatus =
  | { readonly state: 'notEnrolled' }
  | {
      readonly state: 'ready';
      readonly enrolledAtMs: number;
      readonly templates: number;
      /** Failed attempts that are left before a lock-out. */
      readonly attemptsLeft: number;
    }
  | {
      readonly state: 'lockedOut';
      readonly remainingMs: number;
      /** By the clock of the machine. */
      readonly untilMs: number;
      /** `clockSetBack`: the clock of the machine was set back during a lock-out, so that it began anew. */
      readonly reason: 'attempts' | 'clockSetBack';
    }
  | { readonly state: 'unusable'; readonly reason: UnusableReason; readonly message: string };

/** Why what is stored cannot be used. `inUse` passes; after the others only `deleteData` and a new enrolment help. */
export type UnusableReason = 'keyMissing' | 'damaged' | 'modelChanged' | 'inUse' | 'unsupported' | 'storageFailed';

/** Why an attempt did not unlock. */
export type UnlockRefusal =
  | 'otherPerson'
  | 'notLive'
  | 'challengeFailed'
  | 'severalFaces'
  | 'noFace'
  | 'lowQuality'
  | 'cameraLost'
  | 'frozenFrames'
  | 'injectionSuspected'
  | 'lockedOut'
  | 'notEnrolled'
  | UnusableReason;

/** The end of an attempt. */
export type UnlockDecision =
  | {
      readonly unlocked: true;
      /** What was really checked. */
      readonly level: LivenessLevel;
      readonly similarity: number;
      readonly threshold: number;
      readonly fmr: number;
      /** Mean passive score and its threshold, where it was checked. */
      readonly passive?: { readonly score: number; readonly threshold: number; readonly frames: number } | undefined;
      readonly risk: readonly InjectionSignal[];
      readonly durationMs: number;
      readonly frames: number;
    }
  | {
      readonly unlocked: false;
      readonly reason: UnlockRefusal;
      /** The sentence to show a person. */
      readonly message: string;
      /** What the challenge failed by, if it was that. */
      readonly challenge?: ChallengeFailure | undefined;
      readonly level: LivenessLevel;
      /** Whether it counted as a failed attempt. */
      readonly counted: boolean;
      readonly attemptsLeft: number;
      /** Present when the attempt led to a lock-out, or fell into one. */
      readonly lockedOutMs?: number | undefined;
      readonly risk: readonly InjectionSignal[];
      readonly durationMs: number;
      readonly frames: number;
    };

/** One frame was looked at: what an overlay may draw. Plain data, no embedding in it. */
export interface FrameEvent {
  readonly type: 'frame';
  readonly face?: Pick<TrackedFace, 'box' | 'landmarks' | 'quality'> | undefined;
  readonly faces: number;
  readonly width: number;
  readonly height: number;
  readonly timings: TrackResult['timings'];
  readonly droppedFrames: number;
  /** What to tell the person; absent when all is well. */
  readonly advice?: Advice | undefined;
}

/** What an unlock yields; the last event is the decision. */
export type UnlockEvent =
  | FrameEvent
  /** Sent when the prompt changes, and about ten times a second while a movement is under way. */
  | { readonly type: 'challenge'; readonly prompt: ChallengePrompt }
  | { readonly type: 'decision'; readonly decision: UnlockDecision };

/** What an enrolment yields; the last event is `enrolled` or `refused`. */
export type EnrolUnlockEvent =
  | FrameEvent
  | { readonly type: 'pose'; readonly pose: EnrolPose; readonly done: number; readonly total: number }
  | { readonly type: 'enrolled'; readonly templates: number; readonly risk: readonly InjectionSignal[] }
  | {
      readonly type: 'refused';
      readonly reason: 'timeLimit' | 'notLive' | 'otherPerson' | 'cameraLost' | 'frozenFrames' | 'injectionSuspected' | UnusableReason;
      readonly message: string;
    };

/** Something worth remembering. Holds no image, no embedding, no landmark and no similarity: it may be logged and sent anywhere. */
export interface AuditEvent {
  readonly type: 'enrolled' | 'enrolmentRefused' | 'unlocked' | 'refused' | 'lockedOut' | 'deleted' | 'clockSetBack' | 'unusable';
  readonly atMs: number;
  /** The reason of a refusal. */
  readonly reason?: string | undefined;
  readonly level?: LivenessLevel | undefined;
  readonly attemptsLeft?: number | undefined;
  readonly risk?: readonly string[] | undefined;
  readonly consentVersion?: string | undefined;
}

/** That the person agreed to what is stored, before anything was. */
export interface Consent {
  /** Which text the person agreed to. 1 to 200 characters. */
  readonly version: string;
  readonly givenAtMs: number;
}

/** What the face unlock is told about the camera, for the signals of injection. */
export interface CameraFacts {
  /** `MediaStreamTrack.label`. */
  readonly label?: string | undefined;
  /** `MediaStreamTrack.getSettings().frameRate`. */
  readonly frameRate?: number | undefined;
}

/** The part of an engine that a face unlock needs. Both runtimes' engines fit; they differ in what they accept as frames. */
export interface UnlockEngine<FrameSource> extends Pick<FaceEngine<never>, 'info' | 'openGallery'> {
  track(frames: FrameSource, options?: TrackOptions): AsyncIterableIterator<TrackResult>;
}

/** What a face unlock is made of. */
export interface FaceUnlockOptions<FrameSource> {
  /** An engine with an embedder. For any liveness it must have been created with `liveness: 'auto'` or `'required'`. */
  readonly engine: UnlockEngine<FrameSource>;
  readonly store: UnlockStore;
  readonly policy?: UnlockPolicy | undefined;
  /** Told about everything worth remembering. What it throws is ignored. */
  readonly onAudit?: ((event: AuditEvent) => void) | undefined;
}

/** Options of {@link FaceUnlock.unlock}. */
export interface UnlockOptions {
  readonly camera?: CameraFacts | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@link FaceUnlock.enrol}. */
export interface EnrolUnlockOptions extends UnlockOptions {
  readonly consent: Consent;
}

/**
 * Face unlock for one person. Created by `createFaceUnlock`. One attempt or enrolment at a time; a second one meanwhile fails with `OVERLOADED`.
 *
 * @typeParam FrameSource - What the engine's `track` accepts: in browsers a `MediaStream`, a video element or a sequence of images.
 */
export interface FaceUnlock<FrameSource> {
  /** What decisions will be made with: the level that this engine and policy give, and the thresholds. */
  readonly info: {
    readonly level: LivenessLevel;
    readonly fmr: number;
    readonly threshold: number;
    readonly passiveThreshold?: number | undefined;
    readonly actions: readonly ChallengeAction[];
  };
  status(): Promise<UnlockStatus>;
  /**
   * Enrols the owner from a camera: several poses, each good enough, all of one face, alive where the engine can tell. Replaces who was enrolled before,
   * only once everything was taken. Ends with an event, also when the camera is lost or nobody comes.
   *
   * @throws {FaceError} `INVALID_OPTION` without consent; what `track` throws; `signal.reason` when aborted.
   */
  enrol(frames: FrameSource, options: EnrolUnlockOptions): AsyncIterableIterator<EnrolUnlockEvent>;
  /**
   * One attempt: good enough to see, alive, the owner. Whatever is unclear, missing or broken ends in a refusal with a reason, never in an unlock.
   * An attempt counts from the moment at which a face is compared, so that closing the page does not undo it; leaving before costs nothing.
   *
   * @throws {FaceError} What `track` throws because the engine fails; `signal.reason` when aborted.
   */
  unlock(frames: FrameSource, options?: UnlockOptions): AsyncIterableIterator<UnlockEvent>;
  /** When and to what the person agreed; `undefined` when nobody is enrolled. */
  consent(): Promise<Consent | undefined>;
  /** Deletes template, keys, consent and lock-out. Also possible when they cannot be read any more. */
  deleteData(): Promise<void>;
}
