/** The engine did not start, or ended for good. */

import { isFaceError } from 'isoface';
import { createButton, createElement } from '../dom/create-element.ts';
import type { Texts } from '../text/texts.ts';
import { createActions, createScreen, type Screen, type Words } from './screen.ts';

/** What the screen shows and does. */
export interface ErrorScreenOptions {
  readonly error: unknown;
  readonly onRetry: () => void;
  /** Absent where the defaults are what failed. */
  readonly onDefaults?: (() => void) | undefined;
}

/** Creates the screen. */
export function createErrorScreen({ texts }: Words, { error, onRetry, onDefaults }: ErrorScreenOptions): Screen {
  const { message } = error instanceof Error ? error : { message: String(error) };
  return createScreen('error', texts.error.title, [
    createElement('p', { class: 'notice notice-bad' }, describe(error, texts)),
    createActions(
      createButton(texts.buttons.retry, onRetry, 'primary'),
      onDefaults && createButton(texts.buttons.defaultEngine, onDefaults),
    ),
    createElement(
      'details',
      {},
      createElement('summary', {}, texts.error.details),
      createElement('p', { class: 'technical', lang: 'en' }, isFaceError(error) ? `${error.code}: ${message}` : message),
    ),
  ]);
}

function describe(error: unknown, texts: Texts): string {
  if (isFaceError(error, 'DOWNLOAD_FAILED', 'MODEL_NOT_FOUND', 'MODEL_INTEGRITY')) return texts.error.download;
  return isFaceError(error, 'BACKEND_UNAVAILABLE', 'SELF_TEST_FAILED') ? texts.error.provider : texts.error.other;
}
