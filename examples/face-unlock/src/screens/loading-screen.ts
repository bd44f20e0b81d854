/** While the engine opens: how far the models have come. */

import type { EngineProgress } from 'isoface';
import { addProgress, NO_PROGRESS, type OpeningProgress } from '../app/opening-progress.ts';
import { createElement } from '../dom/create-element.ts';
import { setText } from '../dom/set-text.ts';
import { formatBytes, formatNumber } from '../text/format.ts';
import { createScreen, type Screen, type Words } from './screen.ts';

/** The screen and what moves it on. */
export interface LoadingScreen extends Screen {
  add(event: EngineProgress): void;
}

/** Creates the screen. */
export function createLoadingScreen({ texts, language }: Words): LoadingScreen {
  const { loading } = texts;
  const bar = createElement('progress', { 'aria-label': loading.progress, max: 1, value: 0 });
  const step = createElement('p', { class: 'muted' }, loading.starting);
  const rows = createElement('ul', { class: 'model-list' });
  const items = new Map<string, HTMLElement>();
  let progress = NO_PROGRESS;
  let frame = 0;

  // Events come faster than frames.
  const draw = (): void => {
    frame = 0;
    bar.value = progress.share;
    setText(step, describeStep(progress));
    for (const { model, loadedBytes, totalBytes } of progress.models) {
      const item = items.get(model) ?? createElement('li');
      if (!items.has(model)) rows.append(item);
      items.set(model, item);
      setText(item, loading.model(model, formatBytes(loadedBytes, language), formatBytes(totalBytes, language)));
    }
  };
  const describeStep = ({ step: current }: OpeningProgress): string => {
    if (current.phase === 'selfTest') return loading.selfTest;
    if (current.phase === 'openModel') {
      return loading.opening(formatNumber(current.loadedModels, language, 0), formatNumber(current.totalModels, language, 0));
    }
    return loading.starting;
  };

  const screen = createScreen('loading', loading.title, [createElement('p', {}, loading.text), bar, step, rows], () =>
    cancelAnimationFrame(frame),
  );
  return {
    ...screen,
    add(event) {
      progress = addProgress(progress, event);
      if (frame === 0) frame = requestAnimationFrame(draw);
    },
  };
}
