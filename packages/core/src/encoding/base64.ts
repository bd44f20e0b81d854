/** Bytes as text, for core has neither `atob` nor `Buffer`; fast enough for all templates of a gallery. */

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
/** Two digits at a time: half the steps of one. */
const PAIRS = Array.from({ length: 4096 }, (_, bits) => `${ALPHABET[bits >> 6]}${ALPHABET[bits & 63]}`);
/** Value of each ASCII character, 64 for all that is no digit. */
const VALUES = Uint8Array.from({ length: 128 }, (_, code) => (ALPHABET.indexOf(String.fromCharCode(code)) + 65) % 65);

/** Encodes as standard base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  const whole = bytes.length - (bytes.length % 3);
  let text = '';
  for (let at = 0; at < whole; at += 3) {
    const bits = ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
    text += (PAIRS[bits >> 12] as string) + (PAIRS[bits & 4095] as string);
  }
  const [a, b] = bytes.subarray(whole);
  if (a === undefined) return text;
  if (b === undefined) return `${text}${PAIRS[a << 4]}==`;
  return `${text}${PAIRS[(a << 4) | (b >> 4)]}${ALPHABET[(b & 15) << 2]}=`;
}

/** Decodes what {@link encodeBase64} gives; `undefined` for every other text, so that no two texts stand for the same bytes. */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  const digits = text.length - padding;
  let [at, bits, seen] = [0, 0, 0];
  for (let i = 0; i < digits; i++) {
    const value = VALUES[text.charCodeAt(i)] ?? 64;
    seen |= value;
    bits = (bits << 6) | value;
    if ((i & 3) === 0) continue;
    bytes[at++] = bits >> (6 - 2 * (i & 3));
  }
  // Bits of the last digit that belong to no byte.
  const spare = padding === 0 ? 0 : bits & (padding === 1 ? 3 : 15);
  return (seen & 64) === 0 && spare === 0 ? bytes : undefined;
}
