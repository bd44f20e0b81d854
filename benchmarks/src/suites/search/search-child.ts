/** The process of `runSearchMemoryChild`. */

import { encodeError } from '@isoface/core';
import type { ChildAnswer } from '../../runtimes/run-child.ts';
import { measureSearchMemory } from './search-memory.ts';
import type { Gallery, SearchMemoryPiece } from './search-piece.ts';

// Nobody would read the answer any more.
const onOrphaned = (): never => process.exit(1);
process.once('disconnect', onOrphaned);

let answer: ChildAnswer<SearchMemoryPiece>;
try {
  answer = { value: await measureSearchMemory(JSON.parse(process.argv[2] ?? '') as Gallery) };
} catch (error) {
  answer = { error: encodeError(error) };
}
process.off('disconnect', onOrphaned);
process.send?.(answer, () => process.disconnect());
