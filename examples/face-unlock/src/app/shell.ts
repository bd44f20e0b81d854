/** The page around the screens: header, main element, live regions, dialog. */

import { createElement } from '../dom/create-element.ts';
import { getElement } from '../dom/get-element.ts';
import { setText } from '../dom/set-text.ts';
import { type Announcer, createAnnouncer } from '../live/announcer.ts';
import type { Screen } from '../screens/screen.ts';
import { isLanguage, LANGUAGES, type Language } from '../text/language.ts';

/** What the shell tells the app. */
export interface ShellOptions {
  readonly onLanguage: (language: Language) => void;
  readonly onSettings: () => void;
}

/** How a screen is shown. */
export interface ShowOptions {
  /** Whether language and settings can be reached from it: not while the camera runs. */
  readonly hasMenu: boolean;
  readonly hasSettings: boolean;
  /** Whether the focus goes to its heading; not where only its words have changed. */
  readonly takesFocus: boolean;
}

/** The shell on the page. */
export interface Shell {
  readonly dialog: HTMLDialogElement;
  /** Polite, for advice. */
  readonly announcer: Announcer;
  /** Replaces the screen and ends the one before it. */
  show(screen: Screen, options: ShowOptions): void;
  /** Ends the screen, which stays in sight until the next is shown. */
  close(): void;
  /** Says a result at once, over everything else. */
  announceResult(text: string): void;
  setLanguage(language: Language): void;
}

/** Long enough for a live region that was emptied to be noticed as changed. */
const ANNOUNCE_AFTER_MS = 50;

/** Binds the shell to the page. */
export function createShell({ onLanguage, onSettings }: ShellOptions): Shell {
  const main = getElement('main', HTMLElement);
  const name = getElement('app-name', HTMLElement);
  const nav = getElement('app-nav', HTMLElement);
  const select = getElement('language', HTMLSelectElement);
  const label = getElement('language-label', HTMLElement);
  const settings = getElement('open-settings', HTMLButtonElement);
  const playground = getElement('playground-link', HTMLElement);
  const advice = getElement('advice-live', HTMLElement);
  const result = getElement('result-live', HTMLElement);
  const announcer = createAnnouncer((text) => setText(advice, text));
  let current: Screen | undefined;
  let announcing: ReturnType<typeof setTimeout> | undefined;

  select.append(...Object.entries(LANGUAGES).map(([value, language]) => createElement('option', { value, lang: value }, language.name)));
  select.addEventListener('change', () => {
    if (isLanguage(select.value)) onLanguage(select.value);
  });
  settings.addEventListener('click', onSettings);

  const close = (): void => {
    current?.close?.();
    current = undefined;
  };
  const setTitle = (screen: Screen): void => {
    document.title = `${screen.heading.textContent} – ${name.textContent}`;
  };
  return {
    dialog: getElement('delete-dialog', HTMLDialogElement),
    announcer,
    close,
    show(screen, { hasMenu, hasSettings, takesFocus }) {
      close();
      current = screen;
      announcer.clear();
      nav.hidden = !hasMenu;
      settings.hidden = !hasSettings;
      main.dataset['screen'] = screen.name;
      main.replaceChildren(...screen.elements);
      setTitle(screen);
      if (!takesFocus) return;
      screen.heading.focus({ preventScroll: true });
      scrollTo(0, 0);
    },
    announceResult(text) {
      clearTimeout(announcing);
      result.textContent = '';
      announcing = setTimeout(() => {
        result.textContent = text;
      }, ANNOUNCE_AFTER_MS);
    },
    setLanguage(language) {
      const { texts } = LANGUAGES[language];
      document.documentElement.lang = language;
      select.value = language;
      setText(name, texts.appName);
      setText(label, texts.languageLabel);
      setText(settings, texts.buttons.settings);
      setText(playground, texts.playground);
      nav.setAttribute('aria-label', texts.appName);
      if (current !== undefined) setTitle(current);
    },
  };
}
