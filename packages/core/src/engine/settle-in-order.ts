/** Bounded parallel work with results in input order. */

/** What became of one item. */
export type Outcome<R> = { readonly index: number; readonly value: R } | { readonly index: number; readonly error: unknown };

/**
 * Runs `work` on every item, at most `concurrency` at a time, and yields the outcomes in input order.
 * Items are taken from the input only when a place is free, so that an endless or lazy input is never read ahead by more.
 * Leaving the loop early stops taking items; work under way is left to finish.
 *
 * @throws `signal.reason` once the signal aborts.
 */
export async function* settleInOrder<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  concurrency: number,
  work: (item: T) => Promise<R>,
  signal?: AbortSignal,
): AsyncIterableIterator<Outcome<R>> {
  const underWay: Promise<Outcome<R>>[] = [];
  let index = 0;
  for await (const item of items) {
    signal?.throwIfAborted();
    underWay.push(settle(index++, item, work));
    if (underWay.length < concurrency) continue;
    const outcome = await (underWay.shift() as Promise<Outcome<R>>);
    // What was aborted is no outcome of its item.
    signal?.throwIfAborted();
    yield outcome;
  }
  for (const pending of underWay) {
    const outcome = await pending;
    signal?.throwIfAborted();
    yield outcome;
  }
}

async function settle<T, R>(index: number, item: T, work: (item: T) => Promise<R>): Promise<Outcome<R>> {
  try {
    return { index, value: await work(item) };
  } catch (error) {
    return { index, error };
  }
}
