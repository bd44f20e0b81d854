/** How an attempt is counted and how it ends: what is kept, what is said, what is remembered. */

import type { ChallengeAction } from '../liveness/active/challenge.ts';
import type { InjectionSignal } from '../liveness/injection/injection-signals.ts';
import type { ChallengeFault } from './challenge-run.ts';
import type { UnlockDecision, UnlockEvent, UnlockRefusal, UnlockStatus } from './face-unlock.ts';
import { explainStoreError, type Flow, type Standing } from './flow.ts';
import type { LockOutState } from './lock-out.ts';
import { type FrameRefusal, UNLOCK_MESSAGES } from './refusal-messages.ts';
import type { Unusable } from './unusable.ts';

type Refused = Extract<UnlockDecision, { readonly unlocked: false }>;
type Accepted = Extract<UnlockDecision, { readonly unlocked: true }>;

/** The end of one attempt. */
export interface Verdicts {
  countFrame(): void;
  /**
   * Counts the attempt as failed, durably; to be called before the first comparison.
   *
   * @returns The refusal, if that could not be written: then nothing may be compared.
   */
  count(challenge: readonly ChallengeAction[] | undefined): Promise<UnlockEvent | undefined>;
  isCounted(): boolean;
  /** The end without an unlock, kept durably where the attempt was counted. */
  refuse(reason: FrameRefusal | Unusable, extra?: Partial<Pick<Refused, 'challenge' | 'message' | 'lockedOutMs'>>): Promise<UnlockEvent>;
  refuseChallenge(fault: ChallengeFault): Promise<UnlockEvent>;
  /** Takes the count back, durably, and only then says so. */
  accept(facts: Pick<Accepted, 'similarity' | 'passive'>): Promise<UnlockEvent>;
  /** The attempt is over, decided or not. */
  leave(): void;
}

/** An attempt that no frame was looked at for. */
export function refuseAtTheDoor<FrameSource>(
  { settings, audit }: Flow<FrameSource>,
  status: Exclude<UnlockStatus, { readonly state: 'ready' }>,
): UnlockDecision {
  const nothing = { counted: false, attemptsLeft: 0, risk: [], durationMs: 0, frames: 0 } as const;
  const { level } = settings;
  const refuse = (reason: UnlockRefusal, message: string, lockedOutMs?: number): UnlockDecision => {
    audit({ type: 'refused', reason, level, attemptsLeft: 0 });
    return { unlocked: false, reason, message, level, ...nothing, ...(lockedOutMs !== undefined && { lockedOutMs }) };
  };
  if (status.state === 'notEnrolled') return refuse('notEnrolled', UNLOCK_MESSAGES.notEnrolled);
  if (status.state === 'lockedOut') return refuse('lockedOut', UNLOCK_MESSAGES.lockedOut, status.remainingMs);
  return refuse(status.reason, status.message);
}

/** Begins. */
export function createVerdicts<FrameSource>(
  flow: Flow<FrameSource>,
  { stored, lease, status }: Extract<Standing, { readonly status: { readonly state: 'ready' } }>,
  monitor: { signals(): readonly InjectionSignal[] },
): Verdicts {
  const { settings, guard, audit, platform } = flow;
  const { level } = settings;
  const startedMs = platform.now();
  let { record } = stored;
  let attemptsLeft = status.attemptsLeft;
  let frames = 0;
  let isCounted = false;
  let isOver = false;

  const risk = (): readonly InjectionSignal[] => monitor.signals();
  const riskKinds = (): readonly string[] => [...new Set(risk().map(({ kind }) => kind))];
  const totals = () => ({ level, risk: [...risk()], durationMs: platform.now() - startedMs, frames });
  const keep = async (lockOut: LockOutState, lastChallenge = record.lastChallenge): Promise<void> => {
    const next = { ...record, lockOut, lastChallenge };
    await lease.owner.write(next);
    record = next;
  };
  /** What was counted stays counted, also where the end of it cannot be written. */
  const confirm = async (): Promise<number> => {
    const failed = guard.confirm(record.lockOut);
    try {
      await keep(failed);
    } catch (error) {
      explainStoreError(error);
    }
    const view = guard.view(record.lockOut);
    attemptsLeft = view.attemptsLeft;
    return view.remainingMs;
  };

  const verdicts: Verdicts = {
    countFrame() {
      frames++;
    },
    isCounted: () => isCounted,
    async count(challenge) {
      try {
        // The clock may have been set back since the attempt began.
        const view = guard.view(record.lockOut);
        if (view.remainingMs > 0) {
          attemptsLeft = 0;
          await keep(view.state);
          if (view.isClockSetBack) audit({ type: 'clockSetBack' });
          return verdicts.refuse('lockedOut', { lockedOutMs: view.remainingMs });
        }
        await keep(guard.count(record.lockOut), challenge);
      } catch (error) {
        return verdicts.refuse(explainStoreError(error));
      }
      isCounted = true;
      return undefined;
    },
    async refuse(why, extra = {}) {
      const { reason, message } = typeof why === 'string' ? { reason: why, message: UNLOCK_MESSAGES[why] } : why;
      const lockedOutMs = isCounted ? await confirm() : 0;
      isOver = true;
      audit({ type: 'refused', reason, level, attemptsLeft, risk: riskKinds() });
      if (lockedOutMs > 0) audit({ type: 'lockedOut', level, attemptsLeft });
      const decision: UnlockDecision = {
        unlocked: false,
        reason,
        message,
        counted: isCounted,
        attemptsLeft,
        ...(lockedOutMs > 0 && { lockedOutMs }),
        ...extra,
        ...totals(),
      };
      return { type: 'decision', decision };
    },
    refuseChallenge({ reason, message }) {
      // What has a name of its own goes by that.
      const refusal = reason === 'severalFaces' || reason === 'frozenFrames' ? reason : 'challengeFailed';
      return verdicts.refuse(refusal, { challenge: reason, ...(message !== undefined && { message }) });
    },
    async accept(facts) {
      try {
        await keep(guard.clear(record.lockOut));
      } catch (error) {
        return verdicts.refuse(explainStoreError(error));
      }
      guard.view(record.lockOut);
      isOver = true;
      audit({ type: 'unlocked', level, risk: riskKinds() });
      const { threshold, fmr } = settings;
      return { type: 'decision', decision: { unlocked: true, threshold, fmr, ...facts, ...totals() } };
    },
    leave() {
      if (isOver || !isCounted) return;
      isOver = true;
      audit({ type: 'refused', reason: 'left', level, risk: riskKinds() });
    },
  };
  return verdicts;
}
