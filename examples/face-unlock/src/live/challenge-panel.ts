/** What the person should do now: drawing, words, time that is left, how much is done. */

import type { ChallengePrompt } from 'isoface';
import { createElement } from '../dom/create-element.ts';
import { setText } from '../dom/set-text.ts';
import { createIcon } from '../screens/icon.ts';
import type { Words } from '../screens/screen.ts';
import { formatNumber, formatSecondsLeft } from '../text/format.ts';
import type { Texts } from '../text/texts.ts';

/** The panel on the page. */
export interface ChallengePanel {
  readonly element: HTMLElement;
  show(prompt: ChallengePrompt): void;
}

/** Creates the panel, hidden until something is asked for. */
export function createChallengePanel({ texts, language }: Words): ChallengePanel {
  const { unlocking } = texts;
  const icon = createElement('span', { class: 'challenge-icon' });
  const words = createElement('p', { class: 'challenge-words' });
  const step = createElement('p', { class: 'muted' });
  const remaining = createElement('p', { class: 'challenge-remaining', role: 'timer' });
  const progress = createElement('progress', { max: 1, value: 0, 'aria-label': unlocking.progress });
  const element = createElement(
    'div',
    { class: 'challenge', hidden: true },
    icon,
    createElement('div', {}, words, step),
    remaining,
    progress,
  );
  let shown = '';
  return {
    element,
    show(prompt) {
      const { phase } = prompt;
      const name = phase === 'action' ? prompt.action : 'neutral';
      const id = `${name} ${prompt.step}`;
      if (id !== shown) {
        shown = id;
        element.hidden = false;
        element.dataset['action'] = name;
        icon.replaceChildren(createIcon(name));
        setText(words, describePrompt(prompt, texts));
        // Steps count from 0.
        setText(step, unlocking.stepOf(formatNumber(prompt.step + 1, language, 0), formatNumber(prompt.steps, language, 0)));
      }
      setText(remaining, phase === 'action' ? unlocking.remaining(formatSecondsLeft(prompt.remainingMs)) : '');
      progress.value = phase === 'action' ? prompt.progress : 0;
    },
  };
}

/** The prompt in words. */
export function describePrompt(prompt: ChallengePrompt, { unlocking }: Pick<Texts, 'unlocking'>): string {
  return prompt.phase === 'action' ? unlocking.actions[prompt.action] : unlocking.neutral;
}
