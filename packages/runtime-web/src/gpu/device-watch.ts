/** Makes the loss of a GPU device an error of isoface, for calls that wait and for calls that come later. */

import { FaceError } from '@isoface/core';

/** Knows whether a device is still there. */
export interface DeviceWatch {
  /** @throws {FaceError} `BACKEND_UNAVAILABLE` if the device is known to be lost. */
  assertUsable(): void;
  /**
   * Waits for work of the device.
   *
   * @throws {FaceError} `BACKEND_UNAVAILABLE` if the work fails or the device is lost before it is done.
   */
  waitFor<T>(work: Promise<T>): Promise<T>;
}

/** Watches a device from now on. */
export function watchDevice(device: GPUDevice): DeviceWatch {
  let loss: FaceError | undefined;
  // One listener for the life of the device: racing every call against `lost` would leave a reaction behind per call.
  const waiting = new Set<(error: FaceError) => void>();
  void device.lost.then(({ reason, message }) => {
    loss = new FaceError('BACKEND_UNAVAILABLE', `The GPU device is gone (${reason}: ${message || 'no message'}); create a new engine.`, {
      reason,
    });
    for (const reject of waiting) reject(loss);
    waiting.clear();
  });

  return {
    assertUsable(): void {
      if (loss !== undefined) throw loss;
    },
    waitFor<T>(work: Promise<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        if (loss !== undefined) reject(loss);
        waiting.add(reject);
        work
          .then(resolve, (cause: unknown) => {
            const message = `Expected the GPU to finish its work, got: ${String(cause)}; create a new engine.`;
            reject(loss ?? new FaceError('BACKEND_UNAVAILABLE', message, {}, { cause }));
          })
          .finally(() => waiting.delete(reject));
      });
    },
  };
}
