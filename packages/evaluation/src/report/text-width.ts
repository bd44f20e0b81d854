/** How wide text will be, without a browser to ask: an upper estimate for common sans-serif fonts. */

// Widths of DejaVu Sans, the widest of those that a system may choose.
const NARROW = /[\s.,:;'|!()[\]ijlfrtI-]/;
const WIDE = /[mwMW%@…—]/;
const CAPITAL = /[A-Z=+<>&#∞]/;
const FULL_WIDTH_FROM = 0x1100;

/** Estimated width in pixels. */
export function measureText(text: string, fontSize: number): number {
  let ems = 0;
  for (const character of text) ems += characterWidth(character);
  return ems * fontSize;
}

function characterWidth(character: string): number {
  if ((character.codePointAt(0) ?? 0) >= FULL_WIDTH_FROM && !WIDE.test(character)) return 1;
  if (NARROW.test(character)) return 0.4;
  if (WIDE.test(character)) return 0.98;
  return CAPITAL.test(character) ? 0.76 : 0.63;
}

/** The text, or where it is wider than `width` its start and its end around an ellipsis: file names differ at their ends. */
export function shortenText(text: string, width: number, fontSize: number): string {
  if (measureText(text, fontSize) <= width) return text;
  const characters = [...text];
  for (let kept = characters.length - 1; kept > 0; kept--) {
    const start = Math.ceil(kept / 2);
    const shortened = `${characters.slice(0, start).join('')}…${characters.slice(characters.length - (kept - start)).join('')}`;
    if (measureText(shortened, fontSize) <= width) return shortened;
  }
  return '…';
}

/** Breaks text into lines of at most `width` at its spaces; a word that is wider is shortened. */
export function wrapText(text: string, width: number, fontSize: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const last = lines.at(-1);
    const longer = `${last} ${word}`;
    if (last !== undefined && measureText(longer, fontSize) <= width) lines[lines.length - 1] = longer;
    else lines.push(shortenText(word, width, fontSize));
  }
  return lines;
}
