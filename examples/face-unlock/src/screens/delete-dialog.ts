/** Asks before everything is deleted. */

import { createButton, createElement } from '../dom/create-element.ts';
import { createActions, type Words } from './screen.ts';

/**
 * Shows the dialog; the browser keeps the focus in it and gives it back.
 *
 * @param remove - Deletes; the dialog stays open and says so where that fails.
 * @returns Whether everything was deleted.
 */
export function askToDelete(dialog: HTMLDialogElement, { texts }: Words, remove: () => Promise<void>): Promise<boolean> {
  const { deletion, buttons } = texts;
  const problem = createElement('p', { class: 'field-error', role: 'alert' });
  let isDeleted = false;
  const cancel = createButton(buttons.cancel, () => dialog.close());
  const confirm = createButton(
    deletion.confirm,
    () => {
      confirm.disabled = true;
      problem.textContent = '';
      remove().then(
        () => {
          isDeleted = true;
          dialog.close();
        },
        () => {
          confirm.disabled = false;
          problem.textContent = deletion.failed;
        },
      );
    },
    'danger',
  );
  // The harmless answer is the one that Enter gives.
  cancel.autofocus = true;
  dialog.replaceChildren(
    createElement('h2', { id: 'delete-title' }, deletion.title),
    createElement('p', { id: 'delete-text' }, deletion.text),
    problem,
    createActions(cancel, confirm),
  );
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(isDeleted), { once: true });
  });
}
