/** The picture of the camera as a mirror, an oval to look into, and one line of advice. */

import type { FrameEvent } from 'isoface';
import { createElement, createSvgElement } from '../dom/create-element.ts';
import { setText } from '../dom/set-text.ts';
import type { Words } from '../screens/screen.ts';
import { createFigures } from './figures.ts';
import { createOverlay } from './overlay.ts';

/** The stage of an enrolment or an attempt. */
export interface LiveStage {
  /** Picture and advice. */
  readonly elements: readonly HTMLElement[];
  /** Times and rates, where they are shown. */
  readonly figures: HTMLElement | undefined;
  readonly video: HTMLVideoElement;
  /** Draws what was found in a frame. */
  show(frame: FrameEvent): void;
  /** Shows a line of advice. */
  advise(text: string, isGood: boolean): void;
  close(): void;
}

/** Creates the stage. @param showOverlay - Whether box, landmarks and figures are shown. */
export function createLiveStage(words: Words, showOverlay: boolean): LiveStage {
  const { live } = words.texts;
  const video = createElement('video', { playsinline: true, disablepictureinpicture: true, 'aria-label': live.video });
  // An attribute alone does not mute an element that was made by a script.
  video.muted = true;
  const canvas = createElement('canvas', { class: 'overlay', 'aria-hidden': 'true' });
  const advice = createElement('p', { class: 'advice', 'data-part': 'advice' }, live.startingCamera);
  const stage = createElement('div', { class: 'stage' }, video, showOverlay ? canvas : undefined, createOval());
  const overlay = showOverlay ? createOverlay(canvas) : undefined;
  const figures = showOverlay ? createFigures(words) : undefined;
  return {
    elements: [stage, advice],
    figures: figures?.element,
    video,
    show(frame) {
      overlay?.show(frame);
      figures?.add(frame);
    },
    advise(text, isGood) {
      setText(advice, text);
      if (stage.classList.contains('is-good') !== isGood) stage.classList.toggle('is-good', isGood);
    },
    close() {
      overlay?.close();
      figures?.close();
    },
  };
}

/** The oval is a hint for the eye; advice says the same in words. */
function createOval(): SVGSVGElement {
  return createSvgElement(
    'svg',
    { class: 'oval', viewBox: '0 0 400 300', preserveAspectRatio: 'xMidYMid slice', 'aria-hidden': 'true', focusable: 'false' },
    createSvgElement('path', { class: 'oval-shade', d: 'M-200-300h800v900h-800ZM200 30a88 118 0 1 0 .1 0Z', 'fill-rule': 'evenodd' }),
    createSvgElement('ellipse', { class: 'oval-line', cx: 200, cy: 148, rx: 88, ry: 118 }),
  );
}
