/** An engine whose camera is a script: the gallery, its keys and its store are the real ones. */

import { createFaceEngine, type Embedding, type EngineInfo, type TrackOptions, type TrackResult } from '@isoface/core';
import {
  type AuditEvent,
  createFaceUnlock,
  createMemoryUnlockStore,
  type EnrolUnlockEvent,
  type FaceUnlock,
  type UnlockDecision,
  type UnlockEngine,
  type UnlockEvent,
  type UnlockPolicy,
  type UnlockStatus,
  type UnlockStore,
} from '@isoface/core/unlock';
import { createFakeParts } from '@isoface/testkit';

/** One moment of the script: a frame, or a camera that gives nothing from then on. */
export type Scene = TrackResult | 'stall';
export type Script = Iterable<Scene>;

export const CONSENT = { version: 'text 3', givenAtMs: 1_700_000_000_000 };
/** Milliseconds between two frames. */
export const STEP_MS = 50;
export const START_MS = 1_800_000_000_000;

/** How a frame differs from a good one of Ada. */
export interface Shot {
  readonly person?: readonly number[];
  readonly id?: number;
  readonly yaw?: number;
  readonly live?: number;
  readonly width?: number;
  readonly height?: number;
  readonly brightness?: number;
  readonly sharpness?: number;
  readonly size?: number;
  /** Absent: a number of its own for each frame. */
  readonly fingerprint?: number | undefined;
  readonly faces?: number;
  readonly missedFrames?: number;
  readonly embeds?: boolean;
}

export const ADA = [1, 0.1, 0, 0.05];
export const BOB = [0, 1, 0.1, 0];

const parts = createFakeParts();
const engine = await createFaceEngine(parts);
const INFO: EngineInfo = {
  ...engine.info,
  liveness: {
    passive: ['texture'],
    landmarks: 'five',
    thresholds: [
      { kind: 'bpcer', rate: 0.05, threshold: 0.6, ci95: [0.04, 0.06], frames: 4, dataset: 'none', presentations: 100 },
      { kind: 'apcer', rate: 0.1, threshold: 0.7, ci95: [0.08, 0.12], frames: 4, dataset: 'none', presentations: 100 },
    ],
  },
};

export function embed(values: readonly number[], contract = engine.info.contract as string): Embedding {
  const vector = Float32Array.from({ length: 12 }, (_, i) => values[i] ?? 0);
  const length = Math.hypot(...vector);
  return { vector: vector.map((value) => value / length), contract, provenance: { flipAveraging: false } };
}

let drawn = 0;

/** One frame; every fourth has a new embedding. */
export function shoot(index: number, shot: Shot = {}): TrackResult {
  const { person = ADA, id = 1, yaw = 0, live = 0.9, width = 640, height = 480, brightness = 0.5, sharpness = 100, size = 200 } = shot;
  const { faces = 1, missedFrames = 0, embeds = index % 4 === 0 } = shot;
  const box = { x: width / 2 - size / 2, y: height / 2 - size / 2, width: size, height: size };
  const quality = { sizePixels: size, sharpness, brightness, contrast: 0.2, pose: { yawDegrees: yaw, pitchDegrees: 0, rollDegrees: 0 } };
  const at = (x: number, y: number) => ({ x: box.x + x * size, y: box.y + y * size });
  return {
    faces: Array.from({ length: faces }, (_, i) => ({
      id: id + 100 * i,
      box,
      score: 0.9,
      landmarks: [at(0.3, 0.35), at(0.7, 0.35), at(0.5, 0.6), at(0.35, 0.8), at(0.65, 0.8)],
      quality,
      // A little different each time, as photos are.
      embedding: embed(person.map((value, j) => value + 0.02 * Math.sin(index + j))),
      isEmbeddingNew: embeds,
      liveness: { score: live, models: { texture: live } },
      ageFrames: index,
      missedFrames,
    })),
    ended: [],
    width,
    height,
    frame: index,
    timestampMs: 1_000 + index * STEP_MS + (index % 3),
    droppedFrames: 0,
    detection: { ran: true },
    fingerprint: 'fingerprint' in shot ? shot.fingerprint : ++drawn,
    postponed: [],
    timings: { decodeMs: 0, preprocessMs: 0, detectMs: 0, alignMs: 0, embedMs: 0, livenessMs: 0, matchMs: 0 },
  };
}

/** Frames from `first` on. */
export function film(count: number, shot: Shot | ((index: number) => Shot) = {}, first = 0): TrackResult[] {
  return Array.from({ length: count }, (_, i) => shoot(first + i, typeof shot === 'function' ? shot(first + i) : shot));
}

/** An enrolment of somebody. */
export function sitting(person: readonly number[] = ADA): TrackResult[] {
  return film(60, (i) => ({ person, yaw: i < 20 ? 0 : i < 40 ? 25 : -25 }));
}

/** Everything a test looks at. */
export interface Lab {
  readonly unlock: FaceUnlock<Script>;
  readonly store: UnlockStore;
  readonly audit: AuditEvent[];
  /** Tracks that were closed. */
  readonly closed: { count: number };
  readonly asked: TrackOptions[];
  /** The wall clock, and the monotonic one; both move only when told. */
  readonly clock: { wallMs: number; monotonicMs: number };
  /** Another face unlock over the same store: a page that was loaded again. */
  reload(policy?: UnlockPolicy): Lab;
}

export interface LabOptions {
  readonly policy?: UnlockPolicy | undefined;
  readonly store?: UnlockStore | undefined;
  readonly info?: Partial<EngineInfo> | undefined;
  readonly openGallery?: UnlockEngine<Script>['openGallery'] | undefined;
  readonly clock?: Lab['clock'] | undefined;
  readonly onAudit?: ((event: AuditEvent) => void) | undefined;
  readonly patience?: { readonly firstFrameMs: number; readonly nextFrameMs: number } | undefined;
}

export function openLab(options: LabOptions = {}): Lab {
  const {
    policy = { liveness: 'passive' },
    store = createMemoryUnlockStore(),
    info,
    patience = { firstFrameMs: 2_000, nextFrameMs: 2_000 },
  } = options;
  const clock = options.clock ?? { wallMs: START_MS, monotonicMs: 0 };
  const audit: AuditEvent[] = [];
  const asked: TrackOptions[] = [];
  const closed = { count: 0 };
  const scripted: UnlockEngine<Script> = {
    info: { ...INFO, ...info },
    openGallery: options.openGallery ?? engine.openGallery,
    async *track(script, trackOptions = {}) {
      asked.push(trackOptions);
      const { signal } = trackOptions;
      try {
        for (const scene of script) {
          signal?.throwIfAborted();
          if (scene === 'stall') await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
          else yield scene;
        }
      } finally {
        closed.count++;
      }
    },
  };
  let seed = 0;
  const unlock = createFaceUnlock<Script>(
    { engine: scripted, store, policy, onAudit: options.onAudit ?? ((event) => audit.push(event)) },
    {
      wallClock: () => clock.wallMs,
      now: () => clock.monotonicMs,
      random: () => {
        seed = (seed + 0.618) % 1;
        return seed;
      },
      patience,
    },
  );
  return {
    unlock,
    store,
    audit,
    closed,
    asked,
    clock,
    reload: (next = policy) => openLab({ ...options, policy: next, store, clock: Object.assign(clock, { monotonicMs: 0 }) }),
  };
}

export async function enrol({ unlock }: Lab, script: Script = sitting()): Promise<EnrolUnlockEvent> {
  let last: EnrolUnlockEvent | undefined;
  for await (const event of unlock.enrol(script, { consent: CONSENT })) last = event;
  if (last === undefined) throw new Error('Expected an event.');
  return last;
}

export async function attempt({ unlock }: Pick<Lab, 'unlock'>, script: Script = film(30)): Promise<UnlockDecision> {
  const events = await collect(unlock.unlock(script));
  const last = events.at(-1);
  if (last?.type !== 'decision') throw new Error('Expected a decision at the end.');
  return last.decision;
}

export async function collect(events: AsyncIterable<UnlockEvent>): Promise<UnlockEvent[]> {
  const all: UnlockEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** A lab in which Ada is enrolled. */
export async function openEnrolledLab(options: LabOptions = {}): Promise<Lab> {
  const lab = openLab(options);
  const event = await enrol(lab);
  if (event.type !== 'enrolled') throw new Error(`Expected an enrolment, got ${JSON.stringify(event)}.`);
  return lab;
}

export async function attemptsLeft({ unlock }: Lab): Promise<number> {
  const status: UnlockStatus = await unlock.status();
  return status.state === 'ready' ? status.attemptsLeft : 0;
}
