/**
 * When failed attempts lock a face unlock, and for how long: pure functions of what is kept, two clocks and the rules.
 *
 * The wall clock is the user's to set. Set back, it makes a lock-out begin anew. Set forward, across a reload of the page, it cannot be told from time
 * that has passed: a browser has no clock that outlives the page and that nobody can set. Within one page a monotonic clock holds the lock-out as well,
 * so there a clock set forward does nothing; where that clock stands still while the machine sleeps, a lock-out lasts longer than promised, never less.
 */

/** What is kept of failed attempts. */
export interface LockOutState {
  /** Failed attempts since the last success. */
  readonly failures: number;
  /** Wall clock at the last change, milliseconds since 1970. */
  readonly lastSeenMs: number;
  /** The newest lock-out, also when it is over. */
  readonly lock?: LockOut | undefined;
}

/** One lock-out. */
export interface LockOut {
  /** By the wall clock. */
  readonly startedAtMs: number;
  readonly delayMs: number;
  readonly reason: 'attempts' | 'clockSetBack';
}

/** The rules, from the policy. */
export interface LockOutRules {
  /** Failed attempts before the first lock-out. */
  readonly attempts: number;
  readonly lockOutMs: number;
  readonly maxLockOutMs: number;
}

/** One moment on both clocks. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly wallMs: number;
  /** Milliseconds since any moment; never runs backwards, ends with the page. */
  readonly monotonicMs: number;
}

/** A lock-out that this page has seen: what its monotonic clock holds. */
export interface SeenLock {
  readonly startedAtMs: number;
  /** Tells two lock-outs apart that a clock set back lets begin at the same time. */
  readonly failures: number;
  readonly endsAtMonotonicMs: number;
}

/** How things stand at one moment. */
export interface LockOutView {
  /** To be kept, if `isClockSetBack`; else what came in. */
  readonly state: LockOutState;
  /** To be given to the next view of this page. */
  readonly seen: SeenLock | undefined;
  readonly isClockSetBack: boolean;
  /** 0: not locked out. */
  readonly remainingMs: number;
  /** Failed attempts left before a lock-out; 0 during one. */
  readonly attemptsLeft: number;
}

/** Clocks are set right by a second or so all the time. */
const CLOCK_TOLERANCE_MS = 2_000;
/** More doublings than any limit on the delay leaves over. */
const MOST_DOUBLINGS = 52;
/** Enough to be counted; a number that grows for ever would end as one that cannot. */
const MOST_FAILURES = 1_000_000;

/** Before anything failed. */
export function createLockOutState(wallMs: number): LockOutState {
  return { failures: 0, lastSeenMs: wallMs };
}

/** Looks at the state at a moment. */
export function viewLockOut(kept: LockOutState, seen: SeenLock | undefined, moment: Moment, rules: LockOutRules): LockOutView {
  const { wallMs, monotonicMs } = moment;
  const isClockSetBack = kept.failures > 0 && wallMs < kept.lastSeenMs - CLOCK_TOLERANCE_MS;
  const state = isClockSetBack ? { ...kept, lastSeenMs: wallMs, lock: startLock(kept.failures, wallMs, 'clockSetBack', rules) } : kept;
  const { lock, failures } = state;
  if (lock === undefined) return { state, seen: undefined, isClockSetBack, remainingMs: 0, attemptsLeft: countLeft(failures, rules) };
  const byWall = clamp(lock.startedAtMs + lock.delayMs - wallMs, lock.delayMs);
  const isKnown = seen?.startedAtMs === lock.startedAtMs && seen.failures === failures && !isClockSetBack;
  const known = isKnown ? seen : undefined;
  const byPage = known === undefined ? 0 : clamp(known.endsAtMonotonicMs - monotonicMs, lock.delayMs);
  const remainingMs = Math.max(byWall, byPage);
  return {
    state,
    seen: known ?? { startedAtMs: lock.startedAtMs, failures, endsAtMonotonicMs: monotonicMs + byWall },
    isClockSetBack,
    remainingMs,
    attemptsLeft: remainingMs > 0 ? 0 : countLeft(failures, rules),
  };
}

/** Counts an attempt as failed; a success takes that back. From the last allowed failure on, a lock-out begins with it. */
export function countAttempt(state: LockOutState, { wallMs }: Moment, rules: LockOutRules): LockOutState {
  return lockIfDue({ ...state, failures: Math.min(MOST_FAILURES, state.failures + 1) }, wallMs, rules);
}

/** The attempt that was counted has failed: its lock-out, if there is one, begins at this moment. */
export function confirmFailure(state: LockOutState, { wallMs }: Moment, rules: LockOutRules): LockOutState {
  return lockIfDue(state, wallMs, rules);
}

/** Forgets what failed, after a success. */
export function clearFailures(state: LockOutState, { wallMs }: Moment): LockOutState {
  return { failures: 0, lastSeenMs: Math.max(state.lastSeenMs, wallMs) };
}

function lockIfDue(state: LockOutState, wallMs: number, rules: LockOutRules): LockOutState {
  const { failures } = state;
  // Not earlier than before: else the tolerance, taken again and again, would let the clock creep back.
  const lastSeenMs = Math.max(state.lastSeenMs, wallMs);
  return failures < rules.attempts
    ? { ...state, lastSeenMs }
    : { failures, lastSeenMs, lock: startLock(failures, wallMs, 'attempts', rules) };
}

function startLock(failures: number, wallMs: number, reason: LockOut['reason'], rules: LockOutRules): LockOut {
  const doublings = Math.min(MOST_DOUBLINGS, Math.max(0, failures - rules.attempts));
  return { startedAtMs: wallMs, delayMs: Math.min(rules.lockOutMs * 2 ** doublings, rules.maxLockOutMs), reason };
}

/** After a lock-out there is one more attempt before the next. */
function countLeft(failures: number, { attempts }: LockOutRules): number {
  return Math.max(1, attempts - failures);
}

function clamp(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}
