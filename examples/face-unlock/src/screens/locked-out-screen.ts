/** Too many attempts failed: a countdown. */

import type { UnlockStatus } from 'isoface';
import type { Notice } from '../app/notice.ts';
import { createButton, createElement } from '../dom/create-element.ts';
import { setText } from '../dom/set-text.ts';
import { formatCountdown } from '../text/format.ts';
import { createNoticeBox } from './notice-box.ts';
import { createActions, createScreen, type Screen, type Words } from './screen.ts';

/** What the screen shows and does. */
export interface LockedOutScreenOptions {
  readonly status: Extract<UnlockStatus, { readonly state: 'lockedOut' }>;
  readonly notice?: Notice | undefined;
  /** The time is over, or the page was away for long. */
  readonly onOver: () => void;
  readonly onDelete: () => void;
}

/** More often than once in a second, so that no second is skipped. */
const EVERY_MS = 250;

/** Creates the screen. The count runs by the clock of the page, which nobody can set. */
export function createLockedOutScreen(words: Words, { status, notice, onOver, onDelete }: LockedOutScreenOptions): Screen {
  const { lockedOut, buttons } = words.texts;
  const endsAt = performance.now() + status.remainingMs;
  const clock = createElement('p', { class: 'countdown', role: 'timer', 'aria-label': lockedOut.remaining });
  const tick = (): void => {
    const leftMs = endsAt - performance.now();
    setText(clock, formatCountdown(leftMs));
    if (leftMs > 0) return;
    clearInterval(timer);
    onOver();
  };
  const timer = setInterval(tick, EVERY_MS);
  setText(clock, formatCountdown(status.remainingMs));
  return createScreen(
    'lockedOut',
    lockedOut.title,
    [
      createNoticeBox(notice, words),
      createElement('p', { class: 'centred' }, status.reason === 'clockSetBack' ? lockedOut.clockSetBack : lockedOut.attempts),
      clock,
      createActions(createButton(buttons.deleteData, onDelete, 'danger')),
    ],
    () => clearInterval(timer),
  );
}
