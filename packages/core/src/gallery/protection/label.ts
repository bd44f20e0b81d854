/** Labels that keys and ciphertexts are bound to. */

/**
 * The label of one use of a key, in UTF-8: other parts give other bytes, as long as none holds U+0000 or half a surrogate pair, which identities
 * may not.
 */
export function toLabel(...parts: readonly string[]): Uint8Array {
  return new TextEncoder().encode(parts.join('\u0000'));
}
