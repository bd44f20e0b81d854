/** A number with its noun, e.g. `1 face`, `2 faces`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}
