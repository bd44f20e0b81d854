/** The outcome of all comparisons: matches and the matrix. */

import { type Decision, describeDecision } from '../decision/settle-decision.ts';
import { createElement } from '../dom/create-element.ts';
import { getElement } from '../dom/get-element.ts';
import { setText } from '../dom/set-text.ts';
import { createErrorBox } from '../engine/create-error-box.ts';
import { describeError } from '../engine/describe-error.ts';
import type { LabelledFace } from '../photos/list-faces.ts';
import { count } from '../text/count.ts';
import { formatMilliseconds } from '../text/format-milliseconds.ts';
import type { Pair } from './compare-faces.ts';
import { createMatrix } from './create-matrix.ts';

/** Everything there is to show. */
export interface Comparison {
  readonly faces: readonly LabelledFace[];
  readonly pairs: readonly Pair[];
  /** Most alike first. */
  readonly matches: readonly Pair[];
  /** The threshold in force, or why there is none. */
  readonly decision: Decision | { readonly error: unknown };
  /** What comparing all pairs took. */
  readonly matchMs: number;
}

/** Binds the section to the page; the function draws it. */
export function createComparisonView(): (comparison: Comparison) => void {
  const section = getElement('comparison', HTMLElement);
  const text = getElement('decision-text', HTMLElement);
  const error = getElement('decision-error', HTMLElement);
  const list = getElement('matches', HTMLElement);
  const matrix = getElement('matrix', HTMLElement);
  // It scrolls: the keyboard must be able to do that too.
  matrix.tabIndex = 0;
  return ({ faces, pairs, matches, decision, matchMs }) => {
    section.hidden = faces.length === 0 && !('error' in decision);
    error.replaceChildren(...('error' in decision ? [createErrorBox(describeError(decision.error))] : []));
    setText(text, 'error' in decision ? '' : describe(decision, pairs.length, matches.length, matchMs));
    list.replaceChildren(...matches.map((pair) => createMatch(pair, faces)));
    matrix.replaceChildren(createMatrix(faces, pairs, 'error' in decision ? undefined : decision.threshold));
  };
}

function describe(decision: Decision, pairs: number, matches: number, matchMs: number): string {
  return `${describeDecision(decision)} ${count(matches, 'match', 'matches')} in ${count(pairs, 'pair')}, compared in ${formatMilliseconds(matchMs)}.`;
}

function createMatch({ a, b, similarity }: Pair, faces: readonly LabelledFace[]): HTMLLIElement {
  const [first, second] = [faces[a], faces[b]];
  const image = (face: LabelledFace | undefined): HTMLImageElement =>
    createElement('img', { src: face?.crop, alt: '', width: 36, height: 36 });
  return createElement(
    'li',
    { class: 'match' },
    image(first),
    image(second),
    `${first?.label} and ${second?.label}: ${similarity.toFixed(4)}`,
  );
}
