/** Starts the scripts of workers. */

/** Name of a worker's script. */
export type WorkerScript = keyof typeof BESIDE;

/** Scripts beside this module, each written out in the form that bundlers recognize. */
const BESIDE = {
  'engine-worker.js': () => new Worker(new URL('./engine-worker.js', import.meta.url), { type: 'module', name: 'isoface' }),
  'search-worker.js': () => new Worker(new URL('./search-worker.js', import.meta.url), { type: 'module', name: 'isoface-search' }),
} as const satisfies Readonly<Record<string, () => Worker>>;

/**
 * Starts a module worker.
 *
 * @param assetBase - Folder of the script; absent: beside this module.
 */
export function spawnWorker(script: WorkerScript, assetBase: string | undefined): Worker {
  if (assetBase === undefined) return BESIDE[script]();
  const url = new URL(script, assetBase);
  if (url.origin === globalThis.location.origin) return new Worker(url, { type: 'module', name: 'isoface' });
  // A worker's script must come from the page's own origin; a script of one line from there may import one from elsewhere.
  const ownScript = URL.createObjectURL(new Blob([`import ${JSON.stringify(url.href)};`], { type: 'text/javascript' }));
  const worker = new Worker(ownScript, { type: 'module', name: 'isoface' });
  setTimeout(() => URL.revokeObjectURL(ownScript), 60_000);
  return worker;
}
