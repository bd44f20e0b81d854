/** Opens an engine in any runtime. */

import type { BenchEngineOptions, SearchingEngine } from './bench-engine.ts';
import { openNodeEngine } from './open-node-engine.ts';
import { isBrowserRuntime, type RuntimeName } from './runtime-name.ts';

/**
 * Opens an engine, in this process or in a browser of its own, and measures its start. Close it in any case.
 *
 * @throws {FaceError} what creating the engine throws: `BACKEND_UNAVAILABLE`, `MODEL_NOT_FOUND`, …; `signal.reason`.
 */
export async function openBenchEngine(runtime: RuntimeName, options: BenchEngineOptions): Promise<SearchingEngine> {
  options.signal.throwIfAborted();
  if (!isBrowserRuntime(runtime)) return openNodeEngine(runtime, options);
  // Loaded when needed: Playwright takes 55 MB, which would count in what is measured in Node.
  const { openBrowserEngine } = await import('./open-browser-engine.ts');
  return openBrowserEngine(runtime, options);
}
