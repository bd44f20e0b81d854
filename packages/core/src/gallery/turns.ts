/** One after another. */

/** Runs pieces of work one at a time, in the order in which they were handed in; one that fails does not stop the next. */
export type TakeTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** Creates a queue of its own. */
export function createTurns(): TakeTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work, work);
    // Whoever handed the work in hears of its failure; the queue goes on.
    last = turn.catch(() => {});
    return turn;
  };
}
