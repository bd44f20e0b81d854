/** Sequences that can be left while they wait. */

/**
 * Starts an asynchronous generator whose `return` acts at once. A generator alone would answer it only after what it waits for, and a video that
 * is paused may never show another frame.
 *
 * @param start - Gets a signal that says that the sequence was left; then it has to end.
 */
export function leavable<T>(start: (left: AbortSignal) => AsyncGenerator<T, void>): AsyncIterableIterator<T> {
  const leaving = new AbortController();
  const items = start(leaving.signal);
  return {
    next: () => items.next(),
    return() {
      leaving.abort();
      return items.return();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
