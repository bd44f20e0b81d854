/** An error on the page. */

import { createElement } from '../dom/create-element.ts';
import type { ErrorText } from './describe-error.ts';

/** Creates a box with code, message and advice. It is announced when it is put into the page. */
export function createErrorBox({ code, message, advice }: ErrorText): HTMLElement {
  return createElement(
    'div',
    { class: 'error-box', role: 'alert' },
    createElement('p', {}, createElement('code', {}, code), ` ${message}`),
    createElement('p', { class: 'advice' }, advice),
  );
}
