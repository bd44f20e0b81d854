/** The lock-out under clocks that nobody can trust. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clearFailures,
  confirmFailure,
  countAttempt,
  createLockOutState,
  type LockOutRules,
  type LockOutState,
  type SeenLock,
  viewLockOut,
} from '../../src/unlock/lock-out.ts';

const RULES: LockOutRules = { attempts: 3, lockOutMs: 30_000, maxLockOutMs: 200_000 };
const START = 1_800_000_000_000;
const at = (wallMs: number, monotonicMs = 0) => ({ wallMs: START + wallMs, monotonicMs });

function fail(times: number, state = createLockOutState(START)): LockOutState {
  return times === 0 ? state : fail(times - 1, countAttempt(state, at(0), RULES));
}

describe('the lock-out', () => {
  it.each([
    { failures: 0, remainingMs: 0, attemptsLeft: 3 },
    { failures: 1, remainingMs: 0, attemptsLeft: 2 },
    { failures: 2, remainingMs: 0, attemptsLeft: 1 },
    { failures: 3, remainingMs: 30_000, attemptsLeft: 0 },
    { failures: 4, remainingMs: 60_000, attemptsLeft: 0 },
    { failures: 5, remainingMs: 120_000, attemptsLeft: 0 },
    { failures: 6, remainingMs: 200_000, attemptsLeft: 0 },
    { failures: 2_000, remainingMs: 200_000, attemptsLeft: 0 },
  ])('after $failures failures lasts $remainingMs ms', ({ failures, remainingMs, attemptsLeft }) => {
    expect(viewLockOut(fail(failures), undefined, at(0), RULES)).toMatchObject({ remainingMs, attemptsLeft, isClockSetBack: false });
  });

  it('ends, and leaves one attempt before the next, longer one', () => {
    const state = fail(3);
    expect(viewLockOut(state, undefined, at(29_999), RULES).remainingMs).toBe(1);
    expect(viewLockOut(state, undefined, at(30_000), RULES)).toMatchObject({ remainingMs: 0, attemptsLeft: 1 });
    const again = countAttempt(state, at(31_000), RULES);
    expect(viewLockOut(again, undefined, at(31_000), RULES).remainingMs).toBe(60_000);
  });

  it('begins at the end of the attempt that led to it', () => {
    const counted = countAttempt(fail(2), at(1_000), RULES);
    expect(viewLockOut(confirmFailure(counted, at(9_000), RULES), undefined, at(9_000), RULES).remainingMs).toBe(30_000);
  });

  it('is forgotten after a success', () => {
    const state = clearFailures(fail(7), at(500_000));
    expect(state).toEqual({ failures: 0, lastSeenMs: START + 500_000 });
    expect(viewLockOut(state, undefined, at(-900_000), RULES)).toMatchObject({ remainingMs: 0, attemptsLeft: 3, isClockSetBack: false });
  });

  it.each([
    { name: 'during a lock-out', failures: 4, backMs: 2_001, remainingMs: 60_000 },
    { name: 'by days', failures: 4, backMs: 1e9, remainingMs: 60_000 },
    { name: 'after a failure without a lock-out', failures: 1, backMs: 2_001, remainingMs: 30_000 },
  ])('begins anew when the clock is set back $name', ({ failures, backMs, remainingMs }) => {
    const view = viewLockOut(fail(failures), undefined, at(-backMs), RULES);
    expect(view).toMatchObject({ isClockSetBack: true, remainingMs, state: { lock: { reason: 'clockSetBack' } } });
    // Once it is kept, the next look finds nothing new.
    expect(viewLockOut(view.state, view.seen, at(-backMs), RULES)).toMatchObject({ isClockSetBack: false, remainingMs });
  });

  it('does not mind a clock that is set right by two seconds, nor any without a failure', () => {
    expect(viewLockOut(fail(4), undefined, at(-2_000), RULES)).toMatchObject({ isClockSetBack: false, remainingMs: 60_000 });
    expect(viewLockOut(fail(0), undefined, at(-1e9), RULES)).toMatchObject({ isClockSetBack: false, remainingMs: 0 });
  });

  it('does not end in a page whose clock is set forward', () => {
    const first = viewLockOut(fail(3), undefined, at(0, 500), RULES);
    expect(viewLockOut(first.state, first.seen, at(1e9, 10_500), RULES)).toMatchObject({ remainingMs: 20_000, attemptsLeft: 0 });
    expect(viewLockOut(first.state, first.seen, at(1e9, 30_500), RULES).remainingMs).toBe(0);
  });
});

/** What can happen to a face unlock. Times in milliseconds of real time; `jump` sets the wall clock. */
const event = fc.oneof(
  fc.record({ type: fc.constant('wait' as const), ms: fc.nat(90_000) }),
  fc.record({ type: fc.constant('jump' as const), ms: fc.integer({ min: -1_000_000, max: 1_000_000 }) }),
  fc.record({ type: fc.constant('reload' as const) }),
  fc.record({ type: fc.constant('fail' as const) }),
  fc.record({ type: fc.constant('look' as const) }),
);

describe('whatever happens', () => {
  it.each([
    { name: 'clocks set back, reloads and failures', forward: false, reloads: true },
    { name: 'clocks set anyhow and failures in one page', forward: true, reloads: false },
  ])('a lock-out is never shorter than promised, with $name', ({ forward, reloads }) => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let realMs = 0;
        let offsetMs = 0;
        let pageStartMs = 0;
        let state = createLockOutState(START);
        let seen: SeenLock | undefined;
        /** Real time before which nobody may try again. */
        let promisedMs = 0;
        let failures = 0;
        const moment = () => ({ wallMs: START + realMs + offsetMs, monotonicMs: realMs - pageStartMs });
        const look = (): number => {
          const view = viewLockOut(state, seen, moment(), RULES);
          [state, seen] = [view.state, view.seen];
          expect(view.remainingMs).toBeGreaterThanOrEqual(0);
          expect(view.remainingMs).toBeLessThanOrEqual(RULES.maxLockOutMs);
          expect(view.attemptsLeft === 0).toBe(view.remainingMs > 0);
          // Rounding of the sum of a clock and a delay.
          expect(realMs + view.remainingMs).toBeGreaterThanOrEqual(promisedMs - 1e-6);
          if (view.remainingMs > 0) promisedMs = Math.max(promisedMs, realMs + view.remainingMs);
          return view.remainingMs;
        };
        for (const step of events) {
          if (step.type === 'wait') realMs += step.ms;
          if (step.type === 'jump') offsetMs += forward ? step.ms : -Math.abs(step.ms);
          if (step.type === 'reload' && reloads) [pageStartMs, seen] = [realMs, undefined];
          const remainingMs = look();
          if (step.type !== 'fail' || remainingMs > 0) continue;
          state = confirmFailure(countAttempt(state, moment(), RULES), moment(), RULES);
          failures++;
          expect(state.failures).toBe(failures);
          look();
          if (failures >= RULES.attempts) {
            expect(promisedMs - realMs).toBe(Math.min(RULES.lockOutMs * 2 ** (failures - RULES.attempts), RULES.maxLockOutMs));
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
