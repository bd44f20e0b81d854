/** Many calls under one signal. */

/** Calls `onAbort` when `signal` is aborted; the function returned takes that back. */
export type ListenToAbort = (signal: AbortSignal, onAbort: () => void) => () => void;

/**
 * Makes a function that adds one listener to a signal however many calls share it: a server gives the same signal to all, and from the eleventh
 * listener on Node warns of a leak. A signal that no call waits under has none.
 */
export function createAbortListeners(): ListenToAbort {
  const shared = new WeakMap<AbortSignal, { readonly calls: Set<() => void>; readonly listener: () => void }>();

  function share(signal: AbortSignal): Set<() => void> {
    const known = shared.get(signal);
    if (known !== undefined) return known.calls;
    const calls = new Set<() => void>();
    const listener = (): void => {
      for (const tell of Array.from(calls)) tell();
    };
    shared.set(signal, { calls, listener });
    signal.addEventListener('abort', listener, { once: true });
    return calls;
  }

  return (signal, onAbort) => {
    // A function of its own for each call: the same one may be given twice.
    const tell = (): void => onAbort();
    share(signal).add(tell);
    return () => {
      const entry = shared.get(signal);
      if (entry?.calls.delete(tell) !== true || entry.calls.size > 0) return;
      shared.delete(signal);
      signal.removeEventListener('abort', entry.listener);
    };
  };
}
