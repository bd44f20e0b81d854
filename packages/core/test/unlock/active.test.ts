/** Attempts with a challenge: when they count, what binds the face that moves to the face that unlocks. The challenge itself is a simple one. */

import type { ChallengeAction, ChallengeFailure } from '@isoface/core/liveness';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChallengeRun } from '../../src/unlock/challenge-run.ts';
import type { WatchedFrame } from '../../src/unlock/watch-frames.ts';
import { attempt, attemptsLeft, BOB, collect, film, openEnrolledLab, type Scene, type Shot } from './unlock-lab.ts';

/** What the challenges of a test were begun with, and the similarities that they were told. */
const begun = vi.hoisted(() => ({ previous: [] as (readonly string[])[], similarities: [] as number[] }));

/** Passes in the frame in which the head is turned by more than 20 degrees; fails as the frame says by its yaw, or after 40 frames. */
vi.mock('../../src/unlock/challenge-run.ts', () => ({
  startChallenge(_: unknown, previous: readonly ChallengeAction[]): ChallengeRun {
    begun.previous.push(previous);
    let frames = 0;
    return {
      actions: ['turnLeft'],
      isMoving: () => frames > 1,
      advance({ result, face }: WatchedFrame, similarity) {
        frames++;
        if (similarity !== undefined) begun.similarities.push(similarity);
        const failure: ChallengeFailure | undefined = result.faces.length > 1 ? 'severalFaces' : frames > 40 ? 'stepTimeout' : undefined;
        if (failure !== undefined) return { isPassed: false, failure: { reason: failure, message: 'Too slow.' } };
        if ((face?.quality.pose?.yawDegrees ?? 0) > 20) return { isPassed: true };
        const prompt = { phase: 'action', step: 0, steps: 1, action: 'turnLeft', remainingMs: 1, progress: 0 } as const;
        return { isPassed: false, event: { type: 'challenge', prompt } };
      },
    };
  },
}));

beforeEach(() => {
  begun.previous.length = 0;
  begun.similarities.length = 0;
});

const ACTIVE = { policy: { liveness: 'active' } } as const;
const BOTH = { policy: { liveness: 'passive+active' } } as const;
/** Straight, then a turn from frame 16 to 19, then straight again. */
const turn = (shot: (index: number) => Shot = () => ({})): Scene[] => film(50, (i) => ({ yaw: i >= 16 && i < 20 ? 30 : 0, ...shot(i) }));

describe('an attempt with a challenge', () => {
  it.each([
    { name: 'active', options: ACTIVE },
    { name: 'passive+active', options: BOTH },
  ])('unlocks at the level $name once the movement was made', async ({ name, options }) => {
    const lab = await openEnrolledLab(options);
    const events = await collect(lab.unlock.unlock(turn()));
    expect(events.some(({ type }) => type === 'challenge')).toBe(true);
    expect(events.at(-1)).toMatchObject({ decision: { unlocked: true, level: name } });
    expect(lab.asked.at(-1)).toMatchObject({ mesh: false, liveness: name !== 'active' });
    expect(await attemptsLeft(lab)).toBe(5);
  });

  it('asks for other movements than the last time, also after a reload', async () => {
    const lab = await openEnrolledLab(ACTIVE);
    await attempt(lab, turn());
    await attempt(lab.reload(), turn());
    expect(begun.previous).toEqual([[], ['turnLeft']]);
  });

  it('waits for an embedding from after the movement', async () => {
    const lab = await openEnrolledLab(ACTIVE);
    const noneLater = turn((i) => (i > 16 ? { embeds: false } : {}));
    expect(await attempt(lab, noneLater)).toMatchObject({ unlocked: false, reason: 'cameraLost', counted: true });
    const decision = await attempt(lab, turn());
    // Frame 20 is the next one with an embedding that looks straight.
    expect(decision).toMatchObject({ unlocked: true, frames: 21 });
  });

  it('asks for the mesh where there is one', async () => {
    const lab = await openEnrolledLab({ ...ACTIVE, info: { liveness: { passive: [], landmarks: 'mesh468', thresholds: [] } } });
    await attempt(lab, turn());
    expect(lab.asked.at(-1)).toMatchObject({ mesh: true, liveness: false });
  });

  it.each([
    { name: 'a stranger, before any movement', script: turn(() => ({ person: BOB })), reason: 'otherPerson', challenge: undefined },
    { name: 'no movement', script: film(80), reason: 'challengeFailed', challenge: 'stepTimeout' },
    { name: 'a second face', script: turn((i) => (i === 12 ? { faces: 2 } : {})), reason: 'severalFaces', challenge: 'severalFaces' },
    { name: 'another track', script: turn((i) => (i >= 12 ? { id: 2 } : {})), reason: 'challengeFailed', challenge: 'identityChanged' },
    {
      name: 'another face in the track',
      script: turn((i) => (i >= 12 ? { person: BOB } : {})),
      reason: 'challengeFailed',
      challenge: 'identityChanged',
    },
    {
      name: 'another face after the movement',
      script: turn((i) => (i >= 18 ? { person: BOB } : {})),
      reason: 'challengeFailed',
      challenge: 'identityChanged',
    },
    {
      name: 'a second face after the movement',
      script: turn((i) => (i === 18 ? { faces: 2 } : {})),
      reason: 'severalFaces',
      challenge: 'severalFaces',
    },
    {
      name: 'nobody after the movement',
      script: turn((i) => (i === 18 ? { faces: 0 } : {})),
      reason: 'challengeFailed',
      challenge: 'faceLost',
    },
    {
      name: 'another resolution',
      script: turn((i) => (i >= 12 ? { width: 480, height: 640 } : {})),
      reason: 'challengeFailed',
      challenge: 'discontinuity',
    },
    {
      name: 'a frozen picture',
      script: turn((i) => (i >= 8 ? { fingerprint: 3, yaw: 0 } : {})),
      reason: 'frozenFrames',
      challenge: undefined,
    },
    { name: 'a camera that ends', script: film(12), reason: 'cameraLost', challenge: undefined },
    { name: 'a camera that stalls', script: [...film(12), 'stall' as const], reason: 'cameraLost', challenge: undefined },
  ])('is refused and counted with $name', async ({ script, reason, challenge }) => {
    const lab = await openEnrolledLab({ ...ACTIVE, patience: { firstFrameMs: 60, nextFrameMs: 60 } });
    const decision = await attempt(lab, script);
    expect(decision).toMatchObject({ unlocked: false, reason, counted: true, attemptsLeft: 4, level: 'active' });
    expect(decision.unlocked ? undefined : decision.challenge).toBe(challenge);
    expect(await attemptsLeft(lab.reload())).toBe(4);
    expect(lab.closed.count).toBe(2);
  });

  it('is refused with a picture that moves, by the mean of all good frames', async () => {
    const lab = await openEnrolledLab(BOTH);
    expect(
      await attempt(
        lab,
        turn((i) => ({ live: i < 8 ? 0.9 : 0.1 })),
      ),
    ).toMatchObject({ unlocked: false, reason: 'notLive', counted: true });
  });

  it('tells the challenge how much each new embedding is like the first', async () => {
    const lab = await openEnrolledLab(ACTIVE);
    await attempt(lab, turn());
    expect(begun.similarities.length).toBeGreaterThan(2);
    for (const similarity of begun.similarities) expect(similarity).toBeGreaterThan(0.9);
  });
});

describe('what leaving costs', () => {
  it('is nothing before the first comparison', async () => {
    const lab = await openEnrolledLab(ACTIVE);
    const events = lab.unlock.unlock(turn());
    for (let i = 0; i < 4; i++) await events.next();
    await events.return?.();
    expect(begun.previous).toEqual([]);
    expect(await attemptsLeft(lab)).toBe(5);
  });

  it('is the attempt after it, also when the page just goes', async () => {
    const lab = await openEnrolledLab(ACTIVE);
    const events = lab.unlock.unlock(turn());
    for await (const event of { [Symbol.asyncIterator]: () => events }) if (event.type === 'challenge') break;
    expect(begun.previous).toHaveLength(1);
    expect(await attemptsLeft(lab.reload())).toBe(4);
    expect(lab.audit.at(-1)).toMatchObject({ type: 'refused', reason: 'left' });
  });

  it('is the attempt in a page that dies: it was written before the movement was asked for', async () => {
    const lab = await openEnrolledLab(ACTIVE);
    const events = lab.unlock.unlock(turn());
    let event = await events.next();
    while (event.value?.type !== 'challenge') event = await events.next();
    // The page is gone: nothing ends the attempt. Its own questions show what is kept.
    expect(await attemptsLeft(lab)).toBe(4);
    await events.return?.();
  });
});
