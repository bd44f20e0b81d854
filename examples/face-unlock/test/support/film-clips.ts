/** What people do before the camera, 15 frames per second. */

import { type FilmFace, renderClip } from '@isoface/testkit/node';

/** Frames of every clip per second. */
export const FRAMES_PER_SECOND = 15;

const OPTIONS = { framesPerSecond: FRAMES_PER_SECOND } as const;
const TURN = 22;

/** Looks into the camera and holds still as a person does. */
export function filmRest(face: FilmFace, seconds: number): Promise<Buffer[]> {
  return renderClip(face, [{ atMs: 0 }, { atMs: seconds * 1000 }], OPTIONS);
}

/** Straight, to the own left, to the own right, for the poses of an enrolment. */
export function filmEnrolment(face: FilmFace): Promise<Buffer[]> {
  const [left, right] = [{ yawDegrees: TURN }, { yawDegrees: -TURN }];
  const script = [
    { atMs: 0 },
    { atMs: 2500 },
    { atMs: 3000, ...left },
    { atMs: 5500, ...left },
    { atMs: 6300, ...right },
    { atMs: 8500, ...right },
    { atMs: 9000 },
  ];
  return renderClip(face, script, OPTIONS);
}

/** Movements that begin and end at rest: those of a challenge under their names, and the poses of an enrolment. */
export async function filmMoves(face: FilmFace): Promise<Record<string, Buffer[]>> {
  const there = (move: object, holdMs: number, moveMs = 500) => [
    { atMs: 0 },
    { atMs: moveMs, ...move },
    { atMs: moveMs + holdMs, ...move },
    { atMs: 2 * moveMs + holdMs },
  ];
  const scripts = {
    turnLeft: there({ yawDegrees: 30 }, 700),
    turnRight: there({ yawDegrees: -30 }, 700),
    nod: [{ atMs: 0 }, { atMs: 350, pitchDegrees: -16 }, { atMs: 600, pitchDegrees: -16 }, { atMs: 1000, pitchDegrees: 4 }, { atMs: 1300 }],
    blink: there({ eyesClosed: 1 }, 250, 150),
    smile: there({ smile: 1 }, 900, 400),
    moveCloser: there({ scale: 1.45 }, 900, 800),
    left: there({ yawDegrees: TURN }, 2000),
    right: there({ yawDegrees: -TURN }, 2000),
  };
  const clips: Record<string, Buffer[]> = {};
  for (const [name, script] of Object.entries(scripts)) clips[name] = await renderClip(face, script, OPTIONS);
  return clips;
}

/** Chromium plays files at 30 frames per second. */
export function toCameraRate(clip: readonly Buffer[]): Buffer[] {
  return clip.flatMap((frame) => new Array<Buffer>(30 / FRAMES_PER_SECOND).fill(frame));
}
