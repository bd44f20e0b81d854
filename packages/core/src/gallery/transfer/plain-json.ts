/** JSON from anywhere, without what surprises its readers. */

/** A JSON object of unknown content. */
export type JsonObject = { readonly [name: string]: unknown };

/** Half a surrogate pair: no character. */
const LONE_SURROGATE = /\p{Cs}/u;

/** Whether a value is an object in the sense of JSON. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether an object has these names and no others. */
export function hasOnly(object: JsonObject, names: readonly string[]): boolean {
  const own = Object.keys(object);
  return own.length === names.length && names.every((name) => Object.hasOwn(object, name));
}

/**
 * Parses an object or array. Refused beside everything that is no JSON in UTF-8: values of too many levels, numbers that are too large, halves of surrogate
 * pairs, and the name `__proto__`, which would change the object that somebody copies it to.
 *
 * @returns The value, or what is wrong, as a text.
 */
export function parsePlainJson(bytes: Uint8Array, maxDepth: number): object | string {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return 'expected JSON in UTF-8, got something else';
  }
  if (typeof value !== 'object' || value === null) return 'expected a JSON object or array, got a single value';
  return findOddity(value, maxDepth) ?? value;
}

function findOddity(value: unknown, levels: number): string | undefined {
  if (typeof value === 'string') return LONE_SURROGATE.test(value) ? 'expected text, got half a surrogate pair' : undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : 'expected a number, got one that is too large';
  if (typeof value !== 'object' || value === null) return undefined;
  if (levels === 0) return 'expected JSON of fewer levels, got objects or arrays within each other';
  if (Array.isArray(value)) return findFirst(value, (entry) => findOddity(entry, levels - 1));
  if (Object.hasOwn(value, '__proto__')) return 'expected names other than __proto__';
  return findFirst(Object.entries(value), ([name, entry]) => findOddity(name, levels) ?? findOddity(entry, levels - 1));
}

function findFirst<T>(items: readonly T[], find: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
