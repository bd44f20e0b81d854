/** A look at the beginning of a stream. */

/** Enough to tell formats apart. */
const PEEKED_BYTES = 64;

/** The first bytes (fewer if there are no more), and all pieces, these included. */
export async function peekPieces(
  source: AsyncIterable<Uint8Array>,
): Promise<{ readonly first: Uint8Array; readonly pieces: AsyncIterable<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < PEEKED_BYTES) {
    const next = await iterator.next();
    if (next.done === true) break;
    seen.push(next.value);
    bytes += next.value.length;
  }
  return { first: Buffer.concat(seen).subarray(0, PEEKED_BYTES), pieces: replay(seen, iterator) };
}

async function* replay(seen: readonly Uint8Array[], iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* seen;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}
