/** Turns of the contenders. */

/**
 * Gives every contender its turn, one after the other; each time another one begins, so that none always follows the same neighbour.
 *
 * @param at - Number of the turn.
 */
export async function takeTurns<T>(contenders: readonly T[], at: number, run: (contender: T) => Promise<void>): Promise<void> {
  for (let i = 0; i < contenders.length; i++) await run(contenders[(i + at) % contenders.length] as T);
}
