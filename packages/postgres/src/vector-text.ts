/** Templates on their way into a column of type `vector` and out of it. */

import { FaceError } from '@isoface/core';

/** Bytes before the numbers in the binary form of a `vector`: its dimension and a reserved word. */
const HEADER_BYTES = 4;

/**
 * Text of a vector, e.g. `[0.1,0.2]`. Nine digits tell float32 numbers apart, so that reading gives back the very same ones.
 *
 * @throws {FaceError} `INVALID_EMBEDDING` for numbers that are not finite, which pgvector does not keep.
 */
export function toVectorText(numbers: Float32Array): string {
  const texts: string[] = [];
  for (const number of numbers) {
    if (!Number.isFinite(number)) {
      throw new FaceError('INVALID_EMBEDDING', `Expected finite numbers in a template, got ${number} at position ${texts.length}.`, {});
    }
    // Zero has a sign, which toPrecision drops.
    texts.push(number === 0 ? (Object.is(number, -0) ? '-0' : '0') : number.toPrecision(9));
  }
  return `[${texts.join(',')}]`;
}

/**
 * float32 numbers, little endian, as numbers.
 *
 * @throws {FaceError} `SHAPE_MISMATCH` if there are not as many as the dimension says.
 */
export function toNumbers(bytes: Uint8Array, dimension: number): Float32Array {
  if (bytes.length !== 4 * dimension) {
    const message = `Expected a template of ${4 * dimension} bytes (${dimension} numbers), got ${bytes.length} bytes.`;
    throw new FaceError('SHAPE_MISMATCH', message, { expected: 4 * dimension, got: bytes.length });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Float32Array.from({ length: dimension }, (_, i) => view.getFloat32(4 * i, true));
}

/** What `vector_send` gives (numbers big endian) as float32 numbers, little endian. */
export function fromVectorBytes(sent: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(sent.length - HEADER_BYTES);
  for (let i = 0; i < bytes.length; i++) bytes[i] = sent[HEADER_BYTES + (i ^ 3)] as number;
  return bytes;
}
