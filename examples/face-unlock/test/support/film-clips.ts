/** What people do before the camera. */

import { type FilmFace, renderClip } from '@isoface/testkit/node';

/** Chromium shows files of clips at this rate. */
export const FILE_RATE = 30;
/** Rate of the camera that the tests draw: as much as is looked at. */
export const DRAWN_RATE = 15;

const TURN = 22;

/** Looks into the camera and holds still as a person does. */
export function filmRest(face: FilmFace, seconds: number, framesPerSecond: number): Promise<Buffer[]> {
  return renderClip(face, [{ atMs: 0 }, { atMs: seconds * 1000 }], { framesPerSecond });
}

/** Straight, to the own left, to the own right, for the poses of an enrolment; for a file. */
export function filmEnrolment(face: FilmFace): Promise<Buffer[]> {
  const [left, right] = [{ yawDegrees: TURN }, { yawDegrees: -TURN }];
  const script = [
    { atMs: 0 },
    { atMs: 2000 },
    { atMs: 2400, ...left },
    { atMs: 4400, ...left },
    { atMs: 5100, ...right },
    { atMs: 7100, ...right },
    { atMs: 7500 },
  ];
  return renderClip(face, script, { framesPerSecond: FILE_RATE });
}

/** Movements that begin and end at rest, for the drawn camera: those of a challenge under their names, and the poses of an enrolment. */
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
  for (const [name, script] of Object.entries(scripts)) clips[name] = await renderClip(face, script, { framesPerSecond: DRAWN_RATE });
  return clips;
}
