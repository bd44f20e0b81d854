/** Parts of the README that are written from results. */

/**
 * Puts content between the marks of a part: `<!-- name: written by … -->` and `<!-- end of name -->`.
 *
 * @throws If the marks are not there.
 */
export function replaceReadmePart(readme: string, name: string, content: string): string {
  const begin = new RegExp(`<!-- ${name}: [^\\n]* -->`).exec(readme);
  const end = readme.indexOf(`<!-- end of ${name} -->`);
  if (begin === null || end < begin.index) throw new Error(`Expected the marks of the part "${name}" in the README, got none.`);
  return `${readme.slice(0, begin.index + begin[0].length)}\n\n${content.trim()}\n\n${readme.slice(end)}`;
}
