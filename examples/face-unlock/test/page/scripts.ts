/** The situations that the tests look at, by the name in the query of the address. */

import { FRAME, REFUSED, type Script, UNLOCKED } from './scripted-parts.ts';

const NOBODY = { statuses: [{ state: 'notEnrolled' }] } as const;

/** Every situation. */
export const SCRIPTS: Readonly<Record<string, Script>> = {
  opening: { engine: 'opening' },
  broken: { engine: 'DOWNLOAD_FAILED' },
  nobody: NOBODY,
  nobodyPassive: { ...NOBODY, hasPassive: true },
  enrolling: {
    ...NOBODY,
    enrol: [
      { type: 'pose', pose: 'straight', done: 0, total: 3 },
      { type: 'pose', pose: 'left', done: 1, total: 3 },
      { ...FRAME, advice: 'turnALittleLeft' },
    ],
  },
  enrolled: {
    statuses: [{ state: 'notEnrolled' }, { state: 'ready', enrolledAtMs: Date.UTC(2024, 4, 1, 9), templates: 3, attemptsLeft: 5 }],
    enrol: [
      { type: 'pose', pose: 'right', done: 2, total: 3 },
      { type: 'enrolled', templates: 3, risk: [] },
    ],
    unlock: [FRAME, { type: 'decision', decision: UNLOCKED }],
  },
  enrolFull: { ...NOBODY, enrol: [{ type: 'refused', reason: 'storageFailed', message: 'Full.' }] },
  noCamera: { ...NOBODY, camera: 'denied' },
  ready: {},
  refused: { unlock: [FRAME, { type: 'decision', decision: REFUSED }] },
  moving: {
    hasPassive: true,
    unlock: [
      FRAME,
      { type: 'challenge', prompt: { phase: 'neutral', step: 0, steps: 3 } },
      { type: 'challenge', prompt: { phase: 'action', step: 0, steps: 3, action: 'turnLeft', remainingMs: 4200, progress: 0.4 } },
      { ...FRAME, advice: 'moreLight' },
    ],
  },
  unlocks: { unlock: [FRAME, { type: 'decision', decision: UNLOCKED }] },
  lockedOut: { statuses: [{ state: 'lockedOut', remainingMs: 95_000, untilMs: 0, reason: 'attempts' }] },
  lockedOutShortly: {
    statuses: [
      { state: 'lockedOut', remainingMs: 1_200, untilMs: 0, reason: 'clockSetBack' },
      { state: 'ready', enrolledAtMs: 0, templates: 3, attemptsLeft: 1 },
    ],
  },
  damaged: { statuses: [{ state: 'unusable', reason: 'damaged', message: 'Damaged.' }] },
  storageFailed: { statuses: [{ state: 'unusable', reason: 'storageFailed', message: 'Failed.' }] },
  inUse: {
    statuses: [
      { state: 'unusable', reason: 'inUse', message: 'In use.' },
      { state: 'unusable', reason: 'inUse', message: 'In use.' },
      { state: 'ready', enrolledAtMs: 0, templates: 3, attemptsLeft: 5 },
    ],
  },
};
