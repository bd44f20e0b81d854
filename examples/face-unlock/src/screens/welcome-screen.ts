/** Nobody is enrolled: what face unlock stores, and the consent to it. */

import type { Notice } from '../app/notice.ts';
import { createButton, createElement } from '../dom/create-element.ts';
import { createNoticeBox } from './notice-box.ts';
import { createActions, createScreen, type Screen, type Words } from './screen.ts';

/** Which text is agreed to; to be raised with every change of its meaning. */
export const CONSENT_VERSION = '1';

/** What the screen shows and does. */
export interface WelcomeScreenOptions {
  readonly notice?: Notice | undefined;
  readonly hint?: HTMLElement | undefined;
  readonly onConsent: () => void;
}

/** Creates the screen. */
export function createWelcomeScreen(words: Words, { notice, hint, onConsent }: WelcomeScreenOptions): Screen {
  const { welcome, buttons } = words.texts;
  const box = createElement('input', { type: 'checkbox', id: 'consent', 'aria-describedby': 'consent-version consent-missing' });
  const missing = createElement('p', { id: 'consent-missing', class: 'field-error', role: 'alert' });
  box.addEventListener('change', () => {
    if (!box.checked) return;
    missing.textContent = '';
    box.removeAttribute('aria-invalid');
  });
  const start = (): void => {
    if (box.checked) {
      onConsent();
    } else {
      missing.textContent = welcome.consentMissing;
      box.setAttribute('aria-invalid', 'true');
      box.focus();
    }
  };
  return createScreen('welcome', welcome.title, [
    createNoticeBox(notice, words),
    createElement('p', {}, welcome.intro),
    createElement('h2', {}, welcome.storedTitle),
    createElement('ul', { class: 'bullets' }, ...welcome.stored.map((line) => createElement('li', {}, line))),
    createElement('h2', {}, welcome.limitsTitle),
    createElement('ul', { class: 'bullets' }, ...welcome.limits.map((line) => createElement('li', {}, line))),
    hint,
    createElement('h2', {}, welcome.consentTitle),
    createElement('p', { class: 'check' }, box, createElement('label', { for: 'consent' }, welcome.consent)),
    createElement('p', { id: 'consent-version', class: 'muted' }, welcome.consentVersion(CONSENT_VERSION)),
    missing,
    createActions(createButton(buttons.enrol, start, 'primary large')),
  ]);
}
