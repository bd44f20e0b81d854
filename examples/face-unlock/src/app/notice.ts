/** What happened, to be told on the next screen. Data, not sentences: the language may change meanwhile. */

import type { CameraObstacle, EnrolUnlockEvent, InjectionSignal, UnlockDecision } from 'isoface';
import type { EnrolRefusal, Texts } from '../text/texts.ts';

/** An attempt that did not unlock. */
export type RefusedDecision = Extract<UnlockDecision, { readonly unlocked: false }>;

/** How an enrolment ends. */
export type EnrolEnd = Extract<EnrolUnlockEvent, { readonly type: 'enrolled' | 'refused' }>;

/** One thing to tell. */
export type Notice =
  | { readonly type: 'refused'; readonly decision: Pick<RefusedDecision, 'reason' | 'challenge' | 'counted' | 'risk'> }
  | { readonly type: 'enrolRefused'; readonly reason: EnrolRefusal }
  | { readonly type: 'enrolled'; readonly risk: readonly InjectionSignal[] }
  | { readonly type: 'camera'; readonly obstacle: CameraObstacle }
  /** The page was hidden during an attempt. */
  | { readonly type: 'hidden' }
  | { readonly type: 'saved' }
  | { readonly type: 'deleted' }
  /** The words of an error that no case was made for. */
  | { readonly type: 'failed'; readonly message: string };

/** A notice in words. */
export interface NoticeText {
  readonly tone: 'good' | 'bad' | 'plain';
  readonly title: string;
  /** Sentences, the most important first. */
  readonly lines: readonly string[];
  /** In English whatever the language: for a report. */
  readonly technical?: string | undefined;
}

/** Puts a notice into words. */
export function describeNotice(notice: Notice, texts: Texts): NoticeText {
  const { notices } = texts;
  switch (notice.type) {
    case 'refused': {
      const { reason, challenge, counted, risk } = notice.decision;
      return {
        tone: 'bad',
        title: notices.refusedTitle,
        lines: [
          texts.refusals[reason],
          ...(challenge === undefined ? [] : [texts.challengeFailures[challenge]]),
          counted ? notices.counted : notices.notCounted,
          ...describeRisk(risk, texts),
        ],
      };
    }
    case 'enrolRefused':
      return { tone: 'bad', title: notices.enrolRefusedTitle, lines: [texts.enrolRefusals[notice.reason]] };
    case 'enrolled':
      return { tone: 'good', title: notices.enrolled.title, lines: [notices.enrolled.text, ...describeRisk(notice.risk, texts)] };
    case 'camera':
      return { tone: 'bad', title: texts.cameraTitle, lines: [texts.camera[notice.obstacle]] };
    case 'hidden':
      return { tone: 'plain', title: notices.hidden.title, lines: [notices.hidden.text] };
    case 'saved':
      return { tone: 'good', title: texts.settings.saved, lines: [] };
    case 'deleted':
      return { tone: 'good', title: texts.deletion.deleted, lines: [] };
    case 'failed':
      return { tone: 'bad', title: notices.failed, lines: [], technical: notice.message };
  }
}

/** The signs of injection, as sentences. */
export function describeRisk(risk: readonly InjectionSignal[], texts: Texts): readonly string[] {
  return [...new Set(risk.map(({ kind }) => kind))].map((kind) => texts.notices.noticed(texts.risks[kind]));
}
