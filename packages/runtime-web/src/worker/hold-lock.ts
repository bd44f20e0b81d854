/** The worker's side of the lock by which its owner notices its end. */

/** Holds a lock as long as this worker lives. Resolves to `false` where the browser has no locks. */
export function holdLock(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const locks = (navigator as { readonly locks?: LockManager }).locks;
    if (locks === undefined) resolve(false);
    // The lock is never let go: it ends with the worker.
    else void locks.request(name, () => new Promise(() => resolve(true)));
  });
}
