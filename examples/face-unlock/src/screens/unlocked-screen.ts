/** Unlocked: the note, and how it was decided. */

import { describeRisk } from '../app/notice.ts';
import type { UnlockedDecision } from '../app/route.ts';
import { createButton, createElement } from '../dom/create-element.ts';
import type { KeptText } from '../settings/kept-text.ts';
import { formatFmr, formatNumber } from '../text/format.ts';
import { createActions, createFacts, createScreen, type Screen, type Words } from './screen.ts';

/** What the screen shows and does. */
export interface UnlockedScreenOptions {
  readonly decision: UnlockedDecision;
  readonly note: KeptText;
  readonly onLock: () => void;
  readonly onEnrolAgain: () => void;
  readonly onDelete: () => void;
}

/** Typing is not saved letter by letter. */
const SAVE_AFTER_MS = 400;

/** Creates the screen. */
export function createUnlockedScreen(words: Words, { decision, note, onLock, onEnrolAgain, onDelete }: UnlockedScreenOptions): Screen {
  const { unlocked, buttons } = words.texts;
  const area = createElement('textarea', { id: 'note', rows: 6, 'aria-describedby': 'note-hint note-status' });
  const status = createElement('p', { id: 'note-status', class: 'muted', role: 'status' });
  area.value = note.read() ?? '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = (): void => {
    clearTimeout(timer);
    timer = undefined;
    status.textContent = note.write(area.value) ? unlocked.noteSaved : unlocked.noteNotSaved;
  };
  area.addEventListener('input', () => {
    clearTimeout(timer);
    status.textContent = '';
    timer = setTimeout(save, SAVE_AFTER_MS);
  });
  return createScreen(
    'unlocked',
    unlocked.title,
    [
      createElement('p', { class: 'field' }, createElement('label', { for: 'note' }, unlocked.note), area),
      createElement('p', { id: 'note-hint', class: 'muted' }, unlocked.noteHint),
      status,
      createActions(createButton(buttons.lock, onLock, 'primary')),
      createElement('h2', {}, unlocked.factsTitle),
      createFacts(listFacts(decision, words)),
      ...describeRisk(decision.risk, words.texts).map((line) => createElement('p', { class: 'notice notice-plain' }, line)),
      createActions(createButton(buttons.enrolAgain, onEnrolAgain), createButton(buttons.deleteData, onDelete, 'danger')),
    ],
    () => {
      if (timer !== undefined) save();
    },
  );
}

function listFacts(decision: UnlockedDecision, { texts, language }: Words): readonly (readonly [string, string])[] {
  const { facts, ofThreshold } = texts.unlocked;
  const compare = (value: number, threshold: number): string =>
    ofThreshold(formatNumber(value, language, 3), formatNumber(threshold, language, 3));
  const { level, similarity, threshold, passive, fmr, durationMs, frames } = decision;
  return [
    [facts.level, texts.levels[level]],
    [facts.similarity, compare(similarity, threshold)],
    ...(passive === undefined ? [] : ([[facts.passive, compare(passive.score, passive.threshold)]] as const)),
    [facts.fmr, formatFmr(fmr, language, texts)],
    [facts.duration, texts.seconds(formatNumber(durationMs / 1000, language, 1))],
    [facts.frames, formatNumber(frames, language, 0)],
  ];
}
