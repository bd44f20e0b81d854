/** How long an engine takes to start in Node, measured in a process that has loaded nothing before. */

import type { PackManifest } from '@isoface/core';
import type { NodeExecutionProvider } from '@isoface/runtime-node';
import { runChild } from './run-child.ts';

/** What the process is told. */
export interface NodeStartRequest {
  readonly pack: string | PackManifest;
  readonly executionProvider: NodeExecutionProvider;
  readonly modelsDir?: string | undefined;
  /** The first of these that can be decoded is analyzed; a drawn face where there is none. */
  readonly images: readonly string[];
}

/** What the process answers, milliseconds from its first line on. */
export interface NodeStart {
  readonly readyMs: number;
  readonly firstResultMs: number;
}

/**
 * Measures one start.
 *
 * @throws {FaceError} what opening the engine throws; `BACKEND_UNAVAILABLE` if the process crashes; `signal.reason`.
 */
export function measureNodeStart(request: NodeStartRequest, signal: AbortSignal): Promise<NodeStart> {
  return runChild<NodeStart>('node-start-child', request, signal);
}
