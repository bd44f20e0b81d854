/** Stage times and frame rates of an attempt. */

import type { FrameEvent } from 'isoface';
import { createElement } from '../dom/create-element.ts';
import { setText } from '../dom/set-text.ts';
import type { Words } from '../screens/screen.ts';
import { formatMilliseconds, formatNumber } from '../text/format.ts';
import type { Texts } from '../text/texts.ts';
import { createFrameRate } from './frame-rate.ts';

/** The figures on the page. */
export interface Figures {
  readonly element: HTMLElement;
  add(frame: FrameEvent): void;
  close(): void;
}

type FigureName = keyof Texts['live']['figures'];

const NAMES: readonly FigureName[] = ['analysedRate', 'pageRate', 'dropped', 'detect', 'align', 'embed', 'liveness', 'total'];
/** Figures that change faster cannot be read. */
const EVERY_MS = 250;

/** Creates the figures. They count the frames that the page draws, too. */
export function createFigures({ texts, language }: Words): Figures {
  const values = new Map(NAMES.map((name) => [name, createElement('dd', {}, '–')]));
  const rows = NAMES.map((name) => createElement('div', {}, createElement('dt', {}, texts.live.figures[name]), values.get(name)));
  const analysed = createFrameRate();
  const drawn = createFrameRate();
  let drawnRate = 0;
  let shownAt = 0;
  const count = (timeMs: number): void => {
    drawnRate = drawn.add(timeMs);
    request = requestAnimationFrame(count);
  };
  let request = requestAnimationFrame(count);
  return {
    element: createElement('dl', { class: 'figures' }, ...rows),
    add({ timings, droppedFrames }) {
      const now = performance.now();
      const analysedRate = analysed.add(now);
      if (now - shownAt < EVERY_MS) return;
      shownAt = now;
      const { decodeMs, preprocessMs, detectMs, alignMs, embedMs, livenessMs, matchMs } = timings;
      const rate = (value: number): string => formatNumber(value, language, 1);
      const ms = (value: number): string => formatMilliseconds(value, language);
      const written: Readonly<Record<FigureName, string>> = {
        analysedRate: rate(analysedRate),
        pageRate: rate(drawnRate),
        dropped: formatNumber(droppedFrames, language, 0),
        detect: ms(preprocessMs + detectMs),
        align: ms(alignMs),
        embed: ms(embedMs),
        liveness: ms(livenessMs),
        total: ms(decodeMs + preprocessMs + detectMs + alignMs + embedMs + livenessMs + matchMs),
      };
      for (const [name, element] of values) setText(element, written[name]);
    },
    close: () => cancelAnimationFrame(request),
  };
}
