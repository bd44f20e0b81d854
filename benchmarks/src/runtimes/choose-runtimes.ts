/** Which runtimes are measured. */

import { FaceError } from '@isoface/core';
import type { BenchOptions } from '../run/bench-options.ts';
import type { NotMeasured } from '../run/suite.ts';
import { findRuntimeObstacle } from './find-runtime-obstacle.ts';
import { isRuntimeName, RUNTIME_NAMES, type RuntimeName } from './runtime-name.ts';

/** Says why a runtime is not measured here, or `undefined` if it is. `wanted`: it was named, and what is only unusual is no reason. */
export type FindObstacle = (runtime: RuntimeName, wanted: boolean, signal: AbortSignal) => Promise<string | undefined>;

/**
 * The runtimes that were named, as far as the suite knows them, or those that this machine has. A GPU that is emulated in software counts only where its runtime was named.
 *
 * @param supported - Those that the suite can measure, in the order in which it reports them.
 * @throws {FaceError} `INVALID_OPTION` for a name that is none; `BACKEND_UNAVAILABLE` for a named runtime that does not start here, with what to do.
 */
export async function chooseRuntimes(
  { runtimes }: Pick<BenchOptions, 'runtimes'>,
  supported: readonly RuntimeName[],
  signal: AbortSignal,
  findObstacle: FindObstacle = findRuntimeObstacle,
): Promise<{ readonly runtimes: RuntimeName[]; readonly notMeasured: NotMeasured[] }> {
  const chosen: RuntimeName[] = [];
  const notMeasured: NotMeasured[] = [];
  for (const name of runtimes ?? []) {
    assertName(name);
    if (supported.includes(name)) continue;
    notMeasured.push({ name: `runtime ${name}`, reason: `This suite measures ${supported.join(', ')} only.` });
  }
  for (const runtime of supported) {
    if (runtimes !== undefined && !runtimes.includes(runtime)) continue;
    const wanted = runtimes !== undefined;
    const obstacle = await findObstacle(runtime, wanted, signal);
    if (obstacle === undefined) chosen.push(runtime);
    else if (wanted) throw new FaceError('BACKEND_UNAVAILABLE', `The runtime ${runtime} cannot be measured here: ${obstacle}`, { runtime });
    else notMeasured.push({ name: `runtime ${runtime}`, reason: obstacle });
  }
  return { runtimes: chosen, notMeasured };
}

/** Names come from a command line: only the compiler knows them to be names. */
function assertName(name: string): void {
  if (isRuntimeName(name)) return;
  throw new FaceError('INVALID_OPTION', `Expected runtimes among ${RUNTIME_NAMES.join(', ')}, got "${name}".`, {
    option: 'runtime',
    value: name,
  });
}
