/** Files that are asked for again and again, read once where they fit. */

/** Keeps what it reads until that is more than `maxBytes`, then forgets what was read first. */
export function createByteCache<K>(read: (key: K) => Promise<Uint8Array>, maxBytes: number): (key: K) => Promise<Uint8Array> {
  const kept = new Map<K, Uint8Array>();
  let total = 0;
  return async (key) => {
    const known = kept.get(key);
    if (known !== undefined) return known;
    const bytes = await read(key);
    if (bytes.byteLength > maxBytes) return bytes;
    kept.set(key, bytes);
    total += bytes.byteLength;
    for (const [first, old] of kept) {
      if (total <= maxBytes) break;
      kept.delete(first);
      total -= old.byteLength;
    }
    return bytes;
  };
}
