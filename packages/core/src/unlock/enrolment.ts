/** An enrolment: three poses of one face, alive where the engine can tell, and nothing kept before all of it was seen. */

import type { Embedding } from '../embed/embedding.ts';
import type { TrackOptions } from '../engine/face-engine.ts';
import { drawRandomBytes } from '../gallery/protection/web-crypto.ts';
import { createInjectionMonitor } from '../liveness/injection/create-injection-monitor.ts';
import { compareEmbeddings } from '../match/compare-embeddings.ts';
import { computeUsability } from '../track/embedding-usability.ts';
import { type AdviceState, adviseFrame } from './advice.ts';
import { addFrame, computeMean, type Evidence, type SameFace } from './evidence.ts';
import type { EnrolPose, EnrolUnlockEvent, EnrolUnlockOptions } from './face-unlock.ts';
import { explainStoreError, type Flow, openKept } from './flow.ts';
import { toFrameEvent } from './frame-event.ts';
import { createLockOutState } from './lock-out.ts';
import { findMetric } from './owner.ts';
import { ENROL_MESSAGES, type EnrolRefusal } from './refusal-messages.ts';
import type { UnlockRecord } from './unlock-record.ts';
import type { Unusable } from './unusable.ts';
import { watchFrames } from './watch-frames.ts';

const POSES: readonly EnrolPose[] = ['straight', 'left', 'right'];
/** Good frames with an embedding that each pose is chosen from. */
const CANDIDATES = 3;
const RESCAN_MS = 200;
const EMBED_MS = 200;
/** Starting over again and again ends too, after so many limits of a single pose. */
const MOST_LIMITS = 6;

interface Candidate {
  readonly embedding: Embedding;
  readonly usability: number;
}

/** What was seen of the poses. */
type Sitting = { readonly templates: readonly Embedding[] } | { readonly refused: EnrolRefusal };

/** What a sitting is watched with. */
interface Watch {
  readonly controller: AbortController;
  readonly monitor: ReturnType<typeof createInjectionMonitor>;
  readonly metric: SameFace['metric'];
}

/** See `FaceUnlock.enrol`. */
export async function* runEnrolment<FrameSource>(
  flow: Flow<FrameSource>,
  frames: FrameSource,
  options: EnrolUnlockOptions,
  controller: AbortController,
): AsyncGenerator<EnrolUnlockEvent, void, void> {
  const { audit, settings } = flow;
  const consent = { version: options.consent.version, givenAtMs: options.consent.givenAtMs };
  const refuse = (why: EnrolRefusal | Unusable): EnrolUnlockEvent => {
    const { reason, message } = typeof why === 'string' ? { reason: why, message: ENROL_MESSAGES[why] } : why;
    audit({ type: 'enrolmentRefused', reason, level: settings.level, consentVersion: consent.version });
    return { type: 'refused', reason, message };
  };
  const kept = await openKept(flow);
  let { lease } = kept;
  let last: EnrolUnlockEvent;
  try {
    controller.signal.throwIfAborted();
    if (kept.unusable !== undefined) {
      last = refuse(kept.unusable);
    } else {
      const monitor = createInjectionMonitor(options.camera ?? {});
      const metric = lease?.owner.metric ?? (await findMetric(flow.engine));
      const sitting = yield* seePoses(flow, frames, { controller, monitor, metric });
      controller.signal.throwIfAborted();
      if ('refused' in sitting) {
        last = refuse(sitting.refused);
      } else {
        try {
          // Nothing is created before there is something to keep.
          lease ??= await flow.desk.acquire();
          const record = createRecord(flow, consent, sitting.templates.length);
          await lease.owner.enrol(record, sitting.templates);
          flow.guard.forget();
          const risk = [...monitor.signals()];
          audit({
            type: 'enrolled',
            level: settings.level,
            consentVersion: consent.version,
            risk: [...new Set(risk.map(({ kind }) => kind))],
          });
          last = { type: 'enrolled', templates: sitting.templates.length, risk };
        } catch (error) {
          last = refuse(explainStoreError(error));
        }
      }
    }
  } finally {
    await lease?.release();
  }
  // Camera and store are free again when it is said.
  yield last;
}

function createRecord<FrameSource>({ platform }: Flow<FrameSource>, consent: UnlockRecord['consent'], templates: number): UnlockRecord {
  const enrolledAtMs = platform.wallClock();
  const enrolment = [...drawRandomBytes(16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { enrolment, templates, enrolledAtMs, consent, lockOut: createLockOutState(enrolledAtMs), lastChallenge: [] };
}

async function* seePoses<FrameSource>(
  flow: Flow<FrameSource>,
  frames: FrameSource,
  { controller, monitor, metric }: Watch,
): AsyncGenerator<EnrolUnlockEvent, Sitting, void> {
  const { settings, engine } = flow;
  const { passive } = settings;
  const sameFace: SameFace = { metric, threshold: settings.sameFaceThreshold };
  const options: TrackOptions = {
    maxFaces: 3,
    smoothing: false,
    rescanMs: RESCAN_MS,
    embedEveryMs: EMBED_MS,
    embeddings: true,
    fingerprints: true,
    liveness: passive !== undefined,
  };
  let advice: AdviceState | undefined;
  let evidence: Evidence | undefined;
  let templates: Embedding[] = [];
  let candidates: Candidate[] = [];
  let poseSinceMs = 0;
  const poseEvent = (): EnrolUnlockEvent => ({
    type: 'pose',
    pose: POSES[templates.length] ?? 'straight',
    done: templates.length,
    total: POSES.length,
  });
  yield poseEvent();
  for await (const frame of watchFrames(engine, frames, options, { controller, patience: flow.platform.patience })) {
    const { result, elapsedMs, stepMs } = frame;
    const pose = POSES[templates.length] ?? 'straight';
    monitor.observe({ timestampMs: result.timestampMs, fingerprint: result.fingerprint });
    advice = adviseFrame(result, pose, advice, stepMs);
    yield toFrameEvent(frame, advice.shown);
    controller.signal.throwIfAborted();
    if (settings.refusesInjection && monitor.signals().length > 0) return { refused: 'injectionSuspected' };
    if (frame.isFrozen) return { refused: 'frozenFrames' };
    if (elapsedMs - poseSinceMs > settings.timeLimitMs || elapsedMs > MOST_LIMITS * settings.timeLimitMs) return { refused: 'timeLimit' };

    const before = evidence?.embeddings.at(-1);
    const step = addFrame(evidence, frame, advice.now === undefined, sameFace);
    evidence = step.evidence;
    if (step.broken !== undefined) {
      // Another face in the same place.
      if (step.similarity !== undefined) return { refused: 'otherPerson' };
      if (templates.length > 0) {
        [templates, poseSinceMs] = [[], elapsedMs];
        yield poseEvent();
      }
      candidates = [];
      continue;
    }
    const newest = evidence?.embeddings.at(-1);
    if (evidence === undefined || newest === undefined || newest === before || frame.face === undefined) continue;
    candidates.push({ embedding: newest, usability: computeUsability(frame.face.quality) });
    if (candidates.length < CANDIDATES) continue;
    if (templates.length === 0 && passive !== undefined) {
      // Passive models know faces that look into the camera.
      if (evidence.scores.length < passive.frames) continue;
      if (!(computeMean(evidence.scores) >= passive.threshold)) return { refused: 'notLive' };
    }
    const best = candidates.reduce((a, b) => (b.usability > a.usability ? b : a)).embedding;
    const alike = templates.every((template) => compareEmbeddings(best, template, sameFace.metric).similarity >= sameFace.threshold);
    if (!alike) return { refused: 'otherPerson' };
    templates = [...templates, best];
    [candidates, poseSinceMs] = [[], elapsedMs];
    if (templates.length === POSES.length) return { templates };
    yield poseEvent();
  }
  return { refused: 'cameraLost' };
}
