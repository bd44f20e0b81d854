/** What attempts, enrolments and questions about the state have in common. */

import { isFaceError } from '../errors/face-error.ts';
import type { AuditEvent, UnlockEngine, UnlockStatus } from './face-unlock.ts';
import {
  clearFailures,
  confirmFailure,
  countAttempt,
  type LockOutRules,
  type LockOutState,
  type LockOutView,
  type Moment,
  type SeenLock,
  viewLockOut,
} from './lock-out.ts';
import type { StoredOwner } from './owner.ts';
import { dataDeleted, type OwnerDesk, type OwnerLease } from './owner-desk.ts';
import type { UnlockPlatform } from './unlock-platform.ts';
import type { UnlockSettings } from './unlock-policy.ts';
import type { UnlockStore } from './unlock-store.ts';
import { describeUnusable, type Unusable } from './unusable.ts';

/** The lock-out of one page: the pure rules, with clocks and with what this page has seen. */
export interface LockOutGuard {
  view(state: LockOutState): LockOutView;
  count(state: LockOutState): LockOutState;
  confirm(state: LockOutState): LockOutState;
  clear(state: LockOutState): LockOutState;
  /** After the data were deleted. */
  forget(): void;
}

/** What the parts of a face unlock work with. */
export interface Flow<FrameSource> {
  readonly engine: UnlockEngine<FrameSource>;
  readonly store: UnlockStore;
  readonly settings: UnlockSettings;
  readonly platform: UnlockPlatform;
  readonly desk: OwnerDesk;
  readonly guard: LockOutGuard;
  audit(event: Omit<AuditEvent, 'atMs'>): void;
}

/** How a face unlock stands, with the open store where there is somebody to compare with. */
export type Standing =
  | { readonly status: Exclude<UnlockStatus, { readonly state: 'ready' }>; readonly stored?: undefined }
  | { readonly status: Extract<UnlockStatus, { readonly state: 'ready' }>; readonly stored: StoredOwner; readonly lease: OwnerLease };

/** What is kept, with the store open; or why it cannot be used; or nothing of both where nothing is kept. */
export type Kept =
  | { readonly lease: OwnerLease; readonly stored: StoredOwner | undefined; readonly unusable?: undefined }
  | { readonly lease?: undefined; readonly stored?: undefined; readonly unusable: Unusable | undefined };

/** Creates the guard. */
export function createLockOutGuard(rules: LockOutRules, platform: UnlockPlatform): LockOutGuard {
  let seen: SeenLock | undefined;
  const moment = (): Moment => ({ wallMs: platform.wallClock(), monotonicMs: platform.now() });
  return {
    view(state) {
      const view = viewLockOut(state, seen, moment(), rules);
      seen = view.seen;
      return view;
    },
    count: (state) => countAttempt(state, moment(), rules),
    confirm: (state) => confirmFailure(state, moment(), rules),
    clear: (state) => clearFailures(state, moment()),
    forget() {
      seen = undefined;
    },
  };
}

/** Opens what is kept. Creates nothing. Who gets a lease releases it. */
export async function openKept<FrameSource>({ store, desk }: Flow<FrameSource>): Promise<Kept> {
  let lease: OwnerLease | undefined;
  try {
    if (!(await store.exists())) return { unusable: undefined };
    lease = await desk.acquire();
    return { lease, stored: await lease.owner.read() };
  } catch (error) {
    await lease?.release();
    return { unusable: describeUnusable(error) };
  }
}

/** Finds out how things stand. A clock that was set back is noted, durably, before it is said. Who gets a lease releases it. */
export async function findStanding<FrameSource>(flow: Flow<FrameSource>): Promise<Standing> {
  const kept = await openKept(flow);
  if (kept.unusable !== undefined) return { status: { state: 'unusable', ...kept.unusable } };
  const { lease, stored } = kept;
  if (lease === undefined) return { status: { state: 'notEnrolled' } };
  let isKept = false;
  try {
    if (stored === undefined) return { status: { state: 'notEnrolled' } };
    const view = flow.guard.view(stored.record.lockOut);
    const record = { ...stored.record, lockOut: view.state };
    if (view.isClockSetBack) {
      await lease.owner.write(record);
      flow.audit({ type: 'clockSetBack' });
    }
    if (view.remainingMs > 0) return { status: lockedOut(view, flow.platform) };
    isKept = true;
    const { enrolledAtMs, templates } = record;
    return { status: { state: 'ready', enrolledAtMs, templates, attemptsLeft: view.attemptsLeft }, stored: { ...stored, record }, lease };
  } catch (error) {
    return { status: { state: 'unusable', ...describeUnusable(error) } };
  } finally {
    if (!isKept) await lease.release();
  }
}

function lockedOut({ state, remainingMs }: LockOutView, platform: UnlockPlatform): Extract<UnlockStatus, { readonly state: 'lockedOut' }> {
  return { state: 'lockedOut', remainingMs, untilMs: platform.wallClock() + remainingMs, reason: state.lock?.reason ?? 'attempts' };
}

/** An error of the store in the middle of the work: that it was closed means that somebody deleted the data. */
export function explainStoreError(error: unknown): Unusable {
  if (isFaceError(error, 'DISPOSED')) throw dataDeleted();
  return describeUnusable(error);
}
