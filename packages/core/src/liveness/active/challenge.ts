/** Words of active liveness: a random sequence of movements, asked for one after the other and watched by a state machine of pure functions. */

import type { FaceSignals } from './face-signals.ts';

/** A movement that a person is asked for. Left and right are the person's own. */
export type ChallengeAction = 'turnLeft' | 'turnRight' | 'nod' | 'blink' | 'smile' | 'moveCloser';

/** One frame, as the challenge sees it. */
export interface ChallengeObservation {
  /** When the frame was taken, milliseconds; grows from frame to frame. */
  readonly timestampMs: number;
  /** Faces in the picture. Absent or more than one ends the challenge after a short patience. */
  readonly faces: number;
  /** Id of the track of the face; it must stay the same. Absent when there is no face. */
  readonly trackId?: number | undefined;
  readonly signals?: FaceSignals | undefined;
  /** Similarity of the newest embedding to the first of the challenge; present in frames with a new embedding only. */
  readonly similarity?: number | undefined;
  /** `TrackedFace.fingerprint`. */
  readonly fingerprint?: number | undefined;
}

/** Why a challenge failed. */
export type ChallengeFailure =
  /** The movement did not come in time. */
  | 'stepTimeout'
  /** Another movement than the one asked for. */
  | 'wrongAction'
  /** The movement began before a person could have known of it, or lasted shorter than a person needs: a recording. */
  | 'impossibleTiming'
  /** No face, for longer than a blink of the detector. */
  | 'faceLost'
  /** A second face came into the picture. */
  | 'severalFaces'
  /** The face is another one than before: another track, or embeddings that do not match. */
  | 'identityChanged'
  /** Movement without the small changes that living faces have, or a jump between two frames: a pasted or edited picture. */
  | 'discontinuity'
  /** The head turned or nodded as a flat picture of it would, when it is turned or tilted. */
  | 'flatFace'
  /** The very same pixels again. */
  | 'frozenFrames';

/** What the person should do now. */
export type ChallengePrompt =
  /** Look straight at the camera, eyes open, until the next movement is asked for. */
  | { readonly phase: 'neutral'; readonly step: number; readonly steps: number }
  | {
      readonly phase: 'action';
      readonly step: number;
      readonly steps: number;
      readonly action: ChallengeAction;
      /** Time left for it. */
      readonly remainingMs: number;
      /** How much of the movement is done, in [0, 1]. */
      readonly progress: number;
    };

/** How a challenge stands. */
export type ChallengeOutcome =
  | { readonly status: 'running'; readonly prompt: ChallengePrompt }
  | {
      readonly status: 'passed';
      readonly durationMs: number;
      readonly steps: readonly { readonly action: ChallengeAction; readonly durationMs: number }[];
    }
  | { readonly status: 'failed'; readonly reason: ChallengeFailure; readonly step: number; readonly message: string };
