/** A challenge in the middle of an attempt: frames to observations, outcomes to events. */

import { advanceChallenge, createChallenge } from '../liveness/active/advance-challenge.ts';
import type { ChallengeAction, ChallengeFailure, ChallengePrompt } from '../liveness/active/challenge.ts';
import { drawChallenge } from '../liveness/active/draw-challenge.ts';
import { measureFaceSignals } from '../liveness/active/face-signals.ts';
import type { UnlockEvent } from './face-unlock.ts';
import type { ActiveSettings } from './unlock-policy.ts';
import type { WatchedFrame } from './watch-frames.ts';

/** Why a challenge failed, and where it is known, how to say it. */
export interface ChallengeFault {
  readonly reason: ChallengeFailure;
  readonly message?: string | undefined;
}

/** What one frame did. */
export interface ChallengeStep {
  /** To be sent, if the prompt is worth it. */
  readonly event?: UnlockEvent | undefined;
  readonly isPassed: boolean;
  readonly failure?: ChallengeFault | undefined;
}

/** A challenge under way. */
export interface ChallengeRun {
  readonly actions: readonly ChallengeAction[];
  /** Whether a movement is asked for at the moment, rather than to look straight. */
  isMoving(): boolean;
  /** @param similarity - Of the embedding that was made from this frame to the first one. */
  advance(frame: WatchedFrame, similarity: number | undefined): ChallengeStep;
}

/** Progress of a movement is told so often. */
const EVENT_MS = 100;

/** Draws movements that are not those of the last time, and begins. */
export function startChallenge(
  { actions: known, steps, stepLimitMs }: ActiveSettings,
  previous: readonly ChallengeAction[],
  similarityThreshold: number,
  random: () => number,
): ChallengeRun {
  const actions = drawChallenge(random, { steps, actions: known, ...(previous.length > 0 && { previous }) });
  let state = createChallenge(actions, { stepLimitMs, similarityThreshold });
  let prompt: ChallengePrompt | undefined;
  let toldMs = Number.NEGATIVE_INFINITY;
  return {
    actions,
    isMoving: () => prompt?.phase === 'action',
    advance({ result, face, elapsedMs }, similarity) {
      const { width, height, faces } = result;
      const advanced = advanceChallenge(state, {
        // Not the timestamps of the source, which may stand still.
        timestampMs: elapsedMs,
        faces: faces.filter(({ missedFrames }) => missedFrames === 0).length,
        ...(face && { trackId: face.id, signals: measureFaceSignals(face, { width, height }) }),
        fingerprint: result.fingerprint,
        ...(similarity !== undefined && { similarity }),
      });
      state = advanced.state;
      const { outcome } = advanced;
      if (outcome.status === 'failed') return { isPassed: false, failure: { reason: outcome.reason, message: outcome.message } };
      if (outcome.status === 'passed') return { isPassed: true };
      const next = outcome.prompt;
      const isNew = prompt === undefined || !isSamePrompt(prompt, next);
      prompt = next;
      if (!isNew && !(next.phase === 'action' && elapsedMs - toldMs >= EVENT_MS)) return { isPassed: false };
      toldMs = elapsedMs;
      return { isPassed: false, event: { type: 'challenge', prompt: next } };
    },
  };
}

function isSamePrompt(a: ChallengePrompt, b: ChallengePrompt): boolean {
  return a.phase === b.phase && a.step === b.step;
}
