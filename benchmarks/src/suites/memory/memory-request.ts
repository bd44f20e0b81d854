/** What a process of the suite is told to measure. */

import type { NodeExecutionProvider } from '@isoface/runtime-node';
import type { RuntimeName } from '../../runtimes/runtime-name.ts';

/** Plain data. */
export interface MemoryRequest {
  readonly kind: 'thread' | 'pool' | 'buffers' | 'cycles';
  readonly runtime: RuntimeName;
  readonly executionProvider: NodeExecutionProvider;
  readonly pack: string;
  readonly modelsDir?: string | undefined;
  /** Analyses, blocks or cycles that are wanted. */
  readonly wanted: number;
  /** So many are made even when time is over. */
  readonly least: number;
  /** Milliseconds from the start of the process on, after which no more than `least` are made. */
  readonly timeMs: number;
}

/** Whether to go on after `done` rounds. `performance.now()` counts from the start of the process. */
export function goesOn({ wanted, least, timeMs }: Pick<MemoryRequest, 'wanted' | 'least' | 'timeMs'>, done: number): boolean {
  return done < wanted && (done < least || performance.now() < timeMs);
}
