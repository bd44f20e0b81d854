/** HTML and SVG that is safe by construction: text becomes markup in one place, and there it is escaped. */

/** Markup that may be written out as it is. Only {@link element} and constants of this package make it. */
export class Markup {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

/** What an element may hold. A string is text and is escaped. */
export type Child = Markup | string | undefined | readonly Child[];

/** Values of attributes; those that are `undefined` are left out. Numbers are rounded to a tenth, which is enough for pixels. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Elements that are written without an end tag. */
const EMPTY: ReadonlySet<string> = new Set(['circle', 'line', 'meta', 'path', 'rect']);

/** Makes an element that is well-formed both as HTML and as XML. */
export function element(name: string, attributes: Attributes, ...children: readonly Child[]): Markup {
  const start = `<${name}${Object.entries(attributes).map(renderAttribute).join('')}`;
  return new Markup(EMPTY.has(name) ? `${start}/>` : `${start}>${renderChildren(children)}</${name}>`);
}

function renderAttribute([name, value]: readonly [string, string | number | undefined]): string {
  if (value === undefined) return '';
  return ` ${name}="${typeof value === 'number' ? roundPixels(value) : escapeMarkup(value)}"`;
}

function renderChildren(children: readonly Child[]): string {
  return children.map(renderChild).join('');
}

function renderChild(child: Child): string {
  if (child === undefined) return '';
  if (child instanceof Markup) return child.source;
  return typeof child === 'string' ? escapeMarkup(child) : renderChildren(child);
}

/** A length or place in pixels, rounded to a tenth. */
export function roundPixels(value: number): number {
  // Adding zero turns -0 into 0.
  return Math.round(value * 10) / 10 + 0;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
/** Markup characters; controls and line ends; halves of surrogate pairs and noncharacters; characters that reorder the text around them. */
const UNSAFE = /[&<>"']|\p{Cc}|\p{Zl}|\p{Zp}|\p{Cs}|[\ufffe\uffff\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Makes text safe in the content and in quoted attributes of HTML and SVG, and visible for what it is: a file name may hold line
 * ends, controls, or characters that reorder the text around them. These are shown by their code, such as `[U+202E]`.
 */
export function escapeMarkup(text: string): string {
  return text.replace(
    UNSAFE,
    (character) => ENTITIES[character] ?? `[U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`,
  );
}
