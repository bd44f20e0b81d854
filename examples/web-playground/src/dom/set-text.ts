/** Sets the text of a live region, only if it changed: what is written again would be read out again. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
