/** Starts the worker's script. */

/**
 * Starts a module worker.
 *
 * @param assetBase - Folder of the script; absent: beside this module, in the form that bundlers recognize.
 */
export function spawnWorker(assetBase: string | undefined): Worker {
  if (assetBase === undefined) return new Worker(new URL('./engine-worker.js', import.meta.url), { type: 'module', name: 'isoface' });
  const url = new URL('engine-worker.js', assetBase);
  if (url.origin === globalThis.location.origin) return new Worker(url, { type: 'module', name: 'isoface' });
  // A worker's script must come from the page's own origin; a script of one line from there may import one from elsewhere.
  const script = URL.createObjectURL(new Blob([`import ${JSON.stringify(url.href)};`], { type: 'text/javascript' }));
  const worker = new Worker(script, { type: 'module', name: 'isoface' });
  setTimeout(() => URL.revokeObjectURL(script), 60_000);
  return worker;
}
