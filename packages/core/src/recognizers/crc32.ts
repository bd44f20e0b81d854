/** CRC-32 as in zlib, PNG and Ethernet (ISO 3309): finds damage, not forgery. */

/** Remainders of all bytes for the reflected polynomial 0xEDB88320. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  return remainder;
});

/** Computes the checksum of bytes, an unsigned 32-bit number. */
export function computeCrc32(bytes: Uint8Array): number {
  let remainder = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) remainder = (remainder >>> 8) ^ (TABLE[(remainder ^ (bytes[i] as number)) & 255] as number);
  return (remainder ^ 0xffffffff) >>> 0;
}
