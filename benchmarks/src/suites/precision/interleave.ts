/** Turns of those that are compared. */

/** How many rounds are made. */
export interface Rounds {
  /** Rounds that are not counted. */
  readonly warmup: number;
  /** Counted rounds that are made though the time is over. */
  readonly atLeast: number;
  /** Counted rounds that are made while there is time. */
  readonly atMost: number;
}

/** Counted rounds that are made even where twice the time is over, as on a GPU that is emulated. */
const FEWEST_ROUNDS = 5;

/**
 * Runs every runner once in each round. The round begins with another one each time, so that none always comes after the same neighbour with its
 * traces in the caches. Warming up takes a quarter of the time at most.
 *
 * @param budgetMs - The time that there is; `atLeast` rounds may take as much again.
 * @param run - Runs one; its result is kept in counted rounds.
 * @returns The results of each runner by round.
 */
export async function interleave<Runner, Sample>(
  runners: readonly Runner[],
  { warmup, atLeast, atMost }: Rounds,
  budgetMs: number,
  run: (runner: Runner) => Promise<Sample>,
  now = (): number => performance.now(),
): Promise<Sample[][]> {
  const samples = runners.map((): Sample[] => []);
  const started = now();
  const isPast = (share: number): boolean => now() - started >= budgetMs * share;
  const runRound = async (round: number): Promise<(Sample | undefined)[]> => {
    const results: (Sample | undefined)[] = runners.map(() => undefined);
    for (let turn = 0; turn < runners.length; turn++) {
      const at = (turn + round) % runners.length;
      results[at] = await run(runners[at] as Runner);
    }
    return results;
  };
  for (let round = 0; round < warmup && (round === 0 || !isPast(0.25)); round++) await runRound(round);
  for (let round = 0; round < atMost; round++) {
    const isEnough = (round >= atLeast && isPast(1)) || (round >= FEWEST_ROUNDS && isPast(2));
    if (isEnough) break;
    for (const [i, result] of (await runRound(round)).entries()) samples[i]?.push(result as Sample);
  }
  return samples;
}
