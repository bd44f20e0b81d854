/** Names for annotated copies. */

import { parse, resolve } from 'node:path';

/**
 * One path per input: `<name>.faces.jpg` in `directory`. Inputs of the same name get `-2`, `-3`, …; no path is that of an input.
 *
 * @param inputs - Absolute paths.
 */
export function chooseAnnotatedPaths(inputs: readonly string[], directory: string): string[] {
  // Some file systems do not tell upper from lower case.
  const taken = new Set(inputs.map((path) => path.toLowerCase()));
  return inputs.map((input) => {
    const { name } = parse(input);
    for (let copy = 1; ; copy++) {
      const path = resolve(directory, `${name}${copy === 1 ? '' : `-${copy}`}.faces.jpg`);
      if (taken.has(path.toLowerCase())) continue;
      taken.add(path.toLowerCase());
      return path;
    }
  });
}
