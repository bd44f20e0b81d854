/** Measures a piece in a process of its own. */

import { FaceError, isFaceError } from '@isoface/core';
import { runChild } from '../../runtimes/run-child.ts';
import type { MemoryPiece } from './memory-piece.ts';
import type { MemoryRequest } from './memory-request.ts';

/** What a process does, in words. */
export const DESCRIPTIONS: Readonly<Record<MemoryRequest['kind'], string>> = {
  thread: 'many analyses on the main thread',
  pool: 'many analyses in worker threads',
  buffers: 'the comparison of buffers',
  cycles: 'creating and disposing engines',
};
/** How a process ends that V8 or the system stopped because memory was used up. */
const OUT_OF_MEMORY = /SIGABRT|SIGKILL|exit code 13[47]|heap/i;

/**
 * Measures.
 *
 * @throws {FaceError} what the process throws; `BACKEND_UNAVAILABLE` naming its work if it crashes or memory is used up; `signal.reason`.
 */
export async function runMemoryChild(request: MemoryRequest, signal: AbortSignal): Promise<MemoryPiece> {
  try {
    return await runChild<MemoryPiece>('memory-child', request, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!isFaceError(error, 'BACKEND_UNAVAILABLE')) throw error;
    throw describeCrash(error, request);
  }
}

/** The error of a process that ended without an answer, with what it did. Others are returned as they are. */
export function describeCrash(error: FaceError, { kind, runtime, pack }: Pick<MemoryRequest, 'kind' | 'runtime' | 'pack'>): FaceError {
  const { ended } = error.details;
  if (typeof ended !== 'string') return error;
  const cause = OUT_OF_MEMORY.test(`${ended} ${error.message}`) ? ' This is how a process ends that has used up the memory.' : '';
  return new FaceError(
    'BACKEND_UNAVAILABLE',
    `Expected ${DESCRIPTIONS[kind]} (${runtime}, ${pack}) to end with figures; ${error.message}${cause}`,
    { ...error.details, kind, runtime, pack },
    { cause: error },
  );
}
