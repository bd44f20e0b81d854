/** Sequences that can be left while they wait. */

/** The reason for which a sequence ends when its caller left it: quietly. */
export const LEFT: unique symbol = Symbol('left');

/**
 * Gives an asynchronous generator a `return` that acts at once. The generator alone would answer it only after what it waits for, and a camera may
 * never give another frame.
 *
 * @param controller - Is aborted with {@link LEFT}; the generator watches its signal and ends.
 */
export function leavable<T>(items: AsyncGenerator<T, void, void>, controller: AbortController): AsyncIterableIterator<T> {
  return {
    next: () => items.next(),
    return() {
      controller.abort(LEFT);
      return items.return();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
