import type { UnlockDecision } from 'isoface';
import { describe, expect, it } from 'vitest';
import { describeNotice, type Notice } from '../src/app/notice.ts';
import { afterEnrolment, afterUnlock, mayChangeSecurity } from '../src/app/route.ts';
import type { AttemptEnd } from '../src/live/run-attempt.ts';
import { en } from '../src/text/en.ts';
import { zh } from '../src/text/zh.ts';

const base = { level: 'active', risk: [], durationMs: 1, frames: 1 } as const;
const unlocked: UnlockDecision = { ...base, unlocked: true, similarity: 0.9, threshold: 0.5, fmr: 1e-3 };
const refused: UnlockDecision = {
  ...base,
  unlocked: false,
  reason: 'challengeFailed',
  message: '',
  challenge: 'wrongAction',
  counted: true,
  attemptsLeft: 2,
};

/** Ends that an attempt and an enrolment have in common. */
const STOPPED: AttemptEnd<never> = { type: 'stopped', by: 'user' };
const HIDDEN: AttemptEnd<never> = { type: 'stopped', by: 'hidden' };
const DENIED: AttemptEnd<never> = { type: 'camera', obstacle: 'denied' };
const FAILED: AttemptEnd<never> = { type: 'failed', error: new Error('Broken.') };

describe('what follows an attempt', () => {
  it('opens for a decision that says so, and for nothing else', () => {
    const ends: readonly AttemptEnd<UnlockDecision>[] = [
      { type: 'done', result: unlocked },
      { type: 'done', result: refused },
      STOPPED,
      HIDDEN,
      DENIED,
      FAILED,
    ];
    expect(ends.map((end) => afterUnlock(end).type)).toEqual(['unlocked', 'status', 'status', 'status', 'status', 'status']);
  });

  it.each<[AttemptEnd<UnlockDecision>, Notice | undefined]>([
    [
      { type: 'done', result: refused },
      { type: 'refused', decision: refused },
    ],
    [STOPPED, undefined],
    [HIDDEN, { type: 'hidden' }],
    [DENIED, { type: 'camera', obstacle: 'denied' }],
    [FAILED, { type: 'failed', message: 'Broken.' }],
  ])('tells why: %j', (end, notice) => expect(afterUnlock(end)).toEqual({ type: 'status', notice }));
});

describe('what follows an enrolment', () => {
  it.each([
    [{ type: 'done', result: { type: 'enrolled', templates: 3, risk: [] } }, 'status'],
    [{ type: 'done', result: { type: 'refused', reason: 'timeLimit', message: '' } }, 'enrolEnded'],
    [DENIED, 'enrolEnded'],
    [FAILED, 'enrolEnded'],
    [STOPPED, 'back'],
    // Not back to the unlocked screen: somebody else may be there.
    [HIDDEN, 'status'],
  ] as const)('%j leads to %s', (end, type) => expect(afterEnrolment(end).type).toBe(type));
});

describe('security settings', () => {
  it('are open to the owner and where nobody is enrolled', () => {
    const screens = [
      'loading',
      'error',
      'welcome',
      'enrol',
      'locked',
      'unlocking',
      'unlocked',
      'settings',
      'lockedOut',
      'unusable',
    ] as const;
    expect(screens.filter(mayChangeSecurity)).toEqual(['welcome', 'unlocked']);
  });
});

describe('notices', () => {
  it('say why, what failed and whether it counts', () => {
    const notice: Notice = {
      type: 'refused',
      decision: {
        ...refused,
        risk: [
          { kind: 'virtualCamera', message: '' },
          { kind: 'virtualCamera', message: '' },
        ],
      },
    };
    expect(describeNotice(notice, en)).toEqual({
      tone: 'bad',
      title: 'Not unlocked',
      lines: [en.refusals.challengeFailed, en.challengeFailures.wrongAction, en.notices.counted, 'Noticed: The camera is a program.'],
    });
    expect(describeNotice(notice, zh).lines[0]).toBe(zh.refusals.challengeFailed);
  });

  it('keep the words of an unknown error apart', () => {
    expect(describeNotice({ type: 'failed', message: 'Broken.' }, zh)).toMatchObject({ title: zh.notices.failed, technical: 'Broken.' });
  });
});
