/** One attempt to unlock: frames in, events out, a decision at the end. */

import type { Embedding } from '../embed/embedding.ts';
import type { TrackOptions } from '../engine/face-engine.ts';
import { createInjectionMonitor } from '../liveness/injection/create-injection-monitor.ts';
import { type AdviceState, adviseFrame, isGoodFrame } from './advice.ts';
import { type ChallengeRun, startChallenge } from './challenge-run.ts';
import { addFrame, compareWithTemplates, computeMean, type Evidence, type SameFace } from './evidence.ts';
import type { Advice, UnlockEvent, UnlockOptions } from './face-unlock.ts';
import { type Flow, findStanding, type Standing } from './flow.ts';
import { toFrameEvent } from './frame-event.ts';
import { createVerdicts, refuseAtTheDoor, type Verdicts } from './verdicts.ts';
import { type WatchedFrame, watchFrames } from './watch-frames.ts';

type Ready = Extract<Standing, { readonly status: { readonly state: 'ready' } }>;

/** Embeddings that a decision rests on, at least: one may be an accident. */
const MIN_EMBEDDINGS = 2;
const RESCAN_MS = 200;
const PASSIVE_EMBED_MS = 250;
/** Each look straight between two movements waits for one. */
const ACTIVE_EMBED_MS = 300;

/** See `FaceUnlock.unlock`. */
export async function* runAttempt<FrameSource>(
  flow: Flow<FrameSource>,
  frames: FrameSource,
  options: UnlockOptions,
  controller: AbortController,
): AsyncGenerator<UnlockEvent, void, void> {
  const standing = await findStanding(flow);
  controller.signal.throwIfAborted();
  if (standing.stored === undefined) {
    yield { type: 'decision', decision: refuseAtTheDoor(flow, standing.status) };
    return;
  }
  const monitor = createInjectionMonitor(options.camera ?? {});
  const verdicts = createVerdicts(flow, standing, monitor);
  let decision: UnlockEvent;
  try {
    const watched = watchFrames(flow.engine, frames, trackOptions(flow), { controller, patience: flow.platform.patience });
    decision = yield* judgeFrames(flow, standing, watched, { verdicts, monitor, controller });
  } finally {
    verdicts.leave();
    await standing.lease.release();
  }
  controller.signal.throwIfAborted();
  // Camera and store are free again when it is said.
  yield decision;
}

interface Court {
  readonly verdicts: Verdicts;
  readonly monitor: ReturnType<typeof createInjectionMonitor>;
  readonly controller: AbortController;
}

async function* judgeFrames<FrameSource>(
  flow: Flow<FrameSource>,
  { stored, lease }: Ready,
  frames: AsyncIterable<WatchedFrame>,
  { verdicts, monitor, controller }: Court,
): AsyncGenerator<UnlockEvent, UnlockEvent, void> {
  const { settings } = flow;
  const { passive, active } = settings;
  const { metric } = lease.owner;
  const sameFace: SameFace = { metric, threshold: settings.sameFaceThreshold };
  const minScores = passive?.frames ?? 0;
  let advice: AdviceState | undefined;
  /** Why frames were no good, for the time limit. */
  let lastAdvice: Advice | undefined;
  let hasSeenFace = false;
  let evidence: Evidence | undefined;
  let challenge: ChallengeRun | undefined;
  /** However a challenge waits, it ends. */
  let challengeUntilMs = Number.POSITIVE_INFINITY;
  /** The newest embedding while a movement was last asked for. */
  let duringMovement: Embedding | undefined;
  /** Set when the challenge was passed: until when an embedding from after it is waited for. */
  let closingUntilMs: number | undefined;

  const similarityOf = ({ embeddings }: Evidence): number => compareWithTemplates(embeddings, stored.templates, metric);
  const decide = async (last: Evidence): Promise<UnlockEvent> => {
    const score = computeMean(last.scores);
    const facts = {
      similarity: similarityOf(last),
      ...(passive && { passive: { score, threshold: passive.threshold, frames: last.scores.length } }),
    };
    // Whether it is the right face is not said to who is not alive.
    if (passive !== undefined && !(score >= passive.threshold)) return verdicts.refuse('notLive');
    if (!(facts.similarity >= settings.threshold)) return verdicts.refuse('otherPerson');
    return verdicts.accept(facts);
  };

  for await (const frame of frames) {
    const { result, elapsedMs } = frame;
    verdicts.countFrame();
    monitor.observe({ timestampMs: result.timestampMs, fingerprint: result.fingerprint });
    const task = challenge?.isMoving() === true ? 'move' : 'lookStraight';
    advice = adviseFrame(result, task, advice, frame.stepMs);
    lastAdvice = advice.now ?? lastAdvice;
    hasSeenFace ||= result.faces.length > 0;
    yield toFrameEvent(frame, advice.shown);
    controller.signal.throwIfAborted();
    if (settings.refusesInjection && monitor.signals().length > 0) return verdicts.refuse('injectionSuspected');
    if (frame.isFrozen) return verdicts.refuse('frozenFrames');

    const step = addFrame(evidence, frame, isGoodFrame(result), sameFace);
    if (!verdicts.isCounted()) {
      evidence = step.evidence;
      const isEnough =
        evidence !== undefined &&
        evidence.embeddings.length >= MIN_EMBEDDINGS &&
        (active !== undefined || evidence.scores.length >= minScores);
      if (evidence === undefined || !isEnough) {
        if (elapsedMs > settings.timeLimitMs) return verdicts.refuse(explainTimeLimit(lastAdvice, hasSeenFace));
        continue;
      }
      const plan = active && startChallenge(active, stored.record.lastChallenge, settings.sameFaceThreshold, flow.platform.random);
      const failed = await verdicts.count(plan?.actions);
      if (failed !== undefined) return failed;
      controller.signal.throwIfAborted();
      if (plan === undefined) return decide(evidence);
      // Whoever is clearly somebody else need not move; the decision itself comes at the end.
      if (!(similarityOf(evidence) >= settings.sameFaceThreshold)) return verdicts.refuse('otherPerson');
      challenge = plan;
      challengeUntilMs = elapsedMs + (active?.steps ?? 1) * ((active?.stepLimitMs ?? 0) + settings.timeLimitMs);
    } else if (step.evidence !== undefined && step.broken === undefined) {
      evidence = step.evidence;
    } else if (step.broken === 'identityChanged' || step.broken === 'discontinuity') {
      return verdicts.refuse('challengeFailed', { challenge: step.broken });
    }
    if (challenge === undefined || evidence === undefined) continue;

    if (closingUntilMs === undefined) {
      if (challenge.isMoving()) duringMovement = evidence.embeddings.at(-1);
      const outcome = challenge.advance(frame, step.similarity);
      if (outcome.event !== undefined) yield outcome.event;
      if (outcome.failure !== undefined) return verdicts.refuseChallenge(outcome.failure);
      if (outcome.isPassed) closingUntilMs = elapsedMs + settings.timeLimitMs;
      else if (elapsedMs > challengeUntilMs) return verdicts.refuseChallenge({ reason: 'stepTimeout' });
      else continue;
    }
    if (step.broken === 'severalFaces') return verdicts.refuseChallenge({ reason: 'severalFaces' });
    if (step.broken === 'faceLost') return verdicts.refuseChallenge({ reason: 'faceLost' });
    // The last word has an embedding from after the last movement: it binds the face that moved to the one that is decided about.
    if (evidence.embeddings.at(-1) !== duringMovement && evidence.scores.length >= minScores) return decide(evidence);
    if (elapsedMs > closingUntilMs) return verdicts.refuse('lowQuality');
  }
  controller.signal.throwIfAborted();
  return verdicts.refuse('cameraLost');
}

function trackOptions<FrameSource>({ settings: { active, passive } }: Flow<FrameSource>): TrackOptions {
  return {
    maxFaces: 3,
    smoothing: false,
    rescanMs: RESCAN_MS,
    embedEveryMs: active === undefined ? PASSIVE_EMBED_MS : ACTIVE_EMBED_MS,
    embeddings: true,
    fingerprints: true,
    liveness: passive !== undefined,
    mesh: active?.usesMesh ?? false,
  };
}

function explainTimeLimit(last: Advice | undefined, hasSeenFace: boolean): 'noFace' | 'severalFaces' | 'lowQuality' {
  if (!hasSeenFace || last === 'noFace') return 'noFace';
  return last === 'onlyOneFace' ? 'severalFaces' : 'lowQuality';
}
