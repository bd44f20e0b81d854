/** Puts a face unlock together. */

import { reportQuietly } from '../engine/report-quietly.ts';
import { FaceError } from '../errors/face-error.ts';
import { runAttempt } from './attempt.ts';
import { runEnrolment } from './enrolment.ts';
import type { EnrolUnlockOptions, FaceUnlock, FaceUnlockOptions, UnlockStatus } from './face-unlock.ts';
import { createLockOutGuard, type Flow, findStanding, openKept } from './flow.ts';
import { LEFT, leavable } from './leavable.ts';
import { createOwnerDesk, dataDeleted } from './owner-desk.ts';
import { createHostPlatform, type UnlockPlatform } from './unlock-platform.ts';
import { settlePolicy } from './unlock-policy.ts';
import { isConsentVersion } from './unlock-record.ts';

/**
 * Creates a face unlock for one person, without a user interface: enrolment, decisions with their reasons, lock-out, deletion.
 *
 * What it can promise ends with the machine it runs on. Whoever can run code in the page, or change the files of the browser, needs no face: bind what
 * the unlock protects to a server or to hardware. It does not hold against masks, faces that are computed into the camera's stream, or a restored older
 * copy of the whole browser profile, with which failed attempts are forgotten. The best of a few templates counts, so a stranger passes up to that many
 * times as often as `policy.fmr` says of one comparison. Anybody at the device can enrol or delete; ask for a password first where that matters.
 *
 * `deleteData` ends an attempt or enrolment that is under way: it fails with `DISPOSED`.
 *
 * @param platform - Clocks, chance and patience, for tests.
 * @throws {FaceError} `INVALID_OPTION` for a policy that is no policy, or asks for what the engine cannot do; `THRESHOLD_UNAVAILABLE` for rates that the
 * pack was not calibrated for.
 * @example
 * const unlock = createFaceUnlock({ engine, store: createMemoryUnlockStore() });
 * for await (const event of unlock.unlock(camera)) {
 *   if (event.type === 'decision' && event.decision.unlocked) open();
 * }
 */
export function createFaceUnlock<FrameSource>(
  options: FaceUnlockOptions<FrameSource>,
  platform: Partial<UnlockPlatform> = {},
): FaceUnlock<FrameSource> {
  const { engine, store, policy = {}, onAudit } = options;
  const settings = settlePolicy(policy, engine.info);
  const { level, fmr, threshold, passive, active } = settings;
  const surroundings: UnlockPlatform = { ...createHostPlatform(), ...platform };
  const report = reportQuietly(onAudit);
  const desk = createOwnerDesk(engine, store);
  const flow: Flow<FrameSource> = {
    engine,
    store,
    settings,
    desk,
    platform: surroundings,
    guard: createLockOutGuard(settings.lockOut, surroundings),
    audit: (event) => report({ ...event, atMs: surroundings.wallClock() }),
  };
  /** The attempt or enrolment that is under way. */
  let running: AbortController | undefined;
  let lastUnusable: string | undefined;

  /** One at a time, from the first `next` to the end, whatever ends it. */
  function start<Event>(
    work: (controller: AbortController) => AsyncGenerator<Event, void, void>,
    signal: AbortSignal | undefined,
  ): AsyncIterableIterator<Event> {
    const controller = new AbortController();
    return leavable(run(), controller);

    async function* run(): AsyncGenerator<Event, void, void> {
      signal?.throwIfAborted();
      if (running !== undefined) {
        throw new FaceError('OVERLOADED', 'Expected one attempt or enrolment at a time, got a second one; end the first, then try again.');
      }
      running = controller;
      const pass = (): void => controller.abort(signal?.reason);
      signal?.addEventListener('abort', pass);
      try {
        yield* work(controller);
      } catch (error) {
        if (controller.signal.aborted && controller.signal.reason === LEFT) return;
        throw controller.signal.aborted ? controller.signal.reason : error;
      } finally {
        signal?.removeEventListener('abort', pass);
        if (running === controller) running = undefined;
      }
    }
  }

  return {
    info: { level, fmr, threshold, ...(passive && { passiveThreshold: passive.threshold }), actions: active?.actions ?? [] },

    async status(): Promise<UnlockStatus> {
      const standing = await findStanding(flow);
      if (standing.stored !== undefined) await standing.lease.release();
      const { status } = standing;
      const reason = status.state === 'unusable' ? status.reason : undefined;
      // Status may be asked for every second: a log needs to hear of it once.
      if (reason !== undefined && reason !== lastUnusable) flow.audit({ type: 'unusable', reason });
      lastUnusable = reason;
      return status;
    },

    enrol(frames, enrolOptions) {
      assertConsent(enrolOptions);
      return start((controller) => runEnrolment(flow, frames, enrolOptions, controller), enrolOptions.signal);
    },

    unlock(frames, unlockOptions = {}) {
      return start((controller) => runAttempt(flow, frames, unlockOptions, controller), unlockOptions.signal);
    },

    async consent() {
      const { lease, stored, unusable } = await openKept(flow);
      await lease?.release();
      if (unusable === undefined) return stored?.record.consent;
      throw new FaceError('GALLERY_DAMAGED', `What the person agreed to cannot be read: ${unusable.message}`, { reason: unusable.reason });
    },

    async deleteData() {
      running?.abort(dataDeleted());
      running = undefined;
      await desk.closeNow();
      await store.deleteAll();
      flow.guard.forget();
      flow.audit({ type: 'deleted' });
    },
  };
}

function assertConsent(options: EnrolUnlockOptions): void {
  const { version, givenAtMs } = (options as Partial<EnrolUnlockOptions> | undefined)?.consent ?? {};
  if (isConsentVersion(version) && typeof givenAtMs === 'number' && Number.isFinite(givenAtMs)) return;
  throw new FaceError(
    'INVALID_OPTION',
    'Expected consent with the version of the text that the person agreed to (1 to 200 characters) and when (milliseconds since 1970); ask for it ' +
      'before anything is stored.',
    { option: 'consent' },
  );
}
