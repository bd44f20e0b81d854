/** Where an engine can run. */

/** Names of runtimes: the platform and what executes the models there. */
export const RUNTIME_NAMES = ['node-cpu', 'node-webgpu', 'node-cuda', 'web-wasm', 'web-wasm-threads', 'web-webgpu'] as const;

/** One of {@link RUNTIME_NAMES}. `web-wasm` has one thread, `web-wasm-threads` as many as the engine takes by default, and at least two. */
export type RuntimeName = (typeof RUNTIME_NAMES)[number];

/** Whether a text names a runtime. */
export function isRuntimeName(name: string): name is RuntimeName {
  return (RUNTIME_NAMES as readonly string[]).includes(name);
}

/** Whether a runtime is a browser. */
export function isBrowserRuntime(name: RuntimeName): boolean {
  return name.startsWith('web-');
}
