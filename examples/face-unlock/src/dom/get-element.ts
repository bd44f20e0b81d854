/** Finds an element of the page by its id. @throws If the page has none of that id and kind: page and code do not fit together. */
export function getElement<E extends HTMLElement>(id: string, Class: new () => E): E {
  const element = document.getElementById(id);
  if (element instanceof Class) return element;
  throw new Error(`Expected a ${Class.name} with the id "${id}" in the page, got ${element?.constructor.name ?? 'none'}.`);
}
