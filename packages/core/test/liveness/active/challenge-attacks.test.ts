/** Photos before the camera: one after the other, or one that is tilted at the right moment. */

import { describe, expect, it } from 'vitest';
import { advanceChallenge, createChallenge } from '../../../src/liveness/active/advance-challenge.ts';
import type { ChallengeAction, ChallengeObservation, ChallengeOutcome } from '../../../src/liveness/active/challenge.ts';
import { computePlanarStretch } from '../../../src/liveness/active/planar-stretch.ts';
import { createRandom, type FilmOptions, type HeadPose, observe, poseOf, REST, shareAt } from './actor.ts';

const STEP_LIMIT_MS = 3_000;

/** What there is to see so long after the prompt; nothing where there is no face. Before the prompt it is what there is at 0. */
type Show = (sinceMs: number) => HeadPose | undefined;

/** Shows it to a challenge of one movement. */
function show(
  action: ChallengeAction,
  at: Show,
  { fps = 30, film = {}, change = (seen) => seen }: Partial<ShowOptions> = {},
): ChallengeOutcome {
  const options = { random: createRandom(4), noise: 1, ...film };
  let state = createChallenge([action], { stepLimitMs: STEP_LIMIT_MS });
  let outcome: ChallengeOutcome = { status: 'running', prompt: { phase: 'neutral', step: 0, steps: 1 } };
  let promptedMs: number | undefined;
  for (let frame = 0; frame < fps * 10 && outcome.status === 'running'; frame++) {
    const nowMs = (frame * 1000) / fps;
    if (outcome.prompt.phase === 'action') promptedMs ??= nowMs;
    const pose = at(promptedMs === undefined ? 0 : nowMs - promptedMs);
    const seen = pose === undefined ? { timestampMs: nowMs, faces: 0 } : observe(pose, nowMs, options);
    ({ state, outcome } = advanceChallenge(state, change(seen, frame)));
  }
  return outcome;
}

interface ShowOptions {
  readonly fps: number;
  readonly film: Partial<FilmOptions>;
  readonly change: (seen: ChallengeObservation, frame: number) => ChallengeObservation;
}

const isBetween = (value: number, from: number, to: number): boolean => value >= from && value < to;

describe('a slide show', () => {
  // Enough to count; but for the last, no more than landmarks of a fast head might show between two frames.
  const slides = [
    { action: 'turnLeft', pose: { ...REST, yaw: 20 } },
    { action: 'turnRight', pose: { ...REST, yaw: -20 } },
    { action: 'nod', pose: { ...REST, pitch: -15 } },
    { action: 'moveCloser', pose: { ...REST, scale: 1.32 } },
  ] as const;

  it.each(slides)('of a straight and a moved face does not pass for a movement: $action', ({ action, pose }) => {
    for (const fps of [15, 30]) {
      expect(show(action, (ms) => (isBetween(ms, 400, 1000) ? pose : REST), { fps }).status).toBe('failed');
    }
  });

  it.each(slides)('does not pass behind a pause without a face: $action', ({ action, pose }) => {
    expect(show(action, (ms) => (isBetween(ms, 400, 750) ? undefined : isBetween(ms, 750, 1300) ? pose : REST)).status).toBe('failed');
  });

  // Nobody comes closer as fast as that at all.
  it.each(slides.filter(({ action }) => action !== 'moveCloser'))(
    'does not spoil the movement that is made after it: $action',
    ({ action, pose }) => {
      const result = show(action, (ms) => (isBetween(ms, 300, 600) ? pose : poseOf(action, shareAt(action, Math.max(0, ms - 900)))));
      expect(result).toMatchObject({ status: 'passed' });
    },
  );
});

describe('a flat picture', () => {
  const wave = (ms: number, forMs: number): number => (isBetween(ms, 400, 400 + forMs) ? Math.sin((Math.PI * (ms - 400)) / forMs) : 0);

  it.each<{ name: string; at: Show }>([
    { name: 'tilted back', at: (ms) => ({ ...REST, pitch: 60 * wave(ms, 700) }) },
    { name: 'tilted forward', at: (ms) => ({ ...REST, pitch: -60 * wave(ms, 700) }) },
    { name: 'turned at first, then tilted', at: (ms) => ({ ...REST, yaw: 45 * (1 - wave(ms, 700)), pitch: 40 * wave(ms, 700) }) },
  ])('does not blink when it is $name', ({ at }) => {
    for (const flatAt of [1.2, 2.5]) expect(show('blink', at, { film: { flatAt } }).status).toBe('failed');
  });
});

describe('frames that repeat', () => {
  it.each([2, 3, 4, 5, 6, 20])('are found when %d of them come in turn', (length) => {
    const change = (seen: ChallengeObservation, frame: number) => ({ ...seen, fingerprint: 1_000 + (frame % length) });
    expect(show('turnLeft', () => REST, { change })).toMatchObject({ status: 'failed', reason: 'frozenFrames' });
  });

  it('are no matter when a driver gives each of them twice', () => {
    const change = (seen: ChallengeObservation, frame: number) => ({ ...seen, fingerprint: Math.floor(frame / 2) });
    expect(show('turnLeft', (ms) => poseOf('turnLeft', shareAt('turnLeft', Math.max(0, ms - 300))), { change }).status).toBe('passed');
  });
});

describe('numbers that are none', () => {
  it('count as not seen: a number of faces, a similarity', () => {
    const film = { random: createRandom(2) };
    const lost = [0, 300, 600].reduce(
      (state, atMs) => advanceChallenge(state, observe(REST, atMs, film, { faces: Number.NaN })).state,
      createChallenge(['turnLeft']),
    );
    expect(advanceChallenge(lost, observe(REST, 700, film)).outcome).toMatchObject({ reason: 'faceLost' });
    for (const similarity of [Number.NaN, Number.POSITIVE_INFINITY]) {
      let state = createChallenge(['turnLeft'], { similarityThreshold: 0.5 });
      for (let frame = 0; frame < 30; frame++) {
        const advanced = advanceChallenge(state, observe(REST, frame * 33, film, { similarity }));
        expect(advanced.outcome).toMatchObject({ status: 'running', prompt: { phase: 'neutral' } });
        ({ state } = advanced);
      }
    }
  });
});

describe('computePlanarStretch', () => {
  const points = Float32Array.of(-3, -2, 4, -1, 1, 5, -2, 3, 0, 0);
  const map = (a: number, b: number, c: number, d: number): Float32Array =>
    points.map((value, i) => (i % 2 === 0 ? a * value + b * (points[i + 1] as number) + 7 : c * (points[i - 1] as number) + d * value - 4));

  it.each([
    { name: 'moved', after: map(1, 0, 0, 1), stretch: 1 },
    { name: 'rotated and scaled', after: map(1.6, -1.2, 1.2, 1.6), stretch: 1 },
    { name: 'narrower', after: map(0.6, 0, 0, 1), stretch: 0.6 },
    { name: 'lower and rotated by a right angle', after: map(0, -0.5, 1, 0), stretch: 0.5 },
    { name: 'squeezed to a line', after: map(1, 0, 0, 0), stretch: 0 },
  ])('of points that are $name is $stretch', ({ after, stretch }) => {
    expect(computePlanarStretch(points, after)).toBeCloseTo(stretch, 5);
  });

  it('has no answer for too few points, points on a line, other counts, and no numbers', () => {
    expect(computePlanarStretch(points.slice(0, 4), points.slice(0, 4))).toBeUndefined();
    expect(computePlanarStretch(points, points.slice(2))).toBeUndefined();
    expect(computePlanarStretch(map(1, 0, 0, 0), points)).toBeUndefined();
    expect(computePlanarStretch(points, points.fill(Number.NaN).slice())).toBeUndefined();
  });
});
