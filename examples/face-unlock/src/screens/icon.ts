/** Drawings beside words, never instead of them. */

import type { ChallengeAction } from 'isoface';
import { createSvgElement } from '../dom/create-element.ts';

const HEAD = 'M24 8a11 11 0 0 1 11 11v8a11 11 0 0 1-22 0v-8A11 11 0 0 1 24 8Z';
const EYES = 'M20 21h0M28 21h0';
const MOUTH = 'M20 29q4 3 8 0';

/** Lines on a square of 48. Left and right are those of a mirror, as the preview is one: who turns left, turns to the left of the screen. */
const LINES: Readonly<Record<ChallengeAction | 'neutral' | 'face', string>> = {
  face: `M6 14v-4a4 4 0 0 1 4-4h4M34 6h4a4 4 0 0 1 4 4v4M42 34v4a4 4 0 0 1-4 4h-4M14 42h-4a4 4 0 0 1-4-4v-4${HEAD}${EYES}${MOUTH}`,
  neutral: `${HEAD}${EYES}M20 29h8`,
  turnLeft: `${HEAD}M17 21h0M24 21h0M16 29h7M10 44h-7m4-4-4 4 4 4M3 44h20`,
  turnRight: `${HEAD}M24 21h0M31 21h0M25 29h7M38 44h7m-4-4 4 4-4 4M45 44H25`,
  nod: `${HEAD}M20 24h0M28 24h0M20 32h8M43 12v22m-4-4 4 4 4-4`,
  blink: `${HEAD}M17 21q3 2 5 0M26 21q3 2 5 0M21 29h6`,
  smile: `${HEAD}${EYES}M17 27q7 9 14 0`,
  moveCloser: `${HEAD}${EYES}M21 29h6M3 3l6 6m0-5v5H4M45 3l-6 6m0-5v5h5M3 45l6-6m0 5v-5H4M45 45l-6-6m0 5v-5h5`,
};

/** Creates a drawing. */
export function createIcon(name: keyof typeof LINES): SVGSVGElement {
  return createSvgElement(
    'svg',
    { class: 'icon', viewBox: '0 0 48 48', 'aria-hidden': 'true', focusable: 'false' },
    createSvgElement('path', { d: LINES[name] }),
  );
}
