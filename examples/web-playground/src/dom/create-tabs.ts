/** Tabs by the pattern of the ARIA Authoring Practices: arrows move, one tab stop. */

import { getElement } from './get-element.ts';

/** Binds tabs of the page; each has the id `tab-NAME` and its panel `panel-NAME`. */
export function createTabs(names: readonly string[], onSelect: (name: string) => void): void {
  const tabs = names.map((name) => getElement(`tab-${name}`, HTMLButtonElement));
  const select = (index: number): void => {
    for (const [i, tab] of tabs.entries()) {
      const isSelected = i === index;
      tab.setAttribute('aria-selected', String(isSelected));
      tab.tabIndex = isSelected ? 0 : -1;
      getElement(`panel-${names[i]}`, HTMLElement).hidden = !isSelected;
    }
    const name = names[index];
    if (name !== undefined) onSelect(name);
  };
  for (const [i, tab] of tabs.entries()) {
    tab.addEventListener('click', () => select(i));
    tab.addEventListener('keydown', ({ key }) => {
      const step = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
      if (step === 0) return;
      const next = (i + step + tabs.length) % tabs.length;
      select(next);
      tabs[next]?.focus();
    });
  }
}
