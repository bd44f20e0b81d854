/** One colour per person, the same in pictures and report; readable on photos, on white and on black. */

/** Colour of faces that match nobody. */
const STRANGER_COLOR = '#d7dbe2';

const COLORS = ['#ffb000', '#3ddc97', '#ff6f91', '#6fb1ff', '#c792ff', '#f4f269', '#ff8f4d', '#4dd8e6'];

/** The colour of a person; colours repeat after eight persons. */
export function colorOf(person: number | undefined): string {
  return person === undefined ? STRANGER_COLOR : (COLORS[person % COLORS.length] as string);
}
