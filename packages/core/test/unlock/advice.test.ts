/** What a person is told. */

import { describe, expect, it } from 'vitest';
import { type AdviceState, type AdviceTask, adviseFrame } from '../../src/unlock/advice.ts';
import type { Advice } from '../../src/unlock/face-unlock.ts';
import { film, type Shot, shoot } from './unlock-lab.ts';

const advise = (shot: Shot, task: AdviceTask = 'lookStraight'): Advice | undefined => adviseFrame(shoot(0, shot), task, undefined, 0).shown;

it.each([
  { name: 'a good face', shot: {}, advice: undefined },
  { name: 'nobody', shot: { faces: 0 }, advice: 'noFace' },
  { name: 'a face that is out of sight', shot: { missedFrames: 2 }, advice: 'noFace' },
  { name: 'a picture of one colour', shot: { faces: 0, fingerprint: undefined }, advice: 'moreLight' },
  { name: 'two faces', shot: { faces: 2 }, advice: 'onlyOneFace' },
  { name: 'a face of 59 of 480 pixels', shot: { size: 59 }, advice: 'comeCloser' },
  { name: 'a face of 59 of 240 pixels', shot: { size: 59, width: 320, height: 240 }, advice: 'comeCloser' },
  { name: 'a face of 120 of 1080 pixels', shot: { size: 120, width: 1920, height: 1080 }, advice: 'comeCloser' },
  { name: 'a face of 140 of 1080 pixels', shot: { size: 140, width: 1920, height: 1080 }, advice: undefined },
  { name: 'a face that fills the picture', shot: { size: 450 }, advice: 'moveBack' },
  { name: 'a dark face', shot: { brightness: 0.08 }, advice: 'moreLight' },
  // Mean luminance of dark skin in fair light.
  { name: 'dark skin', shot: { brightness: 0.16 }, advice: undefined },
  { name: 'a bright face', shot: { brightness: 0.95 }, advice: 'lessLight' },
  { name: 'a blurred face', shot: { sharpness: 12 }, advice: 'holdStill' },
  { name: 'a face turned to its left', shot: { yaw: 30 }, advice: 'lookStraight' },
  { name: 'a face turned to its right', shot: { yaw: -30 }, advice: 'lookStraight' },
])('$name: $advice', ({ shot, advice }) => {
  expect(advise(shot)).toBe(advice);
});

it('sends a face at the border to the centre', () => {
  const frame = shoot(0);
  const aside = frame.faces.map((face) => ({ ...face, box: { ...face.box, x: 440 } }));
  expect(adviseFrame({ ...frame, faces: aside }, 'lookStraight', undefined, 0).shown).toBe('moveToCentre');
});

it('says nothing of what it cannot know: a face without a pose is not good', () => {
  const frame = shoot(0);
  const faces = frame.faces.map((face) => ({ ...face, quality: { ...face.quality, pose: undefined } }));
  expect(adviseFrame({ ...frame, faces }, 'straight', undefined, 0).shown).toBe('lookStraight');
});

it.each([
  // Yaw is positive when the nose points to the right of the image: the person's own left.
  { task: 'straight', yaw: 0, advice: undefined },
  { task: 'straight', yaw: 15, advice: 'lookStraight' },
  { task: 'left', yaw: 0, advice: 'turnALittleLeft' },
  { task: 'left', yaw: -25, advice: 'turnALittleLeft' },
  { task: 'left', yaw: 25, advice: undefined },
  { task: 'left', yaw: 45, advice: 'turnALittleRight' },
  { task: 'right', yaw: 0, advice: 'turnALittleRight' },
  { task: 'right', yaw: -25, advice: undefined },
  { task: 'right', yaw: -45, advice: 'turnALittleLeft' },
  { task: 'move', yaw: 60, advice: undefined },
] as const)('for the pose $task at a yaw of $yaw: $advice', ({ task, yaw, advice }) => {
  expect(advise({ yaw }, task)).toBe(advice);
});

describe('over time', () => {
  /** What is shown in each of many frames, 50 ms apart. */
  const watch = (shots: readonly Shot[]): (Advice | undefined)[] => {
    let state: AdviceState | undefined;
    return shots.map((shot, i) => {
      state = adviseFrame(shoot(i, shot), 'lookStraight', state, 50);
      return state.shown;
    });
  };

  it('changes its words only when they hold for a quarter of a second', () => {
    const shots = [...Array<Shot>(3).fill({}), ...Array<Shot>(8).fill({ faces: 0 })];
    expect(watch(shots)).toEqual([...Array(8).fill(undefined), ...Array(3).fill('noFace')]);
  });

  it('goes on to other words when frames waver between two that are not shown', () => {
    const shots = [{ faces: 0 }, ...Array.from({ length: 10 }, (_, i): Shot => (i % 2 === 0 ? { yaw: 40 } : {}))];
    expect(watch(shots).slice(7)).not.toContain('noFace');
  });

  it('does not flicker at a limit', () => {
    const shown = watch(film(200).map((_, i): Shot => ({ size: 60 + (i % 3) - 1 })));
    const changes = shown.filter((advice, i) => i > 0 && advice !== shown[i - 1]).length;
    expect(changes).toBeLessThanOrEqual(1);
  });

  it('takes words back only when the reason is clearly gone', () => {
    const grow = (size: number): Shot[] => Array<Shot>(10).fill({ size });
    expect(watch([...grow(50), ...grow(65)]).at(-1)).toBe('comeCloser');
    expect(watch([...grow(50), ...grow(75)]).at(-1)).toBeUndefined();
    expect(watch(grow(65)).at(-1)).toBeUndefined();
  });
});
