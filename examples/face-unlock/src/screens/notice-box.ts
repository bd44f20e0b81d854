/** A notice on a screen. It is not a live region: the app announces it once, when the screen is shown. */

import { describeNotice, type Notice } from '../app/notice.ts';
import { createElement } from '../dom/create-element.ts';
import type { Words } from './screen.ts';

/** Creates the box; `undefined` where there is nothing to tell. */
export function createNoticeBox(notice: Notice | undefined, { texts }: Words): HTMLElement | undefined {
  if (notice === undefined) return undefined;
  const { tone, title, lines, technical } = describeNotice(notice, texts);
  return createElement(
    'div',
    { class: `notice notice-${tone}`, 'data-notice': notice.type },
    createElement('p', { class: 'notice-title' }, title),
    ...lines.map((line) => createElement('p', {}, line)),
    technical === undefined ? undefined : createElement('p', { class: 'technical', lang: 'en' }, technical),
  );
}

/** Creates a box with something the user should know beforehand. */
export function createHintBox(title: string, ...lines: readonly string[]): HTMLElement {
  return createElement(
    'div',
    { class: 'notice notice-plain' },
    createElement('p', { class: 'notice-title' }, title),
    ...lines.map((line) => createElement('p', {}, line)),
  );
}
