/** What a screen is, and the parts that all of them have. */

import type { ScreenName } from '../app/route.ts';
import { type Child, createElement } from '../dom/create-element.ts';
import type { Language } from '../text/language.ts';
import type { Texts } from '../text/texts.ts';

/** What every screen is written with. */
export interface Words {
  readonly texts: Texts;
  readonly language: Language;
}

/** A screen, ready to be put into the main element. */
export interface Screen {
  readonly name: ScreenName;
  readonly heading: HTMLElement;
  readonly elements: readonly Node[];
  /** Ends timers. */
  readonly close?: () => void;
}

/** Creates a screen with its heading, which takes the focus when the screen is shown. */
export function createScreen(name: ScreenName, title: string, children: readonly Child[], close?: () => void): Screen {
  const heading = createElement('h1', { tabindex: -1 }, title);
  return { name, heading, elements: [heading, ...children.filter(isNode)], ...(close && { close }) };
}

/** Buttons in a row. */
export function createActions(...buttons: Child[]): HTMLElement {
  return createElement('p', { class: 'actions' }, ...buttons);
}

/** Facts as a list of terms and values. */
export function createFacts(facts: readonly (readonly [string, string])[]): HTMLElement {
  const rows = facts.map(([term, value]) => createElement('div', {}, createElement('dt', {}, term), createElement('dd', {}, value)));
  return createElement('dl', { class: 'facts' }, ...rows);
}

function isNode(child: Child): child is Node {
  return child instanceof Node;
}
