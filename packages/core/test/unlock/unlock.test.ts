/** What an attempt decides, and what it costs. */

import type { CalibratedThreshold } from '@isoface/core';
import { createMemoryUnlockStore, type UnlockStore } from '@isoface/core/unlock';
import { describe, expect, it } from 'vitest';
import {
  ADA,
  attempt,
  attemptsLeft,
  BOB,
  CONSENT,
  collect,
  embed,
  enrol,
  film,
  openEnrolledLab,
  openLab,
  type Scene,
  START_MS,
  STEP_MS,
  shoot,
  sitting,
} from './unlock-lab.ts';

const SHORT = { firstFrameMs: 60, nextFrameMs: 60 };

describe('an attempt with passive liveness', () => {
  it('unlocks for the owner within 0.7 s of the first good frame', async () => {
    const lab = await openEnrolledLab();
    const decision = await attempt(lab);
    expect(decision).toMatchObject({ unlocked: true, level: 'passive', threshold: 0.9, fmr: 1e-3, passive: { threshold: 0.6 }, risk: [] });
    if (!decision.unlocked) return;
    expect(decision.similarity).toBeGreaterThan(0.99);
    expect(decision.passive?.frames).toBeGreaterThanOrEqual(4);
    expect(decision.frames * STEP_MS).toBeLessThan(700);
    expect(await lab.unlock.status()).toEqual({ state: 'ready', attemptsLeft: 5, templates: 3, enrolledAtMs: START_MS });
    expect(lab.closed.count).toBe(2);
  });

  it.each([
    { name: 'somebody else', script: film(40, { person: BOB }), reason: 'otherPerson', counted: true },
    { name: 'a picture of the owner', script: film(40, { live: 0.2 }), reason: 'notLive', counted: true },
    {
      name: 'a picture of somebody else, who is not told more',
      script: film(40, { live: 0.2, person: BOB }),
      reason: 'notLive',
      counted: true,
    },
    { name: 'a picture whose scores are no numbers', script: film(40, { live: Number.NaN }), reason: 'notLive', counted: true },
    { name: 'nobody', script: film(400, { faces: 0 }), reason: 'noFace', counted: false },
    { name: 'a black picture', script: film(400, { faces: 0, fingerprint: undefined }), reason: 'noFace', counted: false },
    { name: 'two faces', script: film(400, { faces: 2 }), reason: 'severalFaces', counted: false },
    { name: 'a face in the dark', script: film(400, { brightness: 0.05 }), reason: 'lowQuality', counted: false },
    { name: 'a blurred face', script: film(400, { sharpness: 5 }), reason: 'lowQuality', counted: false },
    { name: 'a face that looks away', script: film(400, { yaw: 40 }), reason: 'lowQuality', counted: false },
    { name: 'a face that is never embedded', script: film(400, { embeds: false }), reason: 'lowQuality', counted: false },
    { name: 'a camera that ends', script: film(3), reason: 'cameraLost', counted: false },
    { name: 'a camera without a frame', script: [], reason: 'cameraLost', counted: false },
    { name: 'a frozen picture', script: film(60, { fingerprint: 7 }), reason: 'frozenFrames', counted: false },
    { name: 'a frozen picture of nobody', script: film(60, { faces: 0, fingerprint: 7 }), reason: 'frozenFrames', counted: false },
  ])('refuses $name', async ({ script, reason, counted }) => {
    const lab = await openEnrolledLab();
    const decision = await attempt(lab, script);
    expect(decision).toMatchObject({ unlocked: false, reason, counted, attemptsLeft: counted ? 4 : 5, level: 'passive' });
    expect(decision.unlocked ? '' : decision.message).toMatch(/^[A-Z].*\.$/);
    expect(await attemptsLeft(lab)).toBe(counted ? 4 : 5);
    expect(lab.closed.count).toBe(2);
  });

  it('tells a black picture to get more light, and a person what to change', async () => {
    const lab = await openEnrolledLab();
    const advice = async (script: Scene[]): Promise<unknown[]> => {
      const events = await collect(lab.unlock.unlock(script));
      return events.map((event) => (event.type === 'frame' ? event.advice : undefined));
    };
    expect(await advice(film(5, { faces: 0, fingerprint: undefined }))).toContain('moreLight');
    expect(await advice(film(5, { faces: 2 }))).toContain('onlyOneFace');
    expect(await advice(film(30))).not.toContain(expect.any(String));
  });

  it('gives frames that can be drawn, and nothing that could be compared', async () => {
    const lab = await openEnrolledLab();
    const [first] = await collect(lab.unlock.unlock(film(30)));
    expect(first).toMatchObject({ type: 'frame', faces: 1, width: 640, height: 480, face: { box: { width: 200 } }, droppedFrames: 0 });
    expect(JSON.stringify(first)).not.toMatch(/embedding|vector|"liveness"|similarity/);
  });
});

describe('evidence starts anew, with nothing carried over,', () => {
  const swap = (before: Parameters<typeof film>[1], after: Parameters<typeof film>[1]): Scene[] => [
    ...film(4, before),
    ...film(30, after, 4),
  ];

  it.each([
    { name: 'after a change of resolution', script: swap({ live: 0 }, { width: 480, height: 640 }) },
    { name: 'when another track begins', script: swap({ live: 0 }, { id: 2 }) },
    { name: 'after nobody was there', script: [...film(4, { live: 0 }), ...film(2, { faces: 0 }, 4), ...film(30, {}, 6)] },
    { name: 'after a second face was there', script: [...film(4, { live: 0 }), ...film(2, { faces: 2 }, 4), ...film(30, {}, 6)] },
    { name: 'when the face in the same track is another one', script: swap({ person: BOB, live: 0 }, {}) },
  ])('$name', async ({ script }) => {
    // The worthless scores of the first frames would pull the mean below the threshold.
    expect(await attempt(await openEnrolledLab(), script)).toMatchObject({ unlocked: true, passive: { score: expect.closeTo(0.9, 6) } });
  });

  it.each([
    { name: 'in another track', shot: { id: 2, person: BOB } },
    { name: 'in the same track', shot: { person: BOB } },
  ])('so that the liveness of the owner is of no use to somebody else $name', async ({ shot }) => {
    const script = [...film(4), ...film(40, { ...shot, live: 0.1 }, 4)];
    expect(await attempt(await openEnrolledLab(), script)).toMatchObject({ unlocked: false, reason: 'notLive' });
  });

  it('and frames that come again do not count', async () => {
    const script = film(40, (i) => ({ fingerprint: i % 2 }));
    expect(await attempt(await openEnrolledLab(), script)).toMatchObject({ unlocked: false, reason: 'cameraLost', counted: false });
  });
});

describe('a camera that stalls', () => {
  it.each([
    { name: 'before the first frame', script: ['stall'] as const },
    { name: 'in the middle', script: [...film(3), 'stall'] as const },
  ])('is lost $name', async ({ script }) => {
    const lab = await openEnrolledLab({ patience: SHORT });
    expect(await attempt(lab, script)).toMatchObject({ unlocked: false, reason: 'cameraLost', counted: false });
    expect(lab.closed.count).toBe(2);
    expect(await attempt(lab)).toMatchObject({ unlocked: true });
  });

  it('can be left at any moment', async () => {
    const lab = await openEnrolledLab();
    const events = lab.unlock.unlock(['stall']);
    const waiting = events.next();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await events.return?.()).toEqual({ done: true, value: undefined });
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(lab.closed.count).toBe(2);
    expect(await attempt(lab)).toMatchObject({ unlocked: true });
  });

  it('can be aborted at any moment', async () => {
    const lab = await openEnrolledLab();
    const controller = new AbortController();
    const waiting = lab.unlock.unlock(['stall'], { signal: controller.signal }).next();
    await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(await attemptsLeft(lab)).toBe(5);
    await expect(lab.unlock.unlock(film(30), { signal: controller.signal }).next()).rejects.toThrow('enough');
    expect(await attempt(lab)).toMatchObject({ unlocked: true });
  });
});

it('passes on what makes the engine fail, and is ready again', async () => {
  const lab = await openEnrolledLab();
  const failing = (function* () {
    yield shoot(0);
    throw new Error('The model broke.');
  })();
  await expect(collect(lab.unlock.unlock(failing))).rejects.toThrow('The model broke.');
  expect(await attempt(lab)).toMatchObject({ unlocked: true });
});

it('asks the engine for no more than the level needs', async () => {
  const none = await openEnrolledLab({ policy: { liveness: 'none' } });
  expect(await attempt(none)).toMatchObject({ unlocked: true, level: 'none' });
  expect(none.asked.at(-1)).toMatchObject({ liveness: false, mesh: false, embeddings: true, fingerprints: true, maxFaces: 3 });
  const passive = await openEnrolledLab();
  await attempt(passive);
  expect(passive.asked.at(-1)).toMatchObject({ liveness: true, mesh: false });
});

describe('one at a time', () => {
  it('refuses a second attempt, and an enrolment, meanwhile', async () => {
    const lab = await openEnrolledLab();
    const first = lab.unlock.unlock(film(30));
    await first.next();
    for (const second of [lab.unlock.unlock(film(30)), lab.unlock.enrol(sitting(), { consent: CONSENT })]) {
      await expect(second.next()).rejects.toMatchObject({ code: 'OVERLOADED' });
    }
    // Questions are answered all the same.
    expect(await lab.unlock.status()).toMatchObject({ state: 'ready' });
    await first.return?.();
    expect(await attempt(lab)).toMatchObject({ unlocked: true });
  });

  it('does not count an attempt that was never begun', async () => {
    const lab = await openEnrolledLab();
    lab.unlock.unlock(film(30));
    expect(await attempt(lab)).toMatchObject({ unlocked: true });
  });

  it('is in use while another page has it', async () => {
    const lab = await openEnrolledLab();
    const other = openLab({ store: lab.store });
    const first = lab.unlock.unlock(film(30));
    await first.next();
    expect(await attempt(other)).toMatchObject({ unlocked: false, reason: 'inUse', counted: false });
    expect(await other.unlock.status()).toMatchObject({ state: 'unusable', reason: 'inUse' });
    expect(await enrol(other)).toMatchObject({ type: 'refused', reason: 'inUse' });
    await first.return?.();
    expect(await attempt(other)).toMatchObject({ unlocked: true });
  });
});

describe('injection', () => {
  const camera = { label: 'OBS Virtual Camera' };
  const last = async (policy: 'report' | 'refuse') => {
    const lab = await openEnrolledLab({ policy: { liveness: 'passive', injection: policy } });
    return (await collect(lab.unlock.unlock(film(30), { camera }))).at(-1);
  };

  it('is reported', async () => {
    expect(await last('report')).toMatchObject({ decision: { unlocked: true, risk: [{ kind: 'virtualCamera' }] } });
  });

  it('is refused where the policy says so', async () => {
    expect(await last('refuse')).toMatchObject({
      decision: { reason: 'injectionSuspected', counted: false, risk: [{ kind: 'virtualCamera' }] },
    });
  });
});

describe('failed attempts', () => {
  const STRANGER = film(30, { person: BOB });

  it('lock out, for longer each time, also after a reload', async () => {
    let lab = await openEnrolledLab({ policy: { liveness: 'passive', attempts: 2, lockOutMs: 10_000, maxLockOutMs: 15_000 } });
    expect(await attempt(lab, STRANGER)).toMatchObject({ reason: 'otherPerson', attemptsLeft: 1 });
    lab = lab.reload();
    expect(await attempt(lab, STRANGER)).toMatchObject({ reason: 'otherPerson', attemptsLeft: 0, lockedOutMs: 10_000 });
    lab = lab.reload();
    expect(await lab.unlock.status()).toEqual({
      state: 'lockedOut',
      remainingMs: 10_000,
      untilMs: START_MS + 10_000,
      reason: 'attempts',
    });
    expect(await attempt(lab)).toMatchObject({ reason: 'lockedOut', counted: false, lockedOutMs: 10_000, attemptsLeft: 0 });
    lab.clock.wallMs += 10_000;
    lab = lab.reload();
    expect(await attemptsLeft(lab)).toBe(1);
    expect(await attempt(lab, STRANGER)).toMatchObject({ reason: 'otherPerson', lockedOutMs: 15_000 });
    lab.clock.wallMs += 15_000;
    lab = lab.reload();
    expect(await attempt(lab)).toMatchObject({ unlocked: true });
    expect(await attemptsLeft(lab)).toBe(2);
  });

  it('are forgotten after a success', async () => {
    const lab = await openEnrolledLab();
    for (let i = 0; i < 3; i++) await attempt(lab, STRANGER);
    expect(await attemptsLeft(lab)).toBe(2);
    expect(await attempt(lab)).toMatchObject({ unlocked: true });
    expect(await attemptsLeft(lab)).toBe(5);
  });

  it('lock out anew when the clock is set back', async () => {
    let lab = await openEnrolledLab({ policy: { liveness: 'passive', attempts: 1, lockOutMs: 10_000 } });
    await attempt(lab, STRANGER);
    lab.clock.wallMs += 9_000;
    expect(await lab.unlock.status()).toMatchObject({ state: 'lockedOut', remainingMs: 10_000 });
    lab.clock.monotonicMs += 9_000;
    expect(await lab.unlock.status()).toMatchObject({ state: 'lockedOut', remainingMs: 1_000 });
    lab.clock.wallMs -= 3_600_000;
    lab = lab.reload();
    expect(await lab.unlock.status()).toMatchObject({ state: 'lockedOut', remainingMs: 10_000, reason: 'clockSetBack' });
    expect(lab.audit).toMatchObject([{ type: 'clockSetBack' }]);
    expect(await attempt(lab)).toMatchObject({ reason: 'lockedOut', lockedOutMs: 10_000 });
    expect(lab.audit.filter(({ type }) => type === 'clockSetBack')).toHaveLength(1);
  });

  it('lock out also when the clock is set back in the middle of an attempt', async () => {
    const lab = await openEnrolledLab();
    await attempt(lab, STRANGER);
    const events = lab.unlock.unlock(film(30));
    await events.next();
    lab.clock.wallMs -= 60_000;
    expect((await collect(events)).at(-1)).toMatchObject({ decision: { reason: 'lockedOut', counted: false, lockedOutMs: 30_000 } });
    expect(await lab.unlock.status()).toMatchObject({ state: 'lockedOut', reason: 'clockSetBack' });
  });
});

/** A memory store of which some writes fail, as those of a page that is killed do: nothing is written from then on. */
function createDyingStore(): { readonly store: UnlockStore; survive(writes: number): void } {
  const inner = createMemoryUnlockStore();
  let left = Number.POSITIVE_INFINITY;
  return {
    survive(writes) {
      left = writes;
    },
    store: {
      ...inner,
      async open() {
        const { store, keys } = await inner.open();
        return {
          keys,
          store: {
            ...store,
            async write(changes) {
              if (left-- <= 0) throw new Error('The disk is gone.');
              await store.write(changes);
            },
          },
        };
      },
    },
  };
}

describe('what is written before it is said', () => {
  it('is the count: a page that dies behind it has used up an attempt', async () => {
    const { store, survive } = createDyingStore();
    const lab = await openEnrolledLab({ store });
    survive(1);
    expect(await attempt(lab)).toMatchObject({ unlocked: false, reason: 'storageFailed', counted: true, attemptsLeft: 4 });
    survive(Number.POSITIVE_INFINITY);
    expect(await attemptsLeft(lab.reload())).toBe(4);
  });

  it('is the count: where it cannot be written, nothing is compared', async () => {
    const { store, survive } = createDyingStore();
    const lab = await openEnrolledLab({ store });
    survive(0);
    expect(await attempt(lab)).toMatchObject({ unlocked: false, reason: 'storageFailed', counted: false, attemptsLeft: 5 });
    expect(await attempt(lab, film(30, { person: BOB }))).toMatchObject({ reason: 'storageFailed', counted: false });
  });
});

describe('a policy', () => {
  const thresholds: readonly CalibratedThreshold[] = [
    { fmr: 1e-3, threshold: 0.9, ci95: [0, 1], flipAveraging: false, dataset: 'none', pairs: 1 },
  ];
  const five = { passive: [], landmarks: 'five', thresholds: [] } as const;
  const unmeasured = { passive: ['texture'], landmarks: 'mesh468', thresholds: [] } as const;

  it.each([
    { policy: {}, info: {}, level: 'passive+active' },
    { policy: {}, info: { liveness: five }, level: 'active' },
    { policy: {}, info: { liveness: unmeasured }, level: 'active' },
    { policy: { livenessTarget: { threshold: 0.5 } }, info: { liveness: unmeasured }, level: 'passive+active' },
    { policy: { liveness: 'passive' }, info: { thresholds }, level: 'passive' },
    { policy: { liveness: 'none' }, info: { liveness: five }, level: 'none' },
    { policy: { liveness: 'active' }, info: {}, level: 'active' },
  ] as const)('$policy gives the level $level', ({ policy, info, level }) => {
    expect(openLab({ policy, info }).unlock.info).toMatchObject({ level, fmr: 1e-3, threshold: 0.9 });
  });

  it('says what decides', () => {
    expect(openLab({ policy: { fmr: 1e-2, livenessTarget: { apcer: 0.1 }, challengeActions: ['nod', 'turnLeft'] } }).unlock.info).toEqual({
      level: 'passive+active',
      fmr: 1e-2,
      threshold: 0.8,
      passiveThreshold: 0.7,
      actions: ['nod', 'turnLeft'],
    });
  });

  it.each([
    { name: 'an unknown name', policy: { fnr: 1 } },
    { name: 'an unknown level', policy: { liveness: 'most' } },
    { name: 'a rate that is none', policy: { fmr: 0 } },
    { name: 'a rate without calibration', policy: { fmr: 1e-9 }, code: 'THRESHOLD_UNAVAILABLE' },
    { name: 'no attempts', policy: { attempts: 0 } },
    { name: 'half an attempt', policy: { attempts: 1.5 } },
    { name: 'no time', policy: { timeLimitMs: 0 } },
    { name: 'a time that is no number', policy: { stepLimitMs: Number.NaN } },
    { name: 'a longest lock-out that is shorter than the first', policy: { lockOutMs: 60_000, maxLockOutMs: 30_000 } },
    { name: 'an endless lock-out', policy: { maxLockOutMs: Number.POSITIVE_INFINITY } },
    { name: 'no steps', policy: { challengeSteps: 0 } },
    { name: 'no movements', policy: { challengeActions: [] } },
    { name: 'a single movement', policy: { challengeActions: ['nod'] } },
    { name: 'a movement twice', policy: { challengeActions: ['nod', 'nod'] } },
    { name: 'a movement that five landmarks do not show', policy: { challengeActions: ['nod', 'blink'] } },
    { name: 'an unknown way with injection', policy: { injection: 'ignore' } },
    { name: 'a target that is none', policy: { livenessTarget: { bpcer: 2 } } },
    { name: 'a target without calibration', policy: { livenessTarget: { apcer: 0.001 } }, code: 'THRESHOLD_UNAVAILABLE' },
    { name: 'a level without its models', policy: { liveness: 'passive' }, info: { liveness: five } },
    { name: 'both levels without the models of one', policy: { liveness: 'passive+active' }, info: { liveness: five } },
    { name: 'an engine that only detects', policy: {}, info: { contract: undefined } },
  ])('is refused with $name', ({ policy, info = {}, code = 'INVALID_OPTION' }) => {
    expect(() => openLab({ policy: policy as object, info })).toThrow(expect.objectContaining({ code }));
  });

  it('says which models are missing and how to get them', () => {
    expect(() => openLab({ policy: { liveness: 'passive' }, info: { liveness: five } })).toThrow(/passive liveness models.*install/s);
  });
});

it.each([
  { name: 'of another kind', vector: () => embed(ADA, 'f'.repeat(64)), code: 'CONTRACT_MISMATCH' },
  { name: 'that holds no numbers', vector: () => embed([Number.NaN]), code: 'INVALID_EMBEDDING' },
  { name: 'of another length', vector: () => ({ ...embed(ADA), vector: Float32Array.of(1, 0) }), code: 'SHAPE_MISMATCH' },
])('fails with an embedding $name, and never unlocks', async ({ vector, code }) => {
  const lab = await openEnrolledLab();
  const broken = film(30).map((result) => ({ ...result, faces: result.faces.map((face) => ({ ...face, embedding: vector() })) }));
  await expect(attempt(lab, broken)).rejects.toMatchObject({ code });
  expect(await attempt(lab)).toMatchObject({ unlocked: true });
});
