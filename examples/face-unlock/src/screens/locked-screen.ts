/** Locked, ready to be unlocked. */

import type { UnlockStatus } from 'isoface';
import type { Notice } from '../app/notice.ts';
import { createButton, createElement } from '../dom/create-element.ts';
import { formatDate } from '../text/format.ts';
import { createIcon } from './icon.ts';
import { createNoticeBox } from './notice-box.ts';
import { createActions, createScreen, type Screen, type Words } from './screen.ts';

/** What the screen shows and does. */
export interface LockedScreenOptions {
  readonly status: Extract<UnlockStatus, { readonly state: 'ready' }>;
  readonly notice?: Notice | undefined;
  readonly hint?: HTMLElement | undefined;
  readonly onUnlock: () => void;
  readonly onDelete: () => void;
}

/** Creates the screen. */
export function createLockedScreen(words: Words, { status, notice, hint, onUnlock, onDelete }: LockedScreenOptions): Screen {
  const { locked, buttons } = words.texts;
  const unlock = createButton('', onUnlock, 'primary unlock-button');
  unlock.append(createIcon('face'), createElement('span', {}, buttons.unlock));
  return createScreen('locked', locked.title, [
    createNoticeBox(notice, words),
    unlock,
    createElement('p', { class: 'centred' }, locked.attemptsLeft(status.attemptsLeft)),
    createElement('p', { class: 'muted centred' }, locked.text),
    createElement('p', { class: 'muted centred' }, locked.enrolledAt(formatDate(status.enrolledAtMs, words.language), status.templates)),
    hint,
    createActions(createButton(buttons.deleteData, onDelete, 'danger')),
  ]);
}
