/** Enrolment, consent, what is kept, what is remembered, and what is deleted. */

import type { GalleryChange, GalleryStore } from '@isoface/core/gallery';
import { type AuditEvent, type Consent, createMemoryUnlockStore, type EnrolUnlockEvent, type UnlockStore } from '@isoface/core/unlock';
import { describe, expect, it } from 'vitest';
import {
  ADA,
  attempt,
  attemptsLeft,
  BOB,
  CONSENT,
  enrol,
  film,
  type LabOptions,
  openEnrolledLab,
  openLab,
  type Script,
  sitting,
} from './unlock-lab.ts';

async function watch(script: Script, options: LabOptions = {}): Promise<EnrolUnlockEvent[]> {
  const events: EnrolUnlockEvent[] = [];
  for await (const event of openLab(options).unlock.enrol(script, { consent: CONSENT })) events.push(event);
  return events;
}

const posesOf = (events: readonly EnrolUnlockEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'pose' ? [`${event.pose} ${event.done}/${event.total}`] : []));

describe('an enrolment', () => {
  it('asks for three poses and ends with what was taken', async () => {
    const events = await watch(sitting());
    expect(posesOf(events)).toEqual(['straight 0/3', 'left 1/3', 'right 2/3']);
    expect(events.at(-1)).toEqual({ type: 'enrolled', templates: 3, risk: [] });
    expect(events.some((event) => event.type === 'frame' && event.advice === 'turnALittleLeft')).toBe(true);
  });

  it('takes the templates from the poses, and unlocks for this person alone', async () => {
    const lab = await openEnrolledLab();
    expect(await attempt(lab)).toMatchObject({ unlocked: true });
    expect(await attempt(lab, film(30, { person: BOB }))).toMatchObject({ unlocked: false, reason: 'otherPerson' });
    expect(await lab.unlock.consent()).toEqual(CONSENT);
  });

  const pose = (i: number): number => (i < 20 ? 0 : i < 40 ? 25 : -25);
  it.each([
    { name: 'nobody', script: film(400, { faces: 0 }), reason: 'timeLimit' },
    { name: 'a pose that never comes', script: film(500), reason: 'timeLimit' },
    { name: 'a picture', script: film(60, (i) => ({ live: 0.2, yaw: pose(i) })), reason: 'notLive' },
    {
      name: 'another face in the same place',
      script: film(60, (i) => ({ yaw: pose(i), person: i < 30 ? ADA : BOB })),
      reason: 'otherPerson',
    },
    { name: 'a camera that ends', script: film(25, (i) => ({ yaw: pose(i) })), reason: 'cameraLost' },
    { name: 'a camera that stalls', script: [...film(25, (i) => ({ yaw: pose(i) })), 'stall' as const], reason: 'cameraLost' },
    { name: 'a frozen picture', script: film(60, { fingerprint: 1 }), reason: 'frozenFrames' },
  ])('refuses $name and keeps nothing', async ({ script, reason }) => {
    const lab = openLab({ patience: { firstFrameMs: 60, nextFrameMs: 60 } });
    expect(await enrol(lab, script)).toMatchObject({ type: 'refused', reason, message: expect.stringMatching(/\.$/) });
    expect(await lab.store.exists()).toBe(false);
    expect(await lab.unlock.status()).toEqual({ state: 'notEnrolled' });
    expect(lab.audit).toMatchObject([{ type: 'enrolmentRefused', reason, consentVersion: CONSENT.version }]);
    expect(lab.closed.count).toBe(1);
  });

  it.each([
    { name: 'somebody else in another track', shot: { id: 2, person: BOB } },
    { name: 'a second face', shot: { faces: 2 } },
    { name: 'a turned camera', shot: { width: 480, height: 640 } },
  ])('starts over after $name', async ({ shot }) => {
    const events = await watch([...film(25, (i) => ({ yaw: pose(i) })), ...film(3, shot, 25), ...sitting()]);
    expect(posesOf(events)).toEqual(['straight 0/3', 'left 1/3', 'straight 0/3', 'left 1/3', 'right 2/3']);
    expect(events.at(-1)).toMatchObject({ type: 'enrolled' });
  });

  it('refuses signs of injection where the policy says so', async () => {
    const lab = openLab({ policy: { liveness: 'passive', injection: 'refuse' } });
    const events: EnrolUnlockEvent[] = [];
    for await (const event of lab.unlock.enrol(sitting(), { consent: CONSENT, camera: { label: 'ManyCam Virtual Webcam' } }))
      events.push(event);
    expect(events.at(-1)).toMatchObject({ type: 'refused', reason: 'injectionSuspected' });
  });

  it.each([
    undefined,
    {},
    { version: '', givenAtMs: 1 },
    { version: 'x'.repeat(201), givenAtMs: 1 },
    { version: 3, givenAtMs: 1 },
    { version: 'a' },
    { version: 'a', givenAtMs: Number.NaN },
    { version: 'a', givenAtMs: '1' },
  ])('is not begun without consent: %j', (consent) => {
    expect(() => openLab().unlock.enrol([], { consent: consent as Consent })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  it('replaces who was there, with their consent and their failures, at its end only', async () => {
    const lab = await openEnrolledLab();
    await attempt(lab, film(30, { person: BOB }));
    const events = lab.unlock.enrol(sitting(BOB), { consent: { version: 'text 4', givenAtMs: 5 } });
    await events.next();
    await events.next();
    await events.return?.();
    expect(await enrol(lab, film(3))).toMatchObject({ type: 'refused' });
    expect(await attemptsLeft(lab)).toBe(4);
    expect(await attempt(lab)).toMatchObject({ unlocked: true });
    for await (const event of lab.unlock.enrol(sitting(BOB), { consent: { version: 'text 4', givenAtMs: 5 } })) void event;
    expect(await lab.unlock.consent()).toEqual({ version: 'text 4', givenAtMs: 5 });
    expect(await attemptsLeft(lab)).toBe(5);
    expect(await attempt(lab)).toMatchObject({ unlocked: false, reason: 'otherPerson' });
    expect(await attempt(lab, film(30, { person: BOB }))).toMatchObject({ unlocked: true });
  });
});

/** A memory store whose bytes a test can read and change. */
interface OpenStore {
  readonly store: UnlockStore;
  /** Changes the stored owner, past the gallery. */
  tamper(change: (owner: Owner) => Owner): Promise<void>;
  loseKeys(): void;
  damageHead: (isDamaged: boolean) => void;
}
type Owner = Extract<GalleryChange, { readonly type: 'put' }>['identity'];

function createOpenStore(): OpenStore {
  const inner = createMemoryUnlockStore();
  let keyByte: number | undefined;
  let isHeadDamaged = false;
  const raw = async (work: (store: GalleryStore) => Promise<void>): Promise<void> => {
    const { store } = await inner.open();
    await work(store);
    await store.close();
  };
  return {
    loseKeys() {
      keyByte = 9;
    },
    damageHead(isDamaged) {
      isHeadDamaged = isDamaged;
    },
    tamper: (change) =>
      raw(async (store) => {
        const identity = await store.get('owner');
        if (identity === undefined) throw new Error('Expected an owner.');
        await store.write([{ type: 'put', identity: change(identity) }]);
      }),
    store: {
      ...inner,
      async open() {
        const opened = await inner.open();
        const { store, keys } = opened;
        const readHeader: GalleryStore['readHeader'] = async () => {
          const header = await store.readHeader();
          return isHeadDamaged && header !== undefined ? { ...header, formatVersion: 1, encryption: undefined } : header;
        };
        const lost = { encryption: new Uint8Array(32).fill(keyByte ?? 0) };
        return { store: { ...store, readHeader }, keys: keyByte === undefined ? keys : lost };
      },
    },
  };
}

const flip = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));

describe('what is kept', () => {
  it('cannot be read without the keys', async () => {
    const { store, tamper } = createOpenStore();
    await openEnrolledLab({ store });
    await tamper((owner) => {
      const text = [owner.details, ...owner.templates.map(({ details }) => details)].map((bytes) => String.fromCharCode(...bytes)).join('');
      expect(text).not.toMatch(/text 3|failures|consent|createdAtMs/);
      return owner;
    });
  });

  it('is refused when any byte of it is another one', async () => {
    const opened = createOpenStore();
    const lab = await openEnrolledLab({ store: opened.store });
    let original: Owner | undefined;
    await opened.tamper((owner) => {
      original = owner;
      return owner;
    });
    if (original === undefined) throw new Error('Expected an owner.');
    const kept = original;
    const places: ((at: number) => Owner)[] = [
      (at) => ({ ...kept, details: flip(kept.details, at % kept.details.length) }),
      ...kept.templates.flatMap((_, which) => [
        (at: number): Owner => changeTemplate(kept, which, 'vector', at),
        (at: number): Owner => changeTemplate(kept, which, 'details', at),
      ]),
    ];
    for (const [i, place] of places.entries()) {
      for (const at of [0, 1 + i, 14 + 3 * i, 1_000_003]) {
        await opened.tamper(() => place(at));
        expect(await lab.unlock.status(), `part ${i}, byte ${at}`).toMatchObject({ state: 'unusable', reason: 'damaged' });
        expect(await attempt(lab), `part ${i}, byte ${at}`).toMatchObject({
          unlocked: false,
          reason: 'damaged',
          counted: false,
          attemptsLeft: 0,
        });
      }
    }
    await opened.tamper(() => kept);
    expect(await attempt(lab)).toMatchObject({ unlocked: true });
  });

  it.each([
    { name: 'a template is missing', change: (owner: Owner): Owner => ({ ...owner, templates: owner.templates.slice(1) }) },
    {
      name: 'a template is there twice',
      change: (owner: Owner): Owner => ({
        ...owner,
        templates: owner.templates.map((template) => ({ ...template, vector: owner.templates[0]?.vector ?? template.vector })),
      }),
    },
  ])('is refused when $name', async ({ change }) => {
    const opened = createOpenStore();
    const lab = await openEnrolledLab({ store: opened.store });
    await opened.tamper(change);
    expect(await attempt(lab)).toMatchObject({ unlocked: false, reason: 'damaged' });
  });

  it('is refused with a template of an earlier enrolment', async () => {
    const opened = createOpenStore();
    const lab = await openEnrolledLab({ store: opened.store });
    let old: Owner['templates'] = [];
    await opened.tamper((owner) => {
      old = owner.templates;
      return owner;
    });
    await enrol(lab, sitting(BOB));
    await opened.tamper((owner) => ({ ...owner, templates: [...old.slice(0, 1), ...owner.templates.slice(1)] }));
    expect(await attempt(lab)).toMatchObject({ unlocked: false, reason: 'damaged' });
  });

  it.each([
    { name: 'the keys are gone', reason: 'keyMissing', breakIt: (opened: OpenStore) => opened.loseKeys() },
    { name: 'the head says that nothing is encrypted', reason: 'keyMissing', breakIt: (opened: OpenStore) => opened.damageHead(true) },
  ])('is refused, for attempts and enrolments, when $name', async ({ reason, breakIt }) => {
    const opened = createOpenStore();
    const lab = await openEnrolledLab({ store: opened.store });
    breakIt(opened);
    expect(await lab.unlock.status()).toMatchObject({ state: 'unusable', reason });
    expect(await lab.unlock.status()).toMatchObject({ state: 'unusable', reason });
    expect(lab.audit.filter(({ type }) => type === 'unusable')).toHaveLength(1);
    expect(await attempt(lab)).toMatchObject({ unlocked: false, reason, counted: false });
    expect(await enrol(lab)).toMatchObject({ type: 'refused', reason });
    await expect(lab.unlock.consent()).rejects.toMatchObject({ code: 'GALLERY_DAMAGED', details: { reason } });
    await lab.unlock.deleteData();
    expect(await lab.store.exists()).toBe(false);
  });

  it('is refused when it was made with another model', async () => {
    const { store } = await openEnrolledLab();
    const { createFaceEngine } = await import('@isoface/core');
    const { createFakeParts, fakePack } = await import('@isoface/testkit');
    const pack = { ...fakePack, id: 'other', embedder: fakePack.embedder && { ...fakePack.embedder, normalization: 'none' as const } };
    const other = await createFaceEngine(createFakeParts({ pack }));
    const lab = openLab({ store, openGallery: other.openGallery });
    expect(await lab.unlock.status()).toMatchObject({ state: 'unusable', reason: 'modelChanged' });
    expect(await attempt(lab)).toMatchObject({ unlocked: false, reason: 'modelChanged', counted: false });
  });

  it.each([
    { error: Object.assign(new Error('quota'), { name: 'FaceError', code: 'STORAGE_FULL' }), reason: 'storageFailed' },
    { error: Object.assign(new Error('no database'), { name: 'FaceError', code: 'BACKEND_UNAVAILABLE' }), reason: 'unsupported' },
    { error: new TypeError('not a function'), reason: 'storageFailed' },
  ])('is $reason when the store fails with $error', async ({ error, reason }) => {
    const inner = createMemoryUnlockStore();
    const store: UnlockStore = { ...inner, open: () => Promise.reject(error) };
    const lab = openLab({ store });
    expect(await enrol(lab)).toMatchObject({ type: 'refused', reason });
    expect(await attempt(openLab({ store: { ...store, exists: async () => true } }))).toMatchObject({ unlocked: false, reason });
    expect(await attempt(openLab({ store: { ...store, exists: () => Promise.reject(error) } }))).toMatchObject({ unlocked: false, reason });
  });
});

function changeTemplate(owner: Owner, which: number, part: 'vector' | 'details', at: number): Owner {
  const templates = owner.templates.map((template, i) =>
    i === which ? { ...template, [part]: flip(template[part], at % template[part].length) } : template,
  );
  return { ...owner, templates };
}

describe('deletion', () => {
  it('leaves nothing', async () => {
    const lab = await openEnrolledLab();
    await lab.unlock.deleteData();
    expect(await lab.store.exists()).toBe(false);
    expect(await lab.unlock.consent()).toBeUndefined();
    expect(await attempt(lab)).toMatchObject({ unlocked: false, reason: 'notEnrolled', counted: false });
    expect(await enrol(lab)).toMatchObject({ type: 'enrolled' });
  });

  it('ends a lock-out: there is nothing left to protect', async () => {
    const lab = await openEnrolledLab({ policy: { liveness: 'passive', attempts: 1 } });
    await attempt(lab, film(30, { person: BOB }));
    await lab.unlock.deleteData();
    await enrol(lab);
    expect(await attempt(lab)).toMatchObject({ unlocked: true });
  });

  it.each([
    { name: 'an attempt', begin: (lab: ReturnType<typeof openLab>) => lab.unlock.unlock(film(30)) },
    { name: 'an enrolment', begin: (lab: ReturnType<typeof openLab>) => lab.unlock.enrol(sitting(BOB), { consent: CONSENT }) },
  ])('ends $name that is under way, which unlocks and keeps nothing any more', async ({ begin }) => {
    const lab = await openEnrolledLab();
    const events = begin(lab);
    await events.next();
    await lab.unlock.deleteData();
    await expect(
      (async () => {
        for await (const event of events) void event;
      })(),
    ).rejects.toMatchObject({ code: 'DISPOSED' });
    expect(await lab.store.exists()).toBe(false);
    expect(await enrol(lab)).toMatchObject({ type: 'enrolled' });
  });
});

describe('what is remembered', () => {
  it('tells what happened and nothing of the face', async () => {
    const lab = await openEnrolledLab({ policy: { liveness: 'passive', attempts: 1 } });
    await attempt(lab);
    await attempt(lab, film(30, { person: BOB }));
    await attempt(lab);
    await lab.unlock.deleteData();
    expect(lab.audit.map(({ type, reason }) => [type, reason])).toEqual([
      ['enrolled', undefined],
      ['unlocked', undefined],
      ['refused', 'otherPerson'],
      ['lockedOut', undefined],
      ['refused', 'lockedOut'],
      ['deleted', undefined],
    ]);
    const known: readonly (keyof AuditEvent)[] = ['type', 'atMs', 'reason', 'level', 'attemptsLeft', 'risk', 'consentVersion'];
    for (const event of lab.audit) {
      for (const [name, value] of Object.entries(event)) {
        expect(known).toContain(name);
        if (Array.isArray(value)) expect(value.every((entry) => typeof entry === 'string')).toBe(true);
        else expect(['string', 'number', 'undefined']).toContain(typeof value);
      }
    }
    expect(JSON.stringify(lab.audit)).not.toMatch(/similarity|score|embedding|box|landmark|\d\.\d/);
  });

  it('does not depend on a listener that works', async () => {
    const failing = openLab({
      onAudit() {
        throw new Error('The log is full.');
      },
    });
    expect(await enrol(failing)).toMatchObject({ type: 'enrolled' });
    expect(await attempt(failing)).toMatchObject({ unlocked: true });
  });
});
