/** Sets a text only if it changed, so that nothing is laid out or read out again. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
