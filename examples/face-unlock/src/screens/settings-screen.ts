/** Settings: security, models, display; what happened since the page was opened; deletion. */

import type { AuditEvent } from 'isoface';
import type { AppEngine } from '../app/app-parts.ts';
import { createButton, createElement } from '../dom/create-element.ts';
import { CHOICES, canCheck, listFmrs, type Settings, toPolicy, type WantedLiveness } from '../settings/settings.ts';
import { formatFmr, formatTime } from '../text/format.ts';
import { createActions, createScreen, type Screen, type Words } from './screen.ts';

/** What the screen shows and does. */
export interface SettingsScreenOptions {
  readonly settings: Settings;
  readonly engine: AppEngine;
  readonly hint?: HTMLElement | undefined;
  /** Whether the rules of the face unlock may be changed. */
  readonly mayChangeSecurity: boolean;
  /** Newest last. */
  readonly events: readonly AuditEvent[];
  readonly onSave: (settings: Settings) => void;
  readonly onBack: () => void;
  /** Absent where nothing is stored. */
  readonly onDelete?: (() => void) | undefined;
}

/** Creates the screen. */
export function createSettingsScreen(words: Words, options: SettingsScreenOptions): Screen {
  const { texts, language } = words;
  const { settings: wording, buttons } = texts;
  const { settings, engine, mayChangeSecurity, hint, events, onSave, onBack, onDelete } = options;
  const { info } = engine;
  const policy = toPolicy(settings, info);
  const isAvailable = (level: WantedLiveness): boolean => canCheck(level, info);
  const levelName = (level: WantedLiveness): string =>
    isAvailable(level) ? wording.levels[level] : `${wording.levels[level]} (${wording.notAvailable})`;

  const fmr = createSelect(
    'fmr',
    listFmrs(info).map((rate) => ({ value: String(rate), text: formatFmr(rate, language, texts) })),
    String(policy.fmr),
  );
  const liveness = createSelect(
    'liveness',
    CHOICES.liveness.map((level) => ({ value: level, text: levelName(level), disabled: !isAvailable(level) })),
    policy.liveness,
  );
  const injection = createSelect(
    'injection',
    CHOICES.injection.map((value) => ({ value, text: wording.injections[value] })),
    settings.injection,
  );
  const pack = createSelect(
    'pack',
    CHOICES.pack.map((value) => ({ value, text: wording.packs[value] })),
    settings.pack,
  );
  const provider = createSelect(
    'provider',
    CHOICES.provider.map((value) => ({ value, text: wording.providers[value] })),
    settings.provider,
  );
  const overlay = createElement('input', { type: 'checkbox', id: 'setting-overlay', checked: settings.showOverlay });

  const form = createElement(
    'form',
    { class: 'settings', novalidate: true },
    createElement(
      'fieldset',
      { disabled: !mayChangeSecurity },
      createElement('legend', {}, wording.securityTitle),
      mayChangeSecurity ? undefined : createElement('p', { class: 'notice notice-plain' }, wording.lockedHint),
      createField(fmr, wording.fmr, wording.fmrHint),
      createField(liveness, wording.liveness, wording.livenessHint),
      createField(injection, wording.injection),
    ),
    hint,
    createElement(
      'fieldset',
      {},
      createElement('legend', {}, wording.engineTitle),
      createField(pack, wording.pack, wording.packHint),
      createField(provider, wording.provider, wording.runsOn(describeProvider(engine, words))),
    ),
    createElement(
      'fieldset',
      {},
      createElement('legend', {}, wording.displayTitle),
      createElement('p', { class: 'check' }, overlay, createElement('label', { for: 'setting-overlay' }, wording.overlay)),
    ),
    createElement(
      'p',
      { class: 'actions' },
      createElement('button', { type: 'submit', class: 'primary' }, buttons.save),
      createButton(buttons.back, onBack),
    ),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    onSave({
      pack: pack.value as Settings['pack'],
      provider: provider.value as Settings['provider'],
      ...(mayChangeSecurity
        ? {
            fmr: Number(fmr.value),
            liveness: liveness.value as WantedLiveness,
            injection: injection.value as Settings['injection'],
          }
        : { fmr: settings.fmr, liveness: settings.liveness, injection: settings.injection }),
      showOverlay: overlay.checked,
    });
  });
  return createScreen('settings', wording.title, [
    form,
    createElement(
      'details',
      {},
      createElement('summary', {}, wording.eventsTitle),
      createElement('ul', { class: 'bullets' }, ...listEvents(events, words)),
    ),
    onDelete && createActions(createButton(buttons.deleteData, onDelete, 'danger')),
  ]);
}

interface Option {
  readonly value: string;
  readonly text: string;
  readonly disabled?: boolean;
}

function createSelect(name: string, options: readonly Option[], value: string | undefined): HTMLSelectElement {
  const elements = options.map(({ text, ...attributes }) => createElement('option', attributes, text));
  const select = createElement('select', { id: `setting-${name}`, name }, ...elements);
  if (value !== undefined) select.value = value;
  return select;
}

function createField(select: HTMLSelectElement, label: string, hint?: string): HTMLElement {
  const hintId = `${select.id}-hint`;
  if (hint !== undefined) select.setAttribute('aria-describedby', hintId);
  return createElement(
    'div',
    { class: 'field' },
    createElement('label', { for: select.id }, label),
    select,
    hint === undefined ? undefined : createElement('p', { id: hintId, class: 'muted' }, hint),
  );
}

function describeProvider({ info }: AppEngine, { texts }: Words): string {
  const { providers } = texts.settings;
  return info.executionProvider === 'webgpu' ? providers.webgpu : providers.wasm;
}

function listEvents(events: readonly AuditEvent[], { texts, language }: Words): readonly HTMLElement[] {
  if (events.length === 0) return [createElement('li', {}, texts.settings.noEvents)];
  return events.toReversed().map(({ type, atMs, reason }) => {
    // The reason is a name of isoface, as it would stand in a log.
    const code = reason === undefined ? undefined : createElement('code', { lang: 'en' }, ` ${reason}`);
    return createElement('li', {}, `${formatTime(atMs, language)} ${texts.events[type]}`, code);
  });
}
