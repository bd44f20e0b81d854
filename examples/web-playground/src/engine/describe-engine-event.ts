/** What happened to the engine, as a sentence. */

import type { EngineEvent } from 'isoface';

const NAMES = { wasm: 'WebAssembly', webgpu: 'WebGPU' } as const;

/** Describes a restart, its end, or a failure. */
export function describeEngineEvent(event: EngineEvent): string {
  if (event.type === 'restart') return `Restarting: ${NAMES[event.executionProvider]} ended (${event.reason})`;
  if (event.type === 'restarted') return `Runs again, on ${NAMES[event.executionProvider]}`;
  return `Given up: ${event.reason}`;
}
