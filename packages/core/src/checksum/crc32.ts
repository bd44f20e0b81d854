/** CRC-32 as in zlib, PNG and Ethernet (ISO 3309): finds damage, not forgery. */

/** Computes the checksum of bytes, or continues one: `crc(b, crc(a))` is that of a followed by b. An unsigned 32-bit number. */
export type Crc32 = (bytes: Uint8Array, previous?: number) => number;

/** Bytes taken in one step. */
const SLICES = 16;

/**
 * Table `i` holds, for each byte, its remainder for the reflected polynomial 0xEDB88320 after `i` further bytes of zeros. The checksum is linear, so
 * that the remainders of the bytes of a step are looked up independently of each other.
 */
const TABLES = createTables();

/** {@link Crc32} in JavaScript. */
export function computeCrc32(bytes: Uint8Array, previous = 0): number {
  const tables = TABLES;
  const length = bytes.length;
  let remainder = ~previous;
  let at = 0;
  for (const end = length - (length % SLICES); at < end; at += SLICES) {
    remainder =
      (tables[3840 + (((bytes[at] as number) ^ remainder) & 255)] as number) ^
      (tables[3584 + (((bytes[at + 1] as number) ^ (remainder >>> 8)) & 255)] as number) ^
      (tables[3328 + (((bytes[at + 2] as number) ^ (remainder >>> 16)) & 255)] as number) ^
      (tables[3072 + ((bytes[at + 3] as number) ^ (remainder >>> 24))] as number) ^
      (tables[2816 + (bytes[at + 4] as number)] as number) ^
      (tables[2560 + (bytes[at + 5] as number)] as number) ^
      (tables[2304 + (bytes[at + 6] as number)] as number) ^
      (tables[2048 + (bytes[at + 7] as number)] as number) ^
      (tables[1792 + (bytes[at + 8] as number)] as number) ^
      (tables[1536 + (bytes[at + 9] as number)] as number) ^
      (tables[1280 + (bytes[at + 10] as number)] as number) ^
      (tables[1024 + (bytes[at + 11] as number)] as number) ^
      (tables[768 + (bytes[at + 12] as number)] as number) ^
      (tables[512 + (bytes[at + 13] as number)] as number) ^
      (tables[256 + (bytes[at + 14] as number)] as number) ^
      (tables[bytes[at + 15] as number] as number);
  }
  for (; at < length; at++) remainder = (remainder >>> 8) ^ (tables[(remainder ^ (bytes[at] as number)) & 255] as number);
  return ~remainder >>> 0;
}

function createTables(): Int32Array {
  const tables = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
    tables[byte] = remainder;
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256] as number;
    tables[i] = (before >>> 8) ^ (tables[before & 255] as number);
  }
  return tables;
}
