/** What is stored cannot be used: why, and what helps. */

import type { UnusableReason } from 'isoface';
import type { Notice } from '../app/notice.ts';
import { createButton, createElement } from '../dom/create-element.ts';
import { createNoticeBox } from './notice-box.ts';
import { createActions, createScreen, type Screen, type Words } from './screen.ts';

/** What the screen shows and does. */
export interface UnusableScreenOptions {
  readonly reason: UnusableReason;
  readonly notice?: Notice | undefined;
  readonly onRetry: () => void;
  readonly onDelete: () => void;
}

/** How often it is looked whether another tab is done. */
const EVERY_MS = 2_000;

/** Creates the screen. */
export function createUnusableScreen(words: Words, { reason, notice, onRetry, onDelete }: UnusableScreenOptions): Screen {
  const { unusable, buttons } = words.texts;
  const passes = reason === 'inUse';
  const helpsToDelete = reason === 'keyMissing' || reason === 'damaged' || reason === 'modelChanged';
  const timer = passes ? setTimeout(onRetry, EVERY_MS) : undefined;
  return createScreen(
    'unusable',
    unusable[reason].title,
    [
      createNoticeBox(notice, words),
      createElement('p', { 'data-reason': reason }, unusable[reason].text),
      createActions(
        helpsToDelete ? undefined : createButton(buttons.retry, onRetry, 'primary'),
        passes ? undefined : createButton(helpsToDelete ? buttons.deleteAndEnrol : buttons.deleteData, onDelete, 'danger'),
      ),
    ],
    () => clearTimeout(timer),
  );
}
