/** Numbers as strokes: SVG text needs fonts, and a bare machine has none. */

/** Strokes of the digits on a grid 4 wide and 8 high, y down. */
const DIGITS = [
  'M0 2Q0 0 2 0Q4 0 4 2V6Q4 8 2 8Q0 8 0 6Z',
  'M.5 1.5L2.5 0V8',
  'M0 2Q0 0 2 0Q4 0 4 2Q4 3.4 2.8 4.8L0 8H4',
  'M0 1.2Q.6 0 2 0Q4 0 4 2Q4 3.8 1.6 3.8Q4 3.8 4 6Q4 8 2 8Q.6 8 0 6.8',
  'M3 8V0L0 5.6H4',
  'M3.8 0H.4V3.4Q1.2 3 2 3Q4 3 4 5.4Q4 8 2 8Q.6 8 0 6.8',
  'M3.6 .8Q3 0 2 0Q0 0 0 4V5.6Q0 8 2 8Q4 8 4 5.6Q4 3.4 2 3.4Q.4 3.4 0 5',
  'M0 0H4L1.4 8',
  'M2 3.8Q.3 3.8 .3 1.9Q.3 0 2 0Q3.7 0 3.7 1.9Q3.7 3.8 2 3.8Q0 3.8 0 5.9Q0 8 2 8Q4 8 4 5.9Q4 3.8 2 3.8',
  'M.4 7.2Q1 8 2 8Q4 8 4 4V2.4Q4 0 2 0Q0 0 0 2.4Q0 4.6 2 4.6Q3.6 4.6 4 3',
];
const HASH = 'M1.4 .8L.8 7.2M3.2 .8L2.6 7.2M0 2.8H4M0 5.2H4';

/** `#` and the number as an SVG group; `x`, `y` is the top left corner. */
export function drawNumber(number: number, { x, y, height }: { readonly x: number; readonly y: number; readonly height: number }): string {
  const strokes = [HASH, ...Array.from(String(number), (digit) => DIGITS[Number(digit)] ?? '')];
  const paths = strokes.map((d, i) => `<path transform="translate(${i * 5.6} 0)" d="${d}"/>`).join('');
  return `<g transform="translate(${x} ${y}) scale(${height / 8})" fill="none" stroke="#10141c" stroke-width="1.2" stroke-linecap="round" stroke-linejoin="round">${paths}</g>`;
}
