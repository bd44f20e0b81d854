/** The state machine of challenges, on a head that is filmed with noise. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advanceChallenge, type ChallengeState, createChallenge } from '../../../src/liveness/active/advance-challenge.ts';
import type { ChallengeAction, ChallengeObservation, ChallengeOutcome } from '../../../src/liveness/active/challenge.ts';
import { drawChallenge } from '../../../src/liveness/active/draw-challenge.ts';
import { createRandom, type HeadPose, observe, poseOf, REST, shareAt } from './actor.ts';

const ACTIONS: readonly ChallengeAction[] = ['turnLeft', 'turnRight', 'nod', 'blink', 'smile', 'moveCloser'];
const STEP_LIMIT_MS = 3_000;
const SIMILARITY = 0.5;

/** What somebody does when asked for a movement. */
interface Reply {
  readonly action: ChallengeAction | 'nothing';
  readonly afterMs: number;
}

/** What is wrong with the frames, from a moment after the prompt of a step. */
interface Trouble {
  readonly kind: 'otherTrack' | 'otherFace' | 'lost' | 'several' | 'frozen' | 'looped' | 'jump' | 'garbage';
  readonly step: number;
  readonly atMs: number;
}

interface Scene {
  readonly actions: readonly ChallengeAction[];
  readonly replies: readonly Reply[];
  readonly trouble?: Trouble | undefined;
  readonly seed?: number;
  readonly fps?: number;
  readonly noise?: number;
  readonly flatAt?: number;
  /** Share of frames that are dropped. */
  readonly drops?: number;
}

const right = (action: ChallengeAction): Reply => ({ action, afterMs: 350 });

/** Plays a scene to its end. */
function play({
  actions,
  replies,
  trouble,
  seed = 1,
  fps = 30,
  noise = 1,
  flatAt,
  drops = 0,
}: Scene): ChallengeOutcome & { readonly prompts: string[] } {
  const random = createRandom(seed);
  const film = { random, noise, ...(flatAt !== undefined && { flatAt }) };
  let state: ChallengeState = createChallenge(actions, { stepLimitMs: STEP_LIMIT_MS, similarityThreshold: SIMILARITY });
  let outcome: ChallengeOutcome = { status: 'running', prompt: { phase: 'neutral', step: 0, steps: actions.length } };
  let prompted = { step: -1, atMs: 0 };
  const prompts: string[] = [];
  const started: { readonly action: ChallengeAction; readonly atMs: number }[] = [];
  const prints: number[] = [];
  let stuck: number | undefined;
  for (let frame = 0; frame < fps * 60 && outcome.status === 'running'; frame++) {
    const nowMs = (frame * 1000) / fps;
    if (random() < drops) continue;
    const { prompt }: Extract<ChallengeOutcome, { status: 'running' }> = outcome;
    if (prompt.phase === 'action' && prompt.step !== prompted.step) {
      prompted = { step: prompt.step, atMs: nowMs };
      prompts.push(prompt.action);
      const reply = replies[prompt.step];
      if (reply !== undefined && reply.action !== 'nothing') started.push({ action: reply.action, atMs: nowMs + reply.afterMs });
    }
    const pose = poseAt(started, nowMs);
    const isTroubled = trouble !== undefined && prompted.step >= trouble.step && nowMs - prompted.atMs >= trouble.atMs;
    let seen: ChallengeObservation = observe(pose, nowMs, film, frame % 8 === 0 ? { similarity: 0.8 } : {});
    if (isTroubled) {
      stuck ??= seen.fingerprint;
      seen = disturb(seen, trouble, prints, stuck);
    }
    prints.push(seen.fingerprint ?? 0);
    // What structured clone makes of the state goes on just so.
    const advanced = advanceChallenge(frame % 50 === 0 ? structuredClone(state) : state, seen);
    ({ state, outcome } = advanced);
  }
  return { ...outcome, prompts };
}

/** All movements that were begun, each to its end: nobody drops one because the next is asked for. */
function poseAt(started: readonly { readonly action: ChallengeAction; readonly atMs: number }[], nowMs: number): HeadPose {
  const sum = { ...REST };
  for (const { action, atMs } of started) {
    const pose = poseOf(action, shareAt(action, nowMs - atMs));
    for (const name of ['yaw', 'pitch', 'eyes', 'mouth', 'scale'] as const) sum[name] += pose[name] - REST[name];
  }
  return sum;
}

function disturb(
  seen: ChallengeObservation,
  { kind }: Trouble,
  prints: readonly number[],
  stuck: number | undefined,
): ChallengeObservation {
  const { signals } = seen;
  switch (kind) {
    case 'otherTrack':
      return { ...seen, trackId: 2 };
    case 'otherFace':
      return { ...seen, similarity: 0.2 };
    case 'lost':
      return { ...seen, faces: 0, trackId: undefined, signals: undefined };
    case 'several':
      return { ...seen, faces: 2 };
    case 'frozen':
      return { ...seen, fingerprint: stuck };
    case 'looped':
      return { ...seen, fingerprint: prints[3] };
    case 'jump':
      return { ...seen, signals: signals && { ...signals, pose: { ...signals.pose, yawDegrees: signals.pose.yawDegrees + 60 } } };
    case 'garbage':
      return { ...seen, signals: signals && { ...signals, closeness: Number.NaN } };
  }
}

describe('a challenge', () => {
  it.each(ACTIONS)('is passed by who does as asked: %s', (action) => {
    for (const fps of [10, 15, 30]) {
      expect(play({ actions: [action], replies: [right(action)], fps })).toMatchObject({ status: 'passed', steps: [{ action }] });
    }
  });

  it('asks for one movement after the other, and looks straight in between', () => {
    const result = play({ actions: ACTIONS, replies: ACTIONS.map(right) });
    expect(result).toMatchObject({ status: 'passed', steps: ACTIONS.map((action) => ({ action })), prompts: [...ACTIONS] });
  });

  it('is passed by 95 of 100 people who do as asked, with noisy landmarks, at 15 frames per second, some of them dropped', () => {
    let passed = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const random = createRandom(seed);
      const actions = drawChallenge(random, { steps: 3, actions: ACTIONS });
      const replies = actions.map((action) => ({ action, afterMs: 250 + random() * 500 }));
      if (play({ actions, replies, seed, fps: 15, drops: 0.1 }).status === 'passed') passed++;
    }
    expect(passed).toBeGreaterThanOrEqual(95);
  });

  it.each<{ name: string; scene: Partial<Scene>; reason: string }>([
    { name: 'nothing', scene: { replies: [{ action: 'nothing', afterMs: 0 }] }, reason: 'stepTimeout' },
    { name: 'too late', scene: { replies: [{ action: 'turnLeft', afterMs: STEP_LIMIT_MS + 200 }] }, reason: 'stepTimeout' },
    { name: 'the other side', scene: { replies: [right('turnRight')] }, reason: 'wrongAction' },
    { name: 'a nod for a smile', scene: { actions: ['smile'], replies: [right('nod')] }, reason: 'wrongAction' },
    { name: 'a smile for a turn', scene: { replies: [right('smile')] }, reason: 'stepTimeout' },
    { name: 'a turn that was under way', scene: { replies: [{ action: 'turnLeft', afterMs: -300 }] }, reason: 'impossibleTiming' },
    { name: 'another track', scene: { trouble: { kind: 'otherTrack', step: 0, atMs: 500 } }, reason: 'identityChanged' },
    {
      name: 'another face',
      scene: { actions: ['smile'], replies: [right('smile')], trouble: { kind: 'otherFace', step: 0, atMs: 200 } },
      reason: 'identityChanged',
    },
    { name: 'a face that leaves', scene: { trouble: { kind: 'lost', step: 0, atMs: 300 } }, reason: 'faceLost' },
    { name: 'a second face', scene: { trouble: { kind: 'several', step: 0, atMs: 300 } }, reason: 'severalFaces' },
    { name: 'a frozen stream', scene: { trouble: { kind: 'frozen', step: 0, atMs: 100 } }, reason: 'frozenFrames' },
    { name: 'a loop', scene: { trouble: { kind: 'looped', step: 0, atMs: 100 } }, reason: 'frozenFrames' },
    { name: 'a pasted frame', scene: { trouble: { kind: 'jump', step: 0, atMs: 100 } }, reason: 'discontinuity' },
    { name: 'numbers that are none', scene: { trouble: { kind: 'garbage', step: 0, atMs: 100 } }, reason: 'faceLost' },
  ])('is failed by $name', ({ scene, reason }) => {
    expect(play({ actions: ['turnLeft'], replies: [right('turnLeft')], ...scene })).toMatchObject({ status: 'failed', reason, step: 0 });
  });

  it.each([
    { name: 'turned', actions: ['turnLeft'] as const, pose: { yaw: 55 } },
    { name: 'tilted', actions: ['nod'] as const, pose: { pitch: -50 } },
  ])('is not passed by a picture that is $name', ({ actions, pose }) => {
    for (const flatAt of [1, 1.5, 3]) {
      const random = createRandom(3);
      let state = createChallenge(actions, { stepLimitMs: STEP_LIMIT_MS });
      let outcome: ChallengeOutcome | undefined;
      let promptedMs = Number.POSITIVE_INFINITY;
      for (let frame = 0; frame < 300 && outcome?.status !== 'passed'; frame++) {
        const nowMs = frame * 33;
        if (outcome?.status === 'running' && outcome.prompt.phase === 'action') promptedMs = Math.min(promptedMs, nowMs);
        const share = Math.max(0, shareAt('turnLeft', nowMs - promptedMs - 300));
        const turned = { ...REST, yaw: (pose.yaw ?? 0) * share, pitch: (pose.pitch ?? 0) * share };
        ({ state, outcome } = advanceChallenge(state, observe(turned, nowMs, { random, noise: 1, flatAt })));
      }
      expect(outcome?.status).toBe('failed');
    }
  });

  it('stays as it ended, and leaves out frames without a new time', () => {
    const state = createChallenge(['turnLeft']);
    const film = { random: createRandom(1) };
    const { state: lost } = advanceChallenge(advanceChallenge(state, { timestampMs: 0, faces: 0 }).state, { timestampMs: 600, faces: 0 });
    const after = advanceChallenge(lost, observe(REST, 700, film));
    expect(after.outcome).toMatchObject({ status: 'failed', reason: 'faceLost' });
    expect(after.state).toBe(lost);
    const seen = advanceChallenge(state, observe(REST, 100, film)).state;
    for (const timestampMs of [100, 50, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(advanceChallenge(seen, observe(REST, timestampMs, film)).state).toBe(seen);
    }
  });

  it('does not take a movement without an embedding before and after it', () => {
    const random = createRandom(5);
    let state = createChallenge(['turnLeft'], { stepLimitMs: STEP_LIMIT_MS, similarityThreshold: SIMILARITY });
    let outcome: ChallengeOutcome | undefined;
    for (let frame = 0; frame < 200 && outcome?.status !== 'failed'; frame++) {
      ({ state, outcome } = advanceChallenge(state, observe(REST, frame * 33, { random })));
      expect(outcome).not.toMatchObject({ prompt: { phase: 'action' } });
    }
    expect(outcome).toMatchObject({ status: 'failed', reason: 'stepTimeout' });
  });

  it.each([
    () => createChallenge([]),
    () => createChallenge(['nod'], { stepLimitMs: 10 }),
    () => createChallenge(['nod'], { similarityThreshold: Number.NaN }),
  ])('refuses impossible options', (create) => {
    expect(create).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

describe('properties', () => {
  const action = fc.constantFrom(...ACTIONS);
  const actions = fc.array(action, { minLength: 1, maxLength: 3 }).filter((list) => list.every((one, i) => one !== list[i - 1]));
  const reply = fc.record({
    action: fc.oneof({ weight: 4, arbitrary: action }, fc.constant('nothing' as const)),
    afterMs: fc.integer({ min: -400, max: 4_000 }),
  });
  const trouble = fc.option(
    fc.record({
      kind: fc.constantFrom('otherTrack', 'otherFace', 'lost', 'several', 'frozen', 'looped', 'jump', 'garbage'),
      step: fc.nat(2),
      atMs: fc.nat(600),
    }) as fc.Arbitrary<Trouble>,
    { nil: undefined },
  );

  it('nobody passes without every movement, in order, in time, as one face', () => {
    fc.assert(
      fc.property(actions, fc.array(reply, { minLength: 3, maxLength: 3 }), trouble, fc.nat(1e6), (asked, replies, wrong, seed) => {
        const result = play({ actions: asked, replies, trouble: wrong, seed, fps: 15 });
        if (result.status !== 'passed') return;
        // By the script alone: what was asked for was done, after a person could know of it and before the limit.
        for (const [i, one] of asked.entries()) {
          expect(replies[i]?.action).toBe(one);
          expect(replies[i]?.afterMs).toBeLessThanOrEqual(STEP_LIMIT_MS);
          if (one !== 'blink') expect(replies[i]?.afterMs).toBeGreaterThan(-400);
        }
        expect(result.prompts).toEqual(asked);
        expect(wrong === undefined || wrong.step >= asked.length || isHarmless(wrong, asked, replies)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  it('takes any observation without failing', () => {
    const number = fc.oneof(fc.double(), fc.integer({ min: -100, max: 100 }));
    const observation: fc.Arbitrary<ChallengeObservation> = fc.record(
      {
        timestampMs: number,
        faces: fc.integer({ min: -1, max: 3 }),
        trackId: fc.option(fc.nat(2), { nil: undefined }),
        similarity: fc.option(number, { nil: undefined }),
        fingerprint: fc.option(fc.nat(5), { nil: undefined }),
        signals: fc.option(
          fc.record({
            pose: fc.record({ yawDegrees: number, pitchDegrees: number, rollDegrees: number }),
            closeness: number,
            eyeAspectRatio: fc.option(number, { nil: undefined }),
            mouthWidthRatio: fc.option(number, { nil: undefined }),
            points: fc.option(fc.float32Array({ maxLength: 12 }), { nil: undefined }),
          }),
          { nil: undefined },
        ),
      },
      { requiredKeys: ['timestampMs', 'faces'] },
    );
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 30 }), (observations) => {
        let state = createChallenge(['turnLeft', 'blink'], { similarityThreshold: 0.5 });
        for (const one of observations) {
          const advanced = advanceChallenge(state, one);
          expect(['running', 'failed']).toContain(advanced.outcome.status);
          ({ state } = advanced);
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** Trouble that begins when the movement is over may come too late to be seen. */
function isHarmless({ kind, step }: Trouble, asked: readonly ChallengeAction[], replies: readonly Reply[]): boolean {
  const isLast = step === asked.length - 1;
  const isQuick = (replies[step]?.afterMs ?? 0) < 400;
  // Half a second of patience, and one embedding in eight frames.
  return isLast && isQuick && ['lost', 'several', 'frozen', 'garbage', 'otherFace'].includes(kind);
}

describe('drawChallenge', () => {
  it('repeats the last sequence where there is no other', () => {
    expect(drawChallenge(createRandom(1), { steps: 1, actions: ['nod', 'smile'], previous: ['nod'] })).toEqual(['nod']);
  });

  it('draws every sequence without repetition equally often, and not the last one', () => {
    const random = createRandom(9);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6_000; i++) {
      const drawn = drawChallenge(random, { steps: 2, actions: ['nod', 'blink', 'smile'], previous: ['nod', 'blink'] }).join();
      counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
    }
    // Each of them shows a nod.
    expect([...counts.keys()].sort()).toEqual(['blink,nod', 'nod,smile', 'smile,nod']);
    // 2,000 each; five standard deviations are 183.
    for (const count of counts.values()) expect(Math.abs(count - 2_000)).toBeLessThan(183);
  });

  it.each([
    { steps: 0, actions: ACTIONS },
    { steps: 1.5, actions: ACTIONS },
    { steps: 2, actions: ['nod', 'nod'] as const },
    { steps: 1, actions: [] },
    { steps: 2, actions: ['smile', 'moveCloser'] as const },
  ])('refuses what cannot be drawn: %j', (options) => {
    expect(() => drawChallenge(Math.random, options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
