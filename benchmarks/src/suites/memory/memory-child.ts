/** The process of one piece of the suite `memory`: it does nothing else, so that its memory is that of the engine. */

import { encodeError } from '@isoface/core';
import type { ChildAnswer } from '../../runtimes/run-child.ts';
import { compareBuffers } from './compare-buffers.ts';
import { cycleEngines } from './cycle-engines.ts';
import type { MemoryPiece } from './memory-piece.ts';
import type { MemoryRequest } from './memory-request.ts';
import { soakPool } from './soak-pool.ts';
import { soakThread } from './soak-thread.ts';

const MEASURES = { thread: soakThread, pool: soakPool, buffers: compareBuffers, cycles: cycleEngines } as const;

// Nobody would read the answer any more.
const onOrphaned = (): never => process.exit(1);
process.once('disconnect', onOrphaned);

let answer: ChildAnswer<MemoryPiece>;
try {
  const request = JSON.parse(process.argv[2] ?? '') as MemoryRequest;
  answer = { value: await MEASURES[request.kind](request) };
} catch (error) {
  answer = { error: encodeError(error) };
}
process.off('disconnect', onOrphaned);
process.send?.(answer, () => process.disconnect());
