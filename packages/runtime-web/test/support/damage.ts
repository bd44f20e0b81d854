/** Pictures that are not what they seem. */

/** Flips bytes behind the head, so that the format is still recognized. */
export function flipBytes(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes, (value, i) => (i > 200 && i % 50 === 0 ? value ^ 0xff : value));
}

/** The head of a PNG of any size, without content. */
export function headOfPng(width: number, height: number): Buffer {
  const head = Buffer.from([
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0,
  ]);
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  return head;
}
