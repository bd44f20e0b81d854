/** The screens of the app, and where the end of an attempt leads. */

import type { UnlockDecision } from 'isoface';
import type { AttemptEnd } from '../live/run-attempt.ts';
import type { EnrolEnd, Notice } from './notice.ts';

/** The screens of the app; the value of `data-screen` on the main element. */
export type ScreenName =
  | 'loading'
  | 'error'
  | 'welcome'
  | 'enrol'
  | 'locked'
  | 'unlocking'
  | 'unlocked'
  | 'settings'
  | 'lockedOut'
  | 'unusable';

/** An attempt that unlocked. */
export type UnlockedDecision = Extract<UnlockDecision, { readonly unlocked: true }>;

/** What follows an attempt or an enrolment. */
export type NextStep =
  | { readonly type: 'unlocked'; readonly decision: UnlockedDecision }
  /** Where the stored data lead: welcome, locked, locked out or unusable. */
  | { readonly type: 'status'; readonly notice?: Notice | undefined }
  /** Back to where the enrolment was asked for. */
  | { readonly type: 'back' }
  /** The enrolment may be tried again at once. */
  | { readonly type: 'enrolEnded'; readonly notice: Notice; readonly mayDelete: boolean };

/** Whether who uses the app may change its security: nobody is enrolled yet, or the owner has unlocked. */
export function mayChangeSecurity(screen: ScreenName): boolean {
  return screen === 'welcome' || screen === 'unlocked';
}

/** Where the end of an attempt to unlock leads. */
export function afterUnlock(end: AttemptEnd<UnlockDecision>): NextStep {
  if (end.type !== 'done') return { type: 'status', notice: toNotice(end) };
  const { result } = end;
  return result.unlocked ? { type: 'unlocked', decision: result } : { type: 'status', notice: { type: 'refused', decision: result } };
}

/** Where the end of an enrolment leads. */
export function afterEnrolment(end: AttemptEnd<EnrolEnd>): NextStep {
  if (end.type === 'done') {
    const { result } = end;
    return result.type === 'enrolled'
      ? { type: 'status', notice: { type: 'enrolled', risk: result.risk } }
      : { type: 'enrolEnded', notice: { type: 'enrolRefused', reason: result.reason }, mayDelete: true };
  }
  const notice = toNotice(end);
  if (notice === undefined) return { type: 'back' };
  // Who was away from the page is not taken to be the owner any more.
  return notice.type === 'hidden' ? { type: 'status', notice } : { type: 'enrolEnded', notice, mayDelete: false };
}

/** `undefined`: the user stopped it and knows. */
function toNotice(end: Exclude<AttemptEnd<unknown>, { readonly type: 'done' }>): Notice | undefined {
  if (end.type === 'stopped') return end.by === 'hidden' ? { type: 'hidden' } : undefined;
  if (end.type === 'camera') return { type: 'camera', obstacle: end.obstacle };
  return { type: 'failed', message: end.error instanceof Error ? end.error.message : String(end.error) };
}
